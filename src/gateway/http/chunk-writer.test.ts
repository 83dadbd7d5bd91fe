// How a streamed body reaches its client: in whole chunks, in the order of the connection, and no faster than it is read.
import { EventEmitter } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { manualClock } from '../../base/index.ts';
import { sendRaw } from '../testing.ts';
import { type ChunkWriter, type ChunkWriterOptions, createChunkWriter, drained } from './chunk-writer.ts';
import { createWriteBatcher } from './write-batcher.ts';

const usual = (): ChunkWriterOptions => ({
  ...{ headers: ['content-type', 'text/plain'], batchWrites: createWriteBatcher() },
  ...{ buffers: { mayAdd: () => true }, stallMs: 60_000, slowReaderMs: 60_000, clock: manualClock() },
});

/** A server of which each response is written by `write`, and its port. */
async function serving(
  write: (writer: ChunkWriter, url: string, response: ServerResponse) => void,
  change: Partial<ChunkWriterOptions> = {},
) {
  const server = createServer((request, response) => {
    write(createChunkWriter(response, { ...usual(), ...change }), request.url ?? '', response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('over a connection', () => {
  test('a client reads what was written, however it was cut and whatever is in it', async () => {
    let pieces: readonly string[] = [];
    await using server = await serving(async (writer) => {
      for (const [index, piece] of pieces.entries()) {
        writer.write(piece);
        if (index % 2 === 0) await nextTurn();
      }
      writer.end('the end');
    });
    const texts = fc.array(fc.string({ unit: 'binary' }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(texts, async (written) => {
        pieces = written;
        const response = await fetch(`http://127.0.0.1:${server.port}`);
        expect(response.headers.get('content-type')).toBe('text/plain');
        expect(await response.text()).toBe(`${written.join('').toWellFormed()}the end`);
      }),
      { numRuns: 30 },
    );
  });

  test('one that speaks HTTP/1.0 is sent no chunks', async () => {
    await using server = await serving(async (writer) => {
      for (const piece of ['one ', 'twö ']) {
        writer.write(piece);
        await nextTurn();
      }
      writer.end('three');
    });
    const received = await sendRaw(server.port, 'GET / HTTP/1.0\r\n\r\n');
    const body = received.slice(received.indexOf('\r\n\r\n') + 4);
    expect(Buffer.from(body, 'latin1').toString()).toBe('one twö three');
  });

  test('an answer behind another one waits for its turn, and its pieces follow one another', async () => {
    let finishFirst = (): void => {};
    await using server = await serving(async (writer, url) => {
      if (url === '/first') {
        writer.write('<first');
        finishFirst = () => writer.end('first>');
        return;
      }
      writer.write('<second');
      await nextTurn();
      writer.write(' and more');
      await nextTurn();
      finishFirst();
      await nextTurn();
      writer.write(' and the rest');
      await nextTurn();
      writer.end('second>');
    });
    const ask = (path: string, more = ''): string => `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${more}\r\n`;
    const received = await sendRaw(server.port, ask('/first') + ask('/second', 'Connection: close\r\n'));
    const texts = received.replaceAll(/\r\n[0-9a-f]+\r\n/g, '').replaceAll('\r\n', '');
    const [first, second] = [/<first.*?first>/.exec(texts), /<second.*?second>/.exec(texts)];
    expect([first?.[0], second?.[0]]).toEqual(['<firstfirst>', '<second and more and the restsecond>']);
    expect(first!.index).toBeLessThan(second!.index);
  });
});

/** A response behind which a client reads as the test wants. */
function responseTo(change: { readonly socket?: null } = {}) {
  const written: string[] = [];
  const socket = Object.assign(new EventEmitter(), {
    ...{ writableNeedDrain: false, writableLength: 0 },
    write: (text: string) => written.push(text),
  });
  const response = Object.assign(new EventEmitter(), {
    ...{ headersSent: false, chunkedEncoding: true, destroyed: false, writableEnded: false },
    ...{ writableNeedDrain: false, writableLength: 0, socket, ...change },
    writeHead: (status: number, headers: object) => {
      response.headersSent = true;
      written.push(`${status} ${JSON.stringify(headers)}`);
    },
    write: (text: string) => written.push(text),
    end: (text: string) => {
      response.writableEnded = true;
      written.push(`${text} END`);
    },
    destroy: () => {
      response.destroyed = true;
      response.emit('close');
    },
  });
  return { written, socket, response, asResponse: response as unknown as ServerResponse };
}

const head = '200 ["content-type","text/plain"]';

describe('writes', () => {
  test('are made together at the end of a turn, a large one at once, and none to a client that has gone', () => {
    const batch: (() => void)[] = [];
    const { written, response, asResponse } = responseTo();
    const writer = createChunkWriter(asResponse, {
      ...usual(),
      batchWrites: (write) => void batch.push(write),
    });
    expect(writer.hasBegun()).toBe(false);
    writer.write('a');
    writer.write('b');
    expect([writer.hasBegun(), batch.length, written]).toEqual([true, 1, []]);
    for (const write of batch.splice(0)) write();
    expect(written.splice(0)).toEqual([head, 'ab']);
    writer.write('c'.repeat(64 * 1024 - 1));
    expect(written).toEqual([]);
    writer.write('d');
    expect(written.splice(0)).toEqual([`10000\r\n${'c'.repeat(64 * 1024 - 1)}d\r\n`]);
    for (const write of batch.splice(0)) write();
    expect(written).toEqual([]);
    writer.write('e');
    response.destroyed = true;
    for (const write of batch.splice(0)) write();
    expect(written).toEqual([]);
  });

  test('are gathered for as long as the client lets them, but for the first piece and the end', () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const batch: (() => void)[] = [];
    const { written, asResponse } = responseTo();
    const writer = createChunkWriter(asResponse, {
      ...usual(),
      gatherMs: 100,
      batchWrites: (write) => void batch.push(write),
    });
    const runAll = (): void => batch.splice(0).forEach((write) => void write());
    writer.write('first');
    runAll();
    expect(written.splice(0)).toEqual([head, 'first']);
    for (const piece of ['a', 'b', 'c']) {
      writer.write(piece);
      runAll();
      vi.advanceTimersByTime(33);
    }
    expect(written).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(written.splice(0)).toEqual(['3\r\nabc\r\n']);
    writer.write('d');
    writer.end('e');
    runAll();
    vi.advanceTimersByTime(1000);
    expect(written).toEqual(['de END']);
    vi.useRealTimers();
  });

  test('that end a reply carry its head where nothing was written before, and go nowhere once the client has gone', () => {
    const batch: (() => void)[] = [];
    const batchWrites = (write: () => void): void => void batch.push(write);
    const runAll = (): void => batch.splice(0).forEach((write) => void write());
    const whole = responseTo();
    const writer = createChunkWriter(whole.asResponse, { ...usual(), batchWrites });
    writer.end('all');
    runAll();
    expect([whole.written, writer.hasBegun()]).toEqual([[head, 'all END'], true]);
    const begun = responseTo();
    const second = createChunkWriter(begun.asResponse, { ...usual(), batchWrites });
    second.write('one');
    runAll();
    second.end('two');
    runAll();
    expect(begun.written).toEqual([head, 'one', 'two END']);
    const gone = responseTo();
    gone.response.destroyed = true;
    createChunkWriter(gone.asResponse, { ...usual(), batchWrites }).end('all');
    runAll();
    expect(gone.written).toEqual([]);
  });

  test('count as full by all that waits, what is not yet written too', () => {
    const seen: number[] = [];
    const { socket, asResponse } = responseTo();
    const mayAdd = (_: ServerResponse, waiting: number): boolean => seen.push(waiting) > 1;
    const writer = createChunkWriter(asResponse, { ...usual(), buffers: { mayAdd } });
    socket.writableLength = 1000;
    writer.write('12345');
    expect([writer.isFull(), writer.isFull()]).toEqual([true, false]);
    expect(seen).toEqual([1005, 1005]);
  });
});

describe('whoever waits for a slow reader', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  const never = new AbortController().signal;

  /** Whether it has resolved by now. */
  async function isOver(waiting: Promise<void>): Promise<boolean> {
    let over = false;
    void waiting.then(() => {
      over = true;
    });
    await nextTurn();
    return over;
  }

  test.each(['drain', 'close', 'abort'] as const)(
    'goes on at %s, and then listens no longer',
    async (event) => {
      const { socket, response, asResponse } = responseTo();
      const stop = new AbortController();
      const removed = vi.spyOn(stop.signal, 'removeEventListener');
      const waiting = drained(asResponse, 1000, stop.signal);
      expect(await isOver(waiting)).toBe(false);
      if (event === 'abort') stop.abort();
      else if (event === 'close') response.emit('close');
      else socket.emit('drain');
      expect(await isOver(waiting)).toBe(true);
      expect([socket.listenerCount('drain'), response.listenerCount('close')]).toEqual([0, 0]);
      expect([vi.getTimerCount(), removed.mock.calls.length]).toEqual([0, 1]);
    },
  );

  test('does not wait for one that has gone, nor once its request was aborted', async () => {
    const gone = responseTo();
    gone.response.destroyed = true;
    expect(await isOver(drained(gone.asResponse, 1000, never))).toBe(true);
    expect(await isOver(drained(responseTo().asResponse, 1000, AbortSignal.abort()))).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('hangs up at the deadline', async () => {
    const { response, asResponse } = responseTo();
    const waiting = drained(asResponse, 1000, never);
    vi.advanceTimersByTime(999);
    expect([await isOver(waiting), response.destroyed]).toEqual([false, false]);
    vi.advanceTimersByTime(1);
    expect([await isOver(waiting), response.destroyed]).toEqual([true, true]);
  });

  test('waits for nothing where the client has taken all, also behind another answer', async () => {
    for (const change of [{}, { socket: null }]) {
      const { response, asResponse } = responseTo(change);
      const writer = createChunkWriter(asResponse, usual());
      expect(await isOver(writer.drained(never))).toBe(true);
      response.writableNeedDrain = true;
      const waits = change.socket === null;
      expect(await isOver(writer.drained(never))).toBe(!waits);
      response.emit('drain');
      expect(vi.getTimerCount()).toBe(0);
    }
  });

  test('has patience for the stall of one wait, and for all waits together', async () => {
    const { socket, response, asResponse } = responseTo();
    const clock = manualClock();
    const writer = createChunkWriter(asResponse, { ...usual(), clock, stallMs: 60, slowReaderMs: 100 });
    socket.writableNeedDrain = true;
    const waitFor = async (milliseconds: number): Promise<boolean> => {
      const waiting = writer.drained(never);
      await nextTurn();
      vi.advanceTimersByTime(milliseconds);
      clock.advance(milliseconds);
      socket.emit('drain');
      await waiting;
      return response.destroyed;
    };
    expect(await waitFor(59)).toBe(false);
    expect(await waitFor(40)).toBe(false);
    expect(await waitFor(1)).toBe(true);
    const impatient = responseTo();
    const other = createChunkWriter(impatient.asResponse, {
      ...usual(),
      clock,
      stallMs: 60,
      slowReaderMs: 100,
    });
    impatient.socket.writableNeedDrain = true;
    const waiting = other.drained(never);
    vi.advanceTimersByTime(60);
    await waiting;
    expect(impatient.response.destroyed).toBe(true);
  });
});
