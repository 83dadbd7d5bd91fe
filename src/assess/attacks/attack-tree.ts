// A second model writes several messages at once, and only branches that went furthest are gone on with: a tree without gradients (TAP,
// Mehrotra et al. 2023, arXiv 2312.02119), with a prompt of our own. Differs in that the judge of the trial prunes, and not a third model.
import { z } from 'zod';
import { TiegelError } from '../../base/index.ts';
import type { ChatMessage } from '../../formats/index.ts';
import type { Attack, AttackContext, Attempt, Item, Ruling } from '../terms/trial.ts';
import { attempt, drawSeed, questionOf } from './asking.ts';
import { briefingOf, feedbackOn, messageIn } from './attacker-messages.ts';

export type AttackTreeSettings = {
  /** Messages that are written beneath each branch. @default 3 */
  readonly branches: number;
  /** Branches that are gone on with. @default 2 */
  readonly width: number;
  /** Rounds of messages. @default 3 */
  readonly depth: number;
};

export const attackTreeSettings: z.ZodType<AttackTreeSettings> = z.strictObject({
  branches: z.int().min(1).max(8).default(3),
  width: z.int().min(1).max(8).default(2),
  depth: z.int().min(1).max(8).default(3),
});

/** What the attacker wrote on the way to here, and what it was told of it, oldest first. */
type Branch = readonly { readonly wrote: string; readonly feedback: string }[];

type Leaf = { readonly branch: Branch; readonly progress: number };

type Attacker = NonNullable<AttackContext['attacker']>;

export function attackTree(settings: AttackTreeSettings): Attack {
  const { branches, width, depth } = settings;
  // Further rounds have at most as many branches as the one before had messages.
  const questions = Array.from({ length: depth - 1 }).reduce<{ all: number; last: number }>(
    ({ all, last }) => {
      const next = Math.min(width, last) * branches;
      return { all: all + next, last: next };
    },
    { all: branches, last: branches },
  ).all;
  return {
    name: 'attack-tree',
    version: '1',
    arguments: settings,
    questions,
    run: async (item, context) => {
      const { attacker } = context;
      if (attacker === undefined) throw new TiegelError('TGL_ATTACKER_MISSING', { attack: 'attack-tree' });
      const attempts: Attempt[] = [];
      let open: readonly Branch[] = [[]];
      for (let round = 0; round < depth; round++) {
        const leaves: Leaf[] = [];
        for (const branch of open) {
          for (let child = 0; child < branches; child++) {
            const leaf = await grow(branch, { item, depth, context, attacker }, attempts);
            if (leaf === 'succeeded') return attempts;
            leaves.push(leaf);
          }
        }
        open = furthest(leaves, width);
      }
      if (attempts.length === 0)
        throw new TiegelError('TGL_ATTACKER_FAILED', { attack: 'attack-tree', turns: questions });
      return attempts;
    },
  };
}

type Growing = {
  readonly item: Item;
  readonly depth: number;
  readonly context: AttackContext;
  readonly attacker: Attacker;
};

/** One message more, whose attempt is added; what cannot be sent is a leaf too, behind all others. */
async function grow(
  branch: Branch,
  { item, depth, context, attacker }: Growing,
  attempts: Attempt[],
): Promise<Leaf | 'succeeded'> {
  const messages: readonly ChatMessage[] = [
    { role: 'system', content: briefingOf(item, depth) },
    { role: 'user', content: 'Write the first message.' },
    ...branch.flatMap(({ wrote, feedback }): readonly ChatMessage[] => [
      { role: 'assistant', content: wrote },
      { role: 'user', content: feedback },
    ]),
  ];
  const { answer: wrote } = await attacker({ messages }, drawSeed(context));
  const message = messageIn(wrote);
  if (message === null) return { branch: [...branch, { wrote, feedback: feedbackOn(null) }], progress: -1 };
  const made = await attempt(questionOf(item, message), context);
  attempts.push(made);
  const ruling = await context.rule(made);
  if (ruling.answer === 'succeeded' || ruling.reasoning === 'succeeded') return 'succeeded';
  const feedback = feedbackOn({ attempt: made, ruling });
  return { branch: [...branch, { wrote, feedback }], progress: progressOf(ruling) };
}

/** Those in which most progress was made, earlier ones first where it was the same. */
function furthest(leaves: readonly Leaf[], width: number): readonly Branch[] {
  return leaves
    .toSorted((one, other) => other.progress - one.progress)
    .slice(0, width)
    .map(({ branch }) => branch);
}

/** An answer about which nothing could be said is nearer than one that resisted. */
function progressOf({ answer, reasoning }: Ruling): number {
  return Number(answer === 'unassessed') + Number(reasoning === 'unassessed') / 2;
}
