// Every form in which a server is known to reply, from fixtures/replies (the table in docs/serve.md names them): what
// comes out is the same however its bytes are cut, in a stream and in one piece, by position and by parsing.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TiegelError } from '../../base/index.ts';
import type { OutboundResponse } from '../../outbound/index.ts';
import type { EngineEvent } from '../engine.ts';
import { createChunkReader } from './chunk-reader.ts';
import { readChunk } from './completion-chunk.ts';
import { type CompletionStreamOptions, completionEvents } from './completion-stream.ts';
import { dataEvent } from './fixture.ts';
import { completionEventsOf } from './non-streaming.ts';
import { replyLimits } from './reply-limits.ts';
import { createSseParser } from './sse-parser.ts';
import { faultOf, type Upstream } from './upstream-fault.ts';

type Expected = {
  readonly reasoning?: string;
  readonly answer?: string;
  readonly calls?: readonly (readonly [name: string, text: string])[];
  readonly reason?: string;
  readonly usage?: Readonly<Record<string, number>>;
  /** The code of the error that ends it, and what that error says of the server's own words or shapes. */
  readonly error?: string;
  readonly says?: string;
};

type Case = {
  readonly name: string;
  /** Events as objects, or bytes as they come. */
  readonly stream: readonly (object | string)[];
  /** The same reply in one piece. Absent: the form is one of streams only. */
  readonly nonStreaming?: object | string;
  readonly expected: Expected;
};

const folder = join(import.meta.dirname, '..', '..', '..', 'fixtures', 'replies');
const servers = readdirSync(folder).map((file) => file.replace('.json', ''));
const casesOf = (server: string): readonly Case[] =>
  JSON.parse(readFileSync(join(folder, `${server}.json`), 'utf8')).cases;
const cases = servers.flatMap((server) => casesOf(server).map((one) => [server, one.name, one] as const));

const upstream: Upstream = { model: 'far', contextLength: 4096, secrets: [] };
const options: CompletionStreamOptions = {
  upstream,
  limits: replyLimits({ maxTokens: 100 }, 4096),
  firstTokenMs: 60_000,
  countMs: 60_000,
  opensThinking: false,
  promptTokens: 1,
  waitsForCount: false,
};

function bytesOf({ stream }: Case): Buffer {
  return Buffer.from(stream.map((item) => (typeof item === 'string' ? item : dataEvent(item))).join(''));
}

/** A reply that comes in pieces that end there. */
function response(bytes: Buffer, cuts: readonly number[] = []): OutboundResponse {
  const places = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])].sort(
    (one, other) => one - other,
  );
  async function* pieces(): AsyncGenerator<Uint8Array, undefined> {
    for (const [index, place] of places.slice(1).entries()) yield bytes.subarray(places[index], place);
  }
  return {
    ...{ url: 'http://x/', status: 200, headers: {}, body: pieces() },
    text: async () => bytes.toString(),
    [Symbol.dispose]: () => {},
  };
}

type Outcome = { readonly events: readonly EngineEvent[]; readonly error: unknown };

async function outcomeOf(batches: AsyncIterable<readonly EngineEvent[]>): Promise<Outcome> {
  const events: EngineEvent[] = [];
  try {
    for await (const batch of batches) events.push(...batch);
    return { events, error: undefined };
  } catch (cause) {
    return { events, error: faultOf(cause, upstream).error };
  }
}

async function* inOnePiece(document: object | string): AsyncGenerator<readonly EngineEvent[]> {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  yield await completionEventsOf(response(Buffer.from(text)), options);
}

/** In the words of the fixtures. */
function summary({ events, error }: Outcome): Expected {
  if (error !== undefined) {
    if (!TiegelError.isInstance(error)) throw error;
    const { reason, shape } = error.details;
    return { error: error.code, says: String(shape ?? reason ?? '') };
  }
  const textOf = (reasoning: boolean): string =>
    events
      .map((event) =>
        event.type === 'token' && (event.segment === 'reasoning') === reasoning ? event.text : '',
      )
      .join('');
  const end = events.at(-1);
  if (end?.type !== 'end') throw new Error('there is no end');
  const calls = events.flatMap((event) =>
    event.type === 'tool-call' ? [[event.name, event.arguments] as const] : [],
  );
  const [reasoning, answer] = [textOf(true), textOf(false)];
  const { promptTokens, reusedTokens, reasoningTokens } = end.counted ?? {};
  const counts = {
    ...{ prompt: promptTokens, completion: end.completionTokens },
    ...(reusedTokens !== undefined && { reused: reusedTokens }),
    ...(reasoningTokens !== undefined && { reasoning: reasoningTokens }),
  };
  return {
    ...(reasoning !== '' && { reasoning }),
    ...(answer !== '' && { answer }),
    ...(calls.length > 0 && { calls }),
    reason: end.reason,
    ...(end.counted !== undefined && { usage: counts as Readonly<Record<string, number>> }),
  };
}

function expectSummary(outcome: Outcome, expected: Expected): void {
  const found = summary(outcome);
  if (expected.error === undefined) expect(found).toEqual(expected);
  else expect(found).toMatchObject(expected);
}

describe.each(cases)('%s: %s', (_server, _name, one) => {
  test('reads as the fixture says, and the same in whatever pieces it arrives', async () => {
    const bytes = bytesOf(one);
    const plain = await outcomeOf(completionEvents(response(bytes), options));
    expectSummary(plain, one.expected);
    const everyByte = await outcomeOf(completionEvents(response(bytes, [...bytes.keys()]), options));
    expect(everyByte).toEqual(plain);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 8 }), async (cuts) => {
        expect(await outcomeOf(completionEvents(response(bytes, cuts), options))).toEqual(plain);
      }),
      { numRuns: 20 },
    );
  });
});

const nonStreaming = cases.flatMap(([server, name, { nonStreaming: document, expected }]) =>
  document === undefined ? [] : [[server, name, document, expected] as const],
);

test.each(nonStreaming)('%s: %s reads the same in one piece', async (_server, _name, document, expected) => {
  expectSummary(await outcomeOf(inOnePiece(document)), expected);
});

test('nearly every form has its reply in one piece; the others are forms of streams', () => {
  expect(cases.length - nonStreaming.length).toBeLessThan(cases.length / 6);
});

/** The data of the events in a stream. */
function dataIn(one: Case): readonly string[] {
  const parser = createSseParser(2 ** 20, () => {
    throw new Error('too large');
  });
  return parser.push(bytesOf(one)).map(({ data }) => data);
}

test('chunks read by position as they read in full, whichever streams follow each other', () => {
  const streams = cases.map(([, , one]) => dataIn(one).filter((data) => data !== '[DONE]'));
  /** Each chunk as it is, and with another text in the places of its own. */
  const varied = fc
    .tuple(fc.constantFrom(...streams), fc.string({ maxLength: 4 }))
    .map(([stream, text]) =>
      stream.flatMap((data) => [
        data,
        data.replaceAll(/42|Six times| seven\./g, JSON.stringify(text).slice(1, -1)),
      ]),
    );
  fc.assert(
    fc.property(fc.array(varied, { minLength: 1, maxLength: 4 }), (taken) => {
      const read = createChunkReader();
      for (const data of taken.flat()) expect(read(data)).toEqual(readChunk(data));
    }),
    { numRuns: 500 },
  );
});
