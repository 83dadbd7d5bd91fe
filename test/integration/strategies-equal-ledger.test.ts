// What samples that were spent on replies used, and probes of thinking, is what the engine gave, what the ledger has and what the client was told, to the
// token: however many ran at once, whether they were needed, and whatever became of the request.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Engine } from '../../src/engine/index.ts';
import { eventually, servedBy, testModel } from '../../src/gateway/testing.ts';
import { serveStore } from './served-store.ts';

type Step = {
  readonly kind: 'finishes' | 'leaves' | 'crashes';
  readonly strategy: object;
  readonly size: number;
  readonly stream: boolean;
};

const samples = { max_samples: fc.integer({ min: 2, max: 8 }), at_once: fc.integer({ min: 1, max: 4 }) };
const rule = fc.constantFrom(
  { type: 'all' },
  { type: 'exact' },
  { type: 'beta', level: 0.8 },
  { type: 'window', size: 2 },
);
const anyStep: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('finishes', 'finishes', 'leaves', 'crashes'),
  strategy: fc.oneof(
    fc.record({ type: fc.constant('vote'), rule, ...samples }),
    fc.record({ type: fc.constant('verify'), checker: fc.constant('even'), ...samples }),
    fc.record({
      type: fc.constant('cascade'),
      tiers: fc.constant([0, 4, null].map((most) => ({ max_thinking_tokens: most }))),
      accept: fc.constant({ type: 'check', checker: 'even' }),
    }),
    fc.record({
      type: fc.constant('cascade'),
      tiers: fc.subarray([{ model: 'small' }, { max_thinking_tokens: 4 }, { model: 'large' }], {
        minLength: 2,
      }),
      accept: fc.constant({ type: 'check', checker: 'even' }),
    }),
    fc.record({
      type: fc.constant('early'),
      every: fc.integer({ min: 8, max: 12 }),
      max_probes: fc.integer({ min: 1, max: 6 }),
      rule: fc.constantFrom({ type: 'agreement', equal: 2 }, { type: 'agreement', equal: 4 }),
      probe: fc.constantFrom({}, { begins: 'It is ' }),
    }),
  ),
  size: fc.integer({ min: 1, max: 30 }),
  stream: fc.boolean(),
});

/** Counts the tokens of the prompts that it reads and of what it gives. */
function counted(engine: Engine, counts: { prompt: number; completion: number }): Engine {
  return {
    ...engine,
    generate: async function* (request, signal) {
      for await (const events of engine.generate(request, signal)) {
        for (const event of events) {
          if (event.type === 'prompt') counts.prompt += event.promptTokens;
          if (event.type === 'token') counts.completion += event.tokens ?? 1;
        }
        yield events;
      }
    },
  };
}

