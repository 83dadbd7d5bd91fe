// The contract suite of the engine interface. Every engine's test runs it over an engine of its own making; what an
// engine cannot do is skipped by name, with the reason. Imported by tests only.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PromptPiece } from '../formats/index.ts';
import type { Engine, EngineEvent, GenerateRequest } from './engine.ts';

export type ContractEngine = {
  /** With at least two slots. It must go on for 200 tokens on `prompt` under `maxTokens: 200`. */
  readonly engine: Engine;
  readonly prompt: readonly PromptPiece[];
  /** Does not fit into the context. */
  readonly tooLongPrompt: readonly PromptPiece[];
};

type ContractCase = (made: ContractEngine) => Promise<void>;

const secondsToFreeSlot = 0.25;

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
  'runs two generations at the same time': async ({ engine, prompt }) => {
    const first = engine.generate(greedy(prompt, 200))[Symbol.asyncIterator]();
    const second = engine.generate(greedy(prompt, 200))[Symbol.asyncIterator]();
    await skipToToken(first);
    await skipToToken(second);
    expect(engine.load()).toEqual({ active: 2, waiting: 0 });
    await first.return?.();
    await second.return?.();
    await slotsAreFree(engine);
  },
  'lets a request wait while every slot is busy, and serves it afterwards': async ({ engine, prompt }) => {
    const held = Array.from({ length: engine.capabilities.slots }, () =>
      engine.generate(greedy(prompt, 200))[Symbol.asyncIterator](),
    );
    await Promise.all(held.map(skipToToken));
    const waiting = collect(engine, greedy(prompt, 2));
    await turnsUntil(() => engine.load().waiting === 1);
    for (const generation of held) await generation.return?.();
    expect((await waiting).at(-1)).toMatchObject({ type: 'end' });
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
    for await (const event of engine.generate(greedy(prompt, 200))) if (event.type === 'token') break;
    await slotsAreFree(engine);
  },
  'gives up its place in the queue when a waiting request is aborted': async ({ engine, prompt }) => {
    const held = Array.from({ length: engine.capabilities.slots }, () =>
      engine.generate(greedy(prompt, 200))[Symbol.asyncIterator](),
    );
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
  const unknown = Object.keys(skip).filter((title) => title !== closingTitle && !(title in contractCases));
  if (unknown.length > 0)
    throw new TypeError(`engineContract: there is no case ${unknown.join(', ')} to skip`);
  const declare = (title: string, run: () => Promise<void>): void => {
    if (title in skip) test.skip(`${title} (skipped: ${skip[title]})`, run);
    else test(title, run);
  };

  describe(`engine contract: ${name}`, () => {
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

function greedy(prompt: readonly PromptPiece[], maxTokens: number): GenerateRequest {
  return { prompt, maxTokens, sampling: { temperature: 0, topP: 1 } };
}

async function collect(
  engine: Engine,
  request: GenerateRequest,
  signal?: AbortSignal,
): Promise<readonly EngineEvent[]> {
  return await Array.fromAsync(engine.generate(request, signal));
}

function promptTokensOf(events: readonly EngineEvent[]): number | undefined {
  return events.find((event) => event.type === 'prompt')?.promptTokens;
}

async function skipToToken(generation: AsyncIterator<EngineEvent>): Promise<void> {
  for (;;) {
    const { value, done } = await generation.next();
    if (done === true) throw new Error('the generation ended before its first token');
    if (value.type === 'token') return;
  }
}

async function drain(generation: AsyncIterator<EngineEvent>): Promise<void> {
  while ((await generation.next()).done !== true);
}

async function slotsAreFree(engine: Engine): Promise<void> {
  await turnsUntil(() => engine.load().active === 0);
}

async function turnsUntil(holds: () => boolean): Promise<void> {
  await expect.poll(holds, { timeout: secondsToFreeSlot * 1000, interval: 2 }).toBe(true);
}
