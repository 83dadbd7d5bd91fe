// What was reserved for a time: a request that has outlived it ends with the reason, and a process that stood still meanwhile sends
// nothing more, although nothing has told it yet.
import { describe, expect, test } from 'vitest';
import { TiegelError } from '../base/index.ts';
import type { RequestRecord } from '../traffic/index.ts';
import type { ReservationTerm } from './access/gate.ts';
import { servedBy, startGateway, testKey, testModel } from './testing.ts';

const words = ['</think>', ...Array.from({ length: 50 }, (_, index) => ` word${index},`)];

function underTerm(term: ReservationTerm) {
  const settled: RequestRecord[] = [];
  const server = startGateway(
    {
      reply: () => words,
      tokensPerSecond: 1000,
      served: (engine) =>
        servedBy({
          ...engine,
          capabilities: { ...engine.capabilities, embeddings: true },
          embed: async (texts) => texts.map(() => ({ vector: Float32Array.from([1, 2]), tokens: 3 })),
        }),
    },
    {
      checks: [() => ({ term, [Symbol.dispose]: () => {} })],
      settle: async (record) => void settled.push(record),
    },
  );
  const ask = async (path: string, body: object): Promise<Response> =>
    fetch((await server).url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: testModel, ...body }),
    });
  return { server, ask, settled };
}

const lapsed = new TiegelError('TGL_LEASES_LAPSED');
const messages = [{ role: 'user', content: 'hi' }];
const forms = [
  ['/v1/chat/completions', { messages }],
  ['/v1/completions', { prompt: 'hi' }],
  ['/v1/responses', { input: 'hi' }],
  ['/v1/messages', { messages, max_tokens: 100 }],
  ['/api/chat', { messages }],
  ['/api/generate', { prompt: 'hi' }],
] as const;

test('a stream ends with an error event once it is over', async () => {
  const over = new AbortController();
  const { server, ask, settled } = underTerm({ over: over.signal, requireCurrent: () => {} });
  await using _ = await server;
  const response = await ask('/v1/chat/completions', { messages, stream: true });
  let text = '';
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    if (text.includes('word1,')) over.abort(lapsed);
  }
  expect(text).toContain('"tgl_code":"TGL_LEASES_LAPSED"');
  expect(text).not.toContain('[DONE]');
  expect(settled).toMatchObject([{ outcome: { type: 'failed', code: 'TGL_LEASES_LAPSED' } }]);
});

describe('of a process that stood still after four words', () => {
  /** Over from a number of looks on, of which one stands before the request begins. */
  const overAfter = (looks: number): ReservationTerm => {
    let looked = 0;
    const requireCurrent = (): void => {
      if (++looked > looks) throw lapsed;
    };
    return { over: new AbortController().signal, requireCurrent };
  };

  test.each(forms)('a stream of %s has no fifth one', async (path, body) => {
    const { server, ask, settled } = underTerm(overAfter(5));
    await using _ = await server;
    const text = await (await ask(path, { ...body, stream: true })).text();
    expect(text).toContain('word3,');
    expect(text).not.toContain('word4');
    expect(text).toContain('could not renew its leases');
    expect(settled).toMatchObject([{ outcome: { type: 'failed', code: 'TGL_LEASES_LAPSED' } }]);
    // What was computed is settled, though nobody has seen it.
    expect(settled[0]?.usage.completionTokens).toBeGreaterThan(4);
  });

  const whole = [
    ...forms.map(([path, body]) => [path, { ...body, stream: false }] as const),
    ['/v1/embeddings', { input: ['one', 'two'] }],
    ['/v1/messages/count_tokens', { messages }],
  ] as const;
  test.each(whole)('a whole reply of %s is refused', async (path, body) => {
    // At the beginning, and before it is settled, it was not known yet.
    for (const looks of [1, 2]) {
      const { server, ask, settled } = underTerm(overAfter(looks));
      await using _ = await server;
      const response = await ask(path, body);
      expect(response.status).toBe(503);
      const text = await response.text();
      expect(text).toContain('could not renew its leases');
      expect(text).not.toContain('word0');
      expect(settled).toHaveLength(1);
    }
  });

  test('a request that had not begun never reaches the engine', async () => {
    const { server, ask } = underTerm(overAfter(0));
    await using running = await server;
    expect((await ask('/v1/chat/completions', { messages })).status).toBe(503);
    expect(running.engine.load().active).toBe(0);
  });
});
