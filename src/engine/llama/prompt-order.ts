// Whose prompts a step reads. Room is shared fairly among cache scopes, by the tokens that were read for each, so that no
// account waits for another's prompts. Within a scope the shortest rest comes first, since it is done soonest and a long
// prompt hardly notices; every fourth step begins with the oldest, so that no stream of short ones keeps a long one waiting.

export type UnreadPrompt = {
  readonly sequence: number;
  /** Null for what belongs to no cache scope, all of which counts as one. */
  readonly cacheScope: string | null;
  /** Tokens that are left of it; at least 1. */
  readonly rest: number;
  /** Rises from one prompt to the next. */
  readonly arrival: number;
};

export type PromptShare = { readonly sequence: number; readonly tokens: number };

export type PromptOrder = {
  /**
   * The shares of the next step.
   *
   * Bounds: as long as two scopes both have prompts, what is read for one exceeds what is read for the other by no more
   * than two rooms. Of a scope's prompts of r₁, r₂, … tokens that are not younger than a prompt, itself included, all are
   * read after at most 4 · Σ⌈rᵢ / room⌉ steps that begin with this scope, whatever arrives after it.
   *
   * @param prompts all that are not read to their end.
   * @param room most tokens of the step.
   */
  readonly next: (prompts: readonly UnreadPrompt[], room: number) => readonly PromptShare[];
};

/** Of so many steps that begin with a scope one begins with its oldest prompt. */
export const stepsPerRound = 4;

/** What was read for a scope since it has had prompts, from where the others were; and the steps that began with it. */
type Scope = { readonly read: number; readonly steps: number };

export function createPromptOrder(): PromptOrder {
  let scopes: ReadonlyMap<string | null, Scope> = new Map();
  return {
    next: (prompts, room) => {
      const now = present(scopes, prompts);
      const shares: PromptShare[] = [];
      let left = room;
      let unread = prompts;
      while (left > 0 && unread.length > 0) {
        const scope = firstScope(now, unread);
        const { read, steps } = now.get(scope) as Scope;
        const own = unread.filter(({ cacheScope }) => cacheScope === scope);
        const begins = shares.length === 0;
        const prompt = begins && steps % stepsPerRound === stepsPerRound - 1 ? oldest(own) : shortest(own);
        const tokens = Math.min(left, prompt.rest);
        shares.push({ sequence: prompt.sequence, tokens });
        left -= tokens;
        unread = unread.filter((other) => other !== prompt);
        now.set(scope, { read: read + tokens, steps: begins ? steps + 1 : steps });
      }
      scopes = now;
      return shares;
    },
  };
}

/** A scope that comes has been given as much as the one that was given least. */
function present(
  known: ReadonlyMap<string | null, Scope>,
  prompts: readonly UnreadPrompt[],
): Map<string | null, Scope> {
  const wanted = new Set(prompts.map(({ cacheScope }) => cacheScope));
  const stayed = [...known].filter(([scope]) => wanted.has(scope));
  const least = stayed.length === 0 ? 0 : Math.min(...stayed.map(([, { read }]) => read));
  const begin: Scope = { read: least, steps: 0 };
  return new Map([...wanted].map((scope) => [scope, known.get(scope) ?? begin]));
}

/** Where several were given as little, the one of the shortest prompt. */
function firstScope(
  scopes: ReadonlyMap<string | null, Scope>,
  prompts: readonly UnreadPrompt[],
): string | null {
  const readOf = ({ cacheScope }: UnreadPrompt): number => (scopes.get(cacheScope) as Scope).read;
  const least = Math.min(...prompts.map(readOf));
  return shortest(prompts.filter((prompt) => readOf(prompt) === least)).cacheScope;
}

function shortest(prompts: readonly UnreadPrompt[]): UnreadPrompt {
  return prompts.reduce((best, prompt) =>
    prompt.rest < best.rest || (prompt.rest === best.rest && prompt.arrival < best.arrival) ? prompt : best,
  );
}

function oldest(prompts: readonly UnreadPrompt[]): UnreadPrompt {
  return prompts.reduce((best, prompt) => (prompt.arrival < best.arrival ? prompt : best));
}
