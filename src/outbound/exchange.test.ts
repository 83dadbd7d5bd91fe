// One exchange over a dispatcher that the test plays: which wait is over when, what counts as a failure, and that nothing
// of an exchange is left when it has ended.
import { getEventListeners } from 'node:events';
import type { Dispatcher } from 'undici';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock, TiegelError } from '../base/index.ts';
import { type Exchange, exchange, type OutboundResponse, targetOf } from './exchange.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

const deadlines = { connectMs: 100, firstByteMs: 200, idleMs: 300, totalMs: 10_000 };

/** An exchange that has begun; the events of its connection are called by the test. */
function begun(more: Partial<Exchange> = {}) {
  const asked: Dispatcher.DispatchOptions[] = [];
  const handlers: Dispatcher.DispatchHandler[] = [];
  const told: string[] = [];
  const controller: Dispatcher.DispatchController = {
    aborted: false,
    paused: false,
    reason: null,
    pause: () => told.push('pause'),
    resume: () => told.push('resume'),
    abort: (reason) => {
      told.push(`abort: ${reason.message}`);
      handlers[0]?.onResponseError?.(controller, reason);
    },
  };
  const dispatch = (options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean => {
    asked.push(options);
    handlers.push(handler);
    return true;
  };
  const answer = exchange({ dispatch } as unknown as Dispatcher, {
    ...{ method: 'GET', target: targetOf(new URL('https://example.com/path?query')), headers: {} },
    ...{ body: undefined, deadlines, maxBytes: 10, signal: undefined, clock: systemClock },
    ...more,
  });
  answer.catch(() => {});
  const [handler] = handlers;
  return {
    ...{ answer, asked, told },
    connect: () => handler?.onRequestStart?.(controller, {}),
    head: (headers = {}, status = 200) => handler?.onResponseStart?.(controller, status, headers),
    data: (text: string) => handler?.onResponseData?.(controller, Buffer.from(text)),
    end: () => handler?.onResponseEnd?.(controller, {}),
    fail: (error: Error) => handler?.onResponseError?.(controller, error),
  };
}

/** What has become of it by now. */
async function stateOf(answer: Promise<unknown>): Promise<unknown> {
  let state: unknown = 'waiting';
  answer.then(
    (value) => {
      state = value;
    },
    (error) => {
      state = error;
    },
  );
  await vi.advanceTimersByTimeAsync(0);
  return state;
}

function late(what: string, limitMs: number) {
  return { code: 'TGL_OUTBOUND_TIMEOUT', details: { target: 'example.com', what, limitMs } };
}

describe('the waits of an exchange', () => {
  test('for the connection and for the first byte follow one another', async () => {
    const { answer, connect, told } = begun();
    await vi.advanceTimersByTimeAsync(99);
    connect();
    await vi.advanceTimersByTimeAsync(199);
    expect(await stateOf(answer)).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    expect(await stateOf(answer)).toMatchObject(late('begin to answer', 200));
    expect(told).toEqual(['abort: example.com did not begin to answer within 200 ms.']);
  });

  test('for a connection that never starts ends, and one that starts later is cut', async () => {
    const { answer, connect, told } = begun();
    await vi.advanceTimersByTimeAsync(100);
    expect(await stateOf(answer)).toMatchObject(late('accept the connection', 100));
    connect();
    expect(told).toEqual(['abort: aborted']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('between two pieces begins anew with each', async () => {
    const { answer, connect, head, data } = begun();
    connect();
    await vi.advanceTimersByTimeAsync(199);
    head();
    await vi.advanceTimersByTimeAsync(299);
    data('one');
    await vi.advanceTimersByTimeAsync(299);
    data('two');
    const text = (await answer).text();
    text.catch(() => {});
    await vi.advanceTimersByTimeAsync(299);
    expect(await stateOf(text)).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    expect(await stateOf(text)).toMatchObject(late('go on', 300));
  });

  test('for the whole ends it, though pieces keep coming', async () => {
    const { answer, connect, head, data } = begun({ maxBytes: 1000 });
    connect();
    head();
    const text = (await answer).text();
    text.catch(() => {});
    for (let piece = 0; piece < 49; piece++) {
      await vi.advanceTimersByTimeAsync(200);
      data('x');
    }
    expect(await stateOf(text)).toBe('waiting');
    await vi.advanceTimersByTimeAsync(200);
    expect(await stateOf(text)).toMatchObject(late('finish', 10_000));
  });

  test('stand still while the reader is the slow one, also when a last piece comes after all', async () => {
    const { answer, connect, head, data, told } = begun({ maxBytes: 1e6 });
    connect();
    head();
    const { body } = await answer;
    data('x'.repeat(300_000));
    data('y');
    expect(told).toEqual(['pause']);
    await vi.advanceTimersByTimeAsync(5000);
    expect((await body.next()).value).toHaveLength(300_001);
    expect(told).toEqual(['pause', 'resume']);
    const more = Promise.resolve(body.next());
    more.catch(() => {});
    await vi.advanceTimersByTimeAsync(299);
    expect(await stateOf(more)).toBe('waiting');
    await vi.advanceTimersByTimeAsync(1);
    expect(await stateOf(more)).toMatchObject(late('go on', 300));
  });

  test('that have no limit take no timer', async () => {
    const none = Number.POSITIVE_INFINITY;
    const { answer, connect, head } = begun({
      deadlines: { connectMs: none, firstByteMs: none, idleMs: none, totalMs: none },
    });
    connect();
    head();
    expect(vi.getTimerCount()).toBe(0);
    expect(await stateOf(answer)).toMatchObject({ status: 200 });
  });
});

describe('an exchange that has ended', () => {
  const reason = new Error('client left');

  test.each<[string, (each: ReturnType<typeof begun>, stop: AbortController) => void]>([
    ['with its body', ({ end }) => end()],
    ['with a failure', ({ fail }) => fail(new Error('x'))],
    ['by its signal', (_, stop) => stop.abort(reason)],
    ['by its reader', ({ answer }) => void answer.then((response) => response[Symbol.dispose]())],
  ])('%s leaves neither timers nor listeners', async (_, ends) => {
    const stop = new AbortController();
    const each = begun({ signal: stop.signal });
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(1);
    each.connect();
    each.head();
    ends(each, stop);
    await vi.advanceTimersByTimeAsync(0);
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(stop.signal, 'abort')).toHaveLength(0);
  });

  test('is not failed by what comes later', async () => {
    const { answer, connect, head, data, fail, told } = begun();
    connect();
    head();
    data('x'.repeat(11));
    fail(new Error('socket closed'));
    await expect((await answer).text()).rejects.toMatchObject({
      code: 'TGL_OUTBOUND_TOO_LARGE',
      details: { target: 'example.com', limit: 10 },
    });
    expect(told).toEqual(['abort: example.com sent more than 10 bytes.']);
  });

  test('by the reader is cut', async () => {
    const { answer, connect, head, told } = begun();
    connect();
    head();
    (await answer)[Symbol.dispose]();
    expect(told).toEqual(['abort: the reader has left']);
  });

  test.each([[reason], ['not an error']])('has the reason of its signal: %s', async (why) => {
    const stop = new AbortController();
    const { answer, connect, told } = begun({ signal: stop.signal });
    connect();
    stop.abort(why);
    await expect(answer).rejects.toBe(why);
    expect(told).toEqual([why === reason ? 'abort: client left' : 'abort: aborted']);
  });

  test('before it began asks nobody', async () => {
    const { answer, asked } = begun({ signal: AbortSignal.abort(reason) });
    await expect(answer).rejects.toBe(reason);
    expect(asked).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a response', () => {
  async function responseWith(headers: object, status?: number): Promise<OutboundResponse> {
    const { answer, connect, head, data, end } = begun();
    connect();
    head(headers, status);
    data('ten bytes!');
    end();
    return await answer;
  }

  test('has its address, its status, its headers and as many bytes as are allowed', async () => {
    const headers = { 'set-cookie': ['a', 'b'], 'content-type': 'text/plain', absent: undefined };
    const response = await responseWith(headers, 418);
    expect(response).toMatchObject({ url: 'https://example.com/path?query', status: 418 });
    expect(response.headers).toStrictEqual({ 'set-cookie': 'a, b', 'content-type': 'text/plain' });
    expect(await response.text()).toBe('ten bytes!');
  });

  test('that says it is not compressed is not', async () => {
    expect((await responseWith({ 'content-encoding': 'identity' })).status).toBe(200);
  });

  test('is not begun by an interim one', async () => {
    const { answer, connect, head } = begun();
    connect();
    head({ link: 'early' }, 103);
    head({ 'content-encoding': 'gzip' }, 199);
    expect(await stateOf(answer)).toBe('waiting');
    await vi.advanceTimersByTimeAsync(199);
    head({}, 200);
    expect(await stateOf(answer)).toMatchObject({ status: 200, headers: {} });
  });
});

describe('a failure', () => {
  function systemError(code: string, name = 'Error'): Error {
    return Object.assign(new Error('as the library says'), { code, name });
  }

  test.each([
    [systemError('ECONNREFUSED'), 'it refuses connections'],
    [systemError('EAI_AGAIN'), 'the name cannot be resolved at the moment'],
    [systemError('HPE_INVALID_CONSTANT', 'HTTPParserError'), 'it does not speak HTTP'],
    [systemError('EUNHEARDOF'), 'EUNHEARDOF'],
    [new RangeError('nothing known'), 'RangeError'],
  ])('that is %s has a reason of ours or a code, and its cause', async (error, reason) => {
    const { answer, fail } = begun();
    fail(error);
    await expect(answer).rejects.toMatchObject({
      ...{ code: 'TGL_OUTBOUND_FAILED', details: { target: 'example.com', reason }, cause: error },
    });
  });

  test('that has a code of ours stays what it is', async () => {
    const { answer, fail } = begun();
    const error = new TiegelError('TGL_OUTBOUND_REFUSED', { target: 'x', problem: 'y' });
    fail(error);
    await expect(answer).rejects.toBe(error);
  });
});

test('a request goes out as it is, without compression unless it asks for it, and without limits of the library', () => {
  expect(begun({ headers: { accept: 'x' }, body: 'body' }).asked).toEqual([
    {
      method: 'GET',
      origin: 'https://example.com',
      path: '/path?query',
      headers: { 'accept-encoding': 'identity', accept: 'x' },
      body: 'body',
      headersTimeout: 0,
      bodyTimeout: 0,
    },
  ]);
  expect(begun({ headers: { 'accept-encoding': 'gzip' } }).asked[0]).toMatchObject({
    headers: { 'accept-encoding': 'gzip' },
    body: null,
  });
});
