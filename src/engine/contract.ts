// The contract suite of the engine interface. Every engine's test runs it over an engine of its own making; what an
// engine cannot do is skipped by name, with the reason. Imported by tests only.
import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lookUp } from '../base/index.ts';
import type { PromptPiece } from '../formats/index.ts';
import {
  type ContractCase,
  type ContractEngine,
  canForce,
  collect,
  drain,
  forcing,
  greedy,
  neverWritten,
  skipToToken,
  textOf,
  tokensOf,
  whereSupported,
} from './contract-case.ts';
import { forcedTextCases } from './contract-forced.ts';
import { samplingCases } from './contract-sampling.ts';
import type { Engine, EngineEvent } from './engine.ts';

const contractCases: Readonly<Record<string, ContractCase>> = {
  'gives the prompt tokens, tokens and one end, in this order': async ({ engine, prompt }) => {
    const events = await collect(engine, greedy(prompt, 16));
    expect(events[0]).toMatchObject({ type: 'prompt' });
    expect(promptTokensOf(events)).toBeGreaterThan(0);
    expect(events.slice(1, -1).every((event) => event.type === 'token')).toBe(true);
    expect(events.at(-1)).toMatchObject({ type: 'end' });
  },
  'stops at maxTokens and says so': async ({ engine, prompt }) => {
    const events = await collect(engine, greedy(prompt, 7));
    expect(events.filter((event) => event.type === 'token')).toHaveLength(7);
    expect(events.at(-1)).toEqual({ type: 'end', reason: 'length', completionTokens: 7 });
  },
  'counts as many completion tokens as it emitted': async ({ engine, prompt }) => {
    const events = await collect(engine, greedy(prompt, 23));
    const emitted = events.filter((event) => event.type === 'token').length;
    expect(events.at(-1)).toMatchObject({ completionTokens: emitted });
  },
  'gives token ids where it says so': async ({ engine, prompt }) => {
    const events = await collect(engine, greedy(prompt, 8));
    const withId = events.filter((event) => event.type === 'token' && event.id !== undefined);
    expect(withId).toHaveLength(engine.capabilities.tokenIds ? 8 : 0);
  },
  'repeats the same tokens under the same seed': async ({ engine, prompt }) => {
    const request = { prompt, maxTokens: 24, sampling: { temperature: 1, topP: 0.95, seed: 7 } };
    const first = await collect(engine, request);
    expect(await collect(engine, request)).toEqual(first);
  },
  'gives batches of at least one event': async ({ engine, prompt }) => {
    const batches = await Array.fromAsync(engine.generate(greedy(prompt, 100)));
    expect(batches.filter((batch) => batch.length === 0)).toEqual([]);
  },
  'runs two generations at the same time': async ({ engine, prompt }) => {
    const both = [begin(engine, prompt), begin(engine, prompt)];
    const begun = both.map(skipToToken);
    await turnsUntil(() => engine.load().active === 2);
    expect(engine.load().waiting).toBe(0);
    await Promise.all(begun);
    for (const generation of both) await generation.return?.();
    await slotsAreFree(engine);
  },
  'lets a request wait while every slot is busy, and serves it afterwards': async ({ engine, prompt }) => {
    const held = Array.from({ length: engine.capabilities.slots }, () => begin(engine, prompt));
    const begun = held.map(skipToToken);
    const waiting = collect(engine, greedy(prompt, 2));
    const full = { active: engine.capabilities.slots, waiting: 1 };
    await turnsUntil(() => isDeepStrictEqual(engine.load(), full));
    await Promise.all(begun);
    for (const generation of held) await generation.return?.();
    expect((await waiting).at(-1)).toMatchObject({ type: 'end' });
    await slotsAreFree(engine);
  },
  ...forcedTextCases,
  'gives log-probabilities where it says so': async ({ engine, prompt }) => {
    const request = { ...greedy(prompt, 6), logProbabilities: 2 };
    const able = engine.capabilities.logProbabilities !== 'none';
    await whereSupported(engine, able, request, (tokens) => {
      // A token that only begins a character may come without one.
      for (const { logProbability, alternatives = [] } of tokens.filter(({ text }) => text !== '')) {
        expect(logProbability).toBeLessThanOrEqual(0);
        expect(alternatives.length).toBeLessThanOrEqual(2);
        const falling = alternatives.map((alternative) => alternative.logProbability);
        expect(falling).toEqual([...falling].sort((a, b) => b - a));
      }
    });
  },
  ...samplingCases,
  'obeys a grammar where it says so': async ({ engine, prompt }) => {
    const constraint = { type: 'grammar', grammar: 'root ::= "yes" | "no"' } as const;
    const able = engine.capabilities.constraints.includes('grammar');
    await whereSupported(engine, able, { ...greedy(prompt, 20), constraint }, (tokens) =>
      expect(textOf(tokens)).toMatch(/^(yes|no)$/),
    );
  },
  'obeys a JSON schema where it says so, once the marker was written': async ({ engine, prompt }) => {
    const schema = { type: 'object', properties: { sum: { enum: [7, 8] } }, required: ['sum'] };
    const constraint = { type: 'json-schema', schema, after: '</think>' } as const;
    const forced = { text: '</think>', afterTokens: 5, unless: neverWritten };
    const able = engine.capabilities.constraints.includes('json-schema') && canForce(engine);
    if (!able) return;
    const tokens = tokensOf(await collect(engine, { ...forcing(prompt, 150, forced), constraint }));
    const [before, after] = textOf(tokens).split('</think>') as [string, string];
    expect(before).not.toBe('');
    expect([7, 8]).toContain(JSON.parse(after).sum);
  },
  'refuses a grammar that cannot be read, and stays usable': async ({ engine, prompt }) => {
    if (!engine.capabilities.constraints.includes('grammar')) return;
    const constraint = { type: 'grammar', grammar: 'root ::= (' } as const;
    await expect(collect(engine, { ...greedy(prompt, 8), constraint })).rejects.toMatchObject({
      code: 'TGL_CONSTRAINT_INVALID',
    });
    expect((await collect(engine, greedy(prompt, 2))).at(-1)).toMatchObject({ type: 'end' });
  },
  'reads a constraint beforehand, in no slot': async ({ engine }) => {
    if (engine.readConstraint === undefined) return;
    const read = (grammar: string): Promise<void> | undefined =>
      engine.readConstraint?.({ type: 'grammar', grammar }, 'one');
    const reading = read('root ::= "read beforehand"');
    expect(engine.load()).toEqual({ active: 0, waiting: 0 });
    await reading;
    await expect(read('root ::= (')).rejects.toMatchObject({ code: 'TGL_CONSTRAINT_INVALID' });
  },
  'reuses a prompt for the same cache scope only': async ({ engine, prompt }) => {
    const able = engine.capabilities.prefixReuse;
    const reused = async (cacheScope?: string): Promise<number> => {
      const request = cacheScope === undefined ? greedy(prompt, 2) : { ...greedy(prompt, 2), cacheScope };
      const [first] = await collect(engine, request);
      return first?.type === 'prompt' ? (first.reusedTokens ?? 0) : Number.NaN;
    };
    expect(await reused('first cache scope')).toBe(0);
    if (able) expect(await reused('first cache scope')).toBeGreaterThan(0);
    expect(await reused('second cache scope')).toBe(0);
    expect(await reused()).toBe(0);
    expect(await reused()).toBe(0);
  },
  'counts what it reuses of a prompt also where it begins with forced text': async ({ engine, prompt }) => {
    if (!canForce(engine) || !engine.capabilities.prefixReuse) return;
    const forced = { text: '</think>', afterTokens: 0, unless: neverWritten };
    const request = { ...forcing(prompt, 12, forced), cacheScope: 'forced from the begin' };
    const counts: number[] = [];
    for (let round = 0; round < 2; round++) {
      const [first] = await collect(engine, request);
      if (first?.type === 'prompt') counts.push(first.reusedTokens ?? 0);
      expect(first).toMatchObject({ type: 'prompt' });
    }
    expect(counts[0]).toBe(0);
    expect(counts[1]).toBeGreaterThan(0);
  },
  'embeds texts where it says so, each the same way alone and beside others': async ({ engine }) => {
    expect(engine.embed !== undefined).toBe(engine.capabilities.embeddings);
    if (engine.embed === undefined) return;
    const texts = ['three apples', 'and five', 'three apples'];
    const [first, second, third, ...more] = await engine.embed(texts);
    expect(more).toEqual([]);
    expect(first?.vector.length).toBeGreaterThan(0);
    expect(first?.vector.every(Number.isFinite)).toBe(true);
    expect(first?.tokens).toBeGreaterThan(0);
    expect(second).not.toEqual(first);
    expect(third).toEqual(first);
    expect(await engine.embed(['and five'])).toEqual([second]);
  },
  'counts the tokens of a prompt as a generation does, however long, and takes no slot': async ({
    engine,
    prompt,
    tooLongPrompt,
  }) => {
    expect(engine.countTokens !== undefined).toBe(engine.capabilities.tokenCounts === true);
    if (engine.countTokens === undefined) return;
    const { slots, contextLength } = engine.capabilities;
    const [first] = await collect(engine, greedy(prompt, 1));
    const busy = Array.from({ length: slots }, () =>
      engine.generate(greedy(prompt, 200))[Symbol.asyncIterator](),
    );
    for (const generation of busy) await generation.next();
    const before = engine.load();
    const pieces: PromptPiece[] = [
      ...prompt,
      { text: '</think>', special: true },
      { text: '', special: false },
    ];
    expect(first).toMatchObject({ promptTokens: await engine.countTokens(prompt) });
    expect(await engine.countTokens(tooLongPrompt)).toBeGreaterThanOrEqual(contextLength);
    expect(engine.load().active).toBeLessThanOrEqual(before.active);
    expect(engine.load().waiting).toBe(0);
    const [longer, count] = await Promise.all([engine.countTokens(pieces), engine.countTokens(prompt)]);
    expect(longer).toBeGreaterThan(count);
    await expect(engine.countTokens(prompt, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone');
    for (const generation of busy) await generation.return?.();
    await slotsAreFree(engine);
    expect((await collect(engine, greedy(pieces, 1)))[0]).toMatchObject({ promptTokens: longer });
  },
  'takes one slot for a list of texts, however long': async ({ engine }) => {
    if (engine.embed === undefined) return;
    const embedding = engine.embed(Array.from({ length: 20 }, (_, index) => `text ${index}`));
    const loads = [engine.load()];
    while ((await Promise.race([embedding, immediate()])) === undefined) loads.push(engine.load());
    expect(loads.every(({ active, waiting }) => active + waiting <= 1)).toBe(true);
    expect(loads.some(({ active }) => active === 1)).toBe(true);
  },
  'frees the slot of an embedding that is aborted': async ({ engine }) => {
    if (engine.embed === undefined) return;
    const stop = new AbortController();
    const embedding = engine.embed(['five apples '.repeat(100)], stop.signal);
    const reason = new Error('client left');
    stop.abort(reason);
    await expect(embedding).rejects.toBe(reason);
    await slotsAreFree(engine);
  },
  'refuses a text to embed that does not fit': async ({ engine }) => {
    if (engine.embed === undefined) return;
    await expect(engine.embed(['x '.repeat(20_000), 'short'])).rejects.toMatchObject({
      code: 'TGL_PROMPT_TOO_LONG',
    });
    await slotsAreFree(engine);
  },
  'refuses a signal that has aborted already': async ({ engine, prompt }) => {
    const reason = new Error('gone before the start');
    await expect(collect(engine, greedy(prompt, 8), AbortSignal.abort(reason))).rejects.toBe(reason);
    await slotsAreFree(engine);
  },
  'frees the slot when it is aborted before the first token': async ({ engine, prompt }) => {
    const stop = new AbortController();
    const generation = engine.generate(greedy(prompt, 200), stop.signal)[Symbol.asyncIterator]();
    const first = generation.next();
    const reason = new Error('client left');
    stop.abort(reason);
    await expect(first.then(() => drain(generation))).rejects.toBe(reason);
    await slotsAreFree(engine);
  },
  'frees the slot when it is aborted in the middle, read on or not': async ({ engine, prompt }) => {
    const stop = new AbortController();
    const generation = engine.generate(greedy(prompt, 200), stop.signal)[Symbol.asyncIterator]();
    await skipToToken(generation);
    const reason = new Error('client left');
    stop.abort(reason);
    await slotsAreFree(engine);
    await expect(drain(generation)).rejects.toBe(reason);
  },
  'frees the slot when the loop is left early': async ({ engine, prompt }) => {
    for await (const events of engine.generate(greedy(prompt, 200))) if (tokensOf(events).length > 0) break;
    await slotsAreFree(engine);
  },
  'frees the slot of a generation that nobody wants while another one is still writing': async ({
    engine,
    prompt,
  }) => {
    for (const isAborted of [true, false]) {
      const stop = new AbortController();
      const [unwanted, other] = [begin(engine, prompt, stop.signal), begin(engine, prompt)];
      await Promise.all([unwanted, other].map(skipToToken));
      if (isAborted) stop.abort(new Error('client left'));
      else void unwanted.return?.();
      let freed = engine.load().active < 2;
      while (!freed && (await other.next()).done !== true) freed = engine.load().active < 2;
      expect(freed).toBe(true);
      await other.return?.();
      await slotsAreFree(engine);
    }
  },
  'gives up its place in the queue when a waiting request is aborted': async ({ engine, prompt }) => {
    const held = Array.from({ length: engine.capabilities.slots }, () => begin(engine, prompt));
    await Promise.all(held.map(skipToToken));
    const stop = new AbortController();
    const waiting = collect(engine, greedy(prompt, 2), stop.signal);
    const reason = new Error('tired of waiting');
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    expect(engine.load().waiting).toBe(0);
    for (const generation of held) await generation.return?.();
    await slotsAreFree(engine);
  },
  'refuses a prompt that does not fit the context, and stays usable': async ({
    engine,
    prompt,
    tooLongPrompt,
  }) => {
    await expect(collect(engine, greedy(tooLongPrompt, 8))).rejects.toMatchObject({
      code: 'TGL_PROMPT_TOO_LONG',
    });
    await slotsAreFree(engine);
    expect((await collect(engine, greedy(prompt, 2))).at(-1)).toMatchObject({ type: 'end' });
  },
};

const closingTitle = 'fails what is running when it is closed, and refuses what comes later';

async function closes({ engine, prompt }: ContractEngine): Promise<void> {
  const generation = engine.generate(greedy(prompt, 200))[Symbol.asyncIterator]();
  await skipToToken(generation);
  await engine[Symbol.asyncDispose]();
  expect(engine.state()).toBe('closed');
  await expect(drain(generation)).rejects.toMatchObject({ code: 'TGL_ENGINE_CLOSED' });
  await expect(collect(engine, greedy(prompt, 2))).rejects.toMatchObject({ code: 'TGL_ENGINE_CLOSED' });
  await engine[Symbol.asyncDispose]();
}

/**
 * Declares one test a case. They share one engine, which each has to leave idle; the case that closes one makes its own.
 *
 * @param options.skip case → the reason why this engine cannot pass it.
 */
export function engineContract(
  name: string,
  makeEngine: () => Promise<ContractEngine>,
  options: { readonly skip?: Readonly<Record<string, string>> } = {},
): void {
  const skip = options.skip ?? {};
  const unknown = Object.keys(skip).filter(
    (title) => title !== closingTitle && !Object.hasOwn(contractCases, title),
  );
  if (unknown.length > 0)
    throw new TypeError(`engineContract: there is no case ${unknown.join(', ')} to skip`);
  const declare = (title: string, run: () => Promise<void>): void => {
    const reason = lookUp(skip, title);
    if (reason !== undefined) test.skip(`${title} (skipped: ${reason})`, run);
    else test(title, run);
  };

  // A hang ends a case, a slow machine does not.
  describe(`engine contract: ${name}`, { timeout: 300_000 }, () => {
    let made: ContractEngine;
    beforeAll(async () => {
      made = await makeEngine();
    });
    afterAll(async () => await made.engine[Symbol.asyncDispose]());

    for (const [title, run] of Object.entries(contractCases)) {
      declare(title, async () => {
        await run(made);
        expect(made.engine.load()).toEqual({ active: 0, waiting: 0 });
      });
    }
    declare(closingTitle, async () => await closes(await makeEngine()));
  });
}

function promptTokensOf(events: readonly EngineEvent[]): number | undefined {
  return events.find((event) => event.type === 'prompt')?.promptTokens;
}

type Generation = AsyncIterator<readonly EngineEvent[]>;

/** One of 200 tokens, for a reader that may leave it. */
function begin(engine: Engine, prompt: readonly PromptPiece[], signal?: AbortSignal): Generation {
  return engine.generate(greedy(prompt, 200), signal)[Symbol.asyncIterator]();
}

function immediate(): Promise<undefined> {
  return new Promise((resolve) => {
    setImmediate(resolve, undefined);
  });
}

async function slotsAreFree(engine: Engine): Promise<void> {
  await turnsUntil(() => engine.load().active === 0);
}

/** Looks once a turn of the event loop, so that no state of our own is missed, however slow the machine is. */
async function turnsUntil(holds: () => boolean): Promise<void> {
  while (!holds()) await immediate();
}