test('the ledger has every token of every sample, once', async () => {
  const given = { prompt: 0, completion: 0 };
  const told = { prompt: 0, completion: 0 };
  let drawn = 0;
  await using server = await serveStore({
    models: ['small', 'large'],
    script: {
      maxBatchEvents: 4,
      reply: ({ prompt = [] }) => {
        const text = prompt.map((piece) => piece.text).join('');
        const size = Number(/size (\d+)/.exec(text)?.[1] ?? 1);
        // Behind a closed block it answers, in two tokens.
        if (text.slice(text.lastIndexOf('<think>')).includes('</think>')) return ['so ', String(drawn++ % 2)];
        return [...Array<string>(size).fill('hm '), '</think>', String(drawn++ % 3)];
      },
      failure: ({ prompt }, index) => {
        const text = JSON.stringify(prompt);
        if (text.includes('leaves') && index % 3 === 2) return { type: 'hang', afterTokens: 3 };
        return text.includes('crashes') && index % 2 === 1 ? { type: 'crash', afterTokens: 2 } : undefined;
      },
    },
    served: (engine) => servedBy(counted(engine, given)),
    gateway: { checkers: new Map([['even', () => (answer: string) => Number(answer) % 2 === 1]]) },
  });
  const tenant = await server.addTenant('one');
  const { query } = server.opened.store.database;
  const rows = () => query.selectFrom('ledger').selectAll().where('kind', '=', 'settle').execute();
  const take = async ({ kind, strategy, size, stream }: Step): Promise<void> => {
    const before = (await rows()).length;
    const leaving = new AbortController();
    const request = fetch(`${server.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${tenant.secret}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        ...{ model: testModel, stream, ...(stream && { stream_options: { include_usage: true } }) },
        messages: [{ role: 'user', content: `${kind} size ${size}` }],
        x_tiegel: { strategy },
      }),
      signal: leaving.signal,
    }).then(async (response) => {
      const id = response.headers.get('x-request-id') ?? '';
      return [response.status, await response.text(), id] as const;
    });
    if (kind === 'leaves') {
      const begun = given.completion;
      let over = false;
      const ended = request.then(
        () => (over = true),
        () => (over = true),
      );
      // Some of these hang, in which case nothing but the client's leaving ends them.
      await eventually(() => over || given.completion >= begun + 3);
      leaving.abort();
      await ended;
    } else {
      const [status, text] = await request;
      if (status === 200 && !text.includes('"error"')) {
        told.prompt += Number(/"prompt_tokens":(\d+),"completion_tokens":\d+,"total_tokens"/.exec(text)?.[1]);
        told.completion += Number(/"completion_tokens":(\d+),"total_tokens"/.exec(text)?.[1]);
      }
    }
    // A request has a row, or one for each of its tiers that were asked.
    await eventually(async () => {
      const all = await rows();
      const completion = all.reduce((sum, { reasoning, answer }) => sum + reasoning + answer, 0);
      return all.length > before && completion === given.completion;
    });
    if (kind === 'finishes' && !stream) await expectSpread(await request);
  };
  /** The row of a reply tells of its samples and probes what its client was told. */
  const expectSpread = async ([, text, id]: readonly [number, string, string]): Promise<void> => {
    const {
      type,
      chosen,
      samples: all,
      tiers,
    } = JSON.parse(text).x_tiegel.strategy as {
      readonly type: string;
      readonly tiers?: readonly { readonly request_id: string; readonly model: string }[];
      readonly chosen: number;
      readonly samples: readonly { readonly completion_tokens: number }[];
    };
    if (tiers !== undefined) {
      const ofTiers = (await rows()).filter(({ parent }) => parent === id);
      expect(
        ofTiers.map(({ request, model, tier, reasoning, answer }) => [
          request,
          model,
          tier,
          reasoning + answer,
        ]),
      ).toEqual(
        tiers.map(({ request_id, model }, tier) => [request_id, model, tier, all[tier]?.completion_tokens]),
      );
      return;
    }
    const beside = all
      .filter((_, index) => index !== chosen)
      .reduce((sum, sample) => sum + sample.completion_tokens, 0);
    expect((await rows()).find(({ request }) => request === id)).toMatchObject(
      type === 'early'
        ? { samples: 1, probes: all.length - 1, discarded: 0, probed: beside }
        : { samples: all.length, probes: 0, discarded: beside, probed: 0 },
    );
  };
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 8 }), async (steps) => {
      for (const step of steps) await take(step);
      const entries = await rows();
      const sum = (of: (entry: (typeof entries)[number]) => number): number =>
        entries.reduce((all, entry) => all + of(entry), 0);
      const output = ({ reasoning, answer }: (typeof entries)[number]): number => reasoning + answer;
      expect({ prompt: sum(({ prompt }) => prompt), completion: sum(output) }).toEqual(given);
      // A row tells what of it was a reply, another sample or a probe.
      for (const entry of entries) {
        expect(entry.discarded + entry.probed).toBeLessThanOrEqual(output(entry));
        if (entry.samples <= 1 && entry.outcome === 'finished') expect(entry.discarded).toBe(0);
      }
      const finished = entries.filter(({ outcome }) => outcome === 'finished');
      if (steps.some(({ kind }) => kind === 'leaves')) return;
      expect(finished.length).toBeGreaterThan(0);
    }),
    { numRuns: 12, seed: 20_261_130, endOnFailure: true },
  );
  const finished = (await rows()).filter(({ outcome }) => outcome === 'finished');
  expect(finished.length).toBeGreaterThan(10);
  expect(told.completion).toBeGreaterThan(0);
  expect(told.completion).toBeLessThanOrEqual(
    finished.reduce((all, { reasoning, answer }) => all + reasoning + answer, 0),
  );
}, 120_000);
