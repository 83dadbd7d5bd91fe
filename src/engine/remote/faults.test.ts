// What a broken upstream does to a request: a typed error within the deadlines, never a silent end. One test a fault.
import { describe, expect, test } from 'vitest';
import { TiegelError } from '../../base/index.ts';
import type { EngineEvent } from '../engine.ts';
import {
  dataEvent,
  delta,
  done,
  eventStreamHead,
  impatient,
  lastPiece,
  piece,
  plain,
  question,
  type RemoteSetup,
  remoteEngine,
  reply,
  upstream,
} from './fixture.ts';
import type { RemoteLimits } from './remote-engine.ts';

type Outcome = { readonly text: string; readonly end: EngineEvent | undefined; readonly error: unknown };

async function outcomeOf({ engine }: RemoteSetup): Promise<Outcome> {
  let text = '';
  let end: EngineEvent | undefined;
  try {
    for await (const events of engine.generate(question))
      for (const event of events) {
        if (event.type === 'token') text += event.text;
        if (event.type === 'end') end = event;
      }
    return { text, end, error: undefined };
  } catch (error) {
    return { text, end, error };
  } finally {
    expect(engine.load()).toEqual({ active: 0, waiting: 0 });
  }
}

/** Sends the bytes, then cuts the connection, leaves it open, or ends it. */
async function afterSending(
  bytes: string,
  then: 'cut' | 'hang' | 'end',
  limits: Partial<RemoteLimits> = {},
): Promise<Outcome & { readonly requests: number }> {
  await using server = await upstream((socket) => {
    socket.write(bytes, () => {
      if (then === 'cut') setTimeout(() => socket.resetAndDestroy(), 20);
      if (then === 'end') socket.end();
    });
  });
  await using setup = remoteEngine([server.endpoint], { limits });
  const outcome = await outcomeOf(setup);
  const gaveUp = TiegelError.isInstance(outcome.error) && outcome.error.code === 'TGL_UPSTREAM_TIMEOUT';
  if (gaveUp) await expect.poll(() => server.sockets.size).toBe(0);
  return { ...outcome, requests: server.requests.length };
}

const begun = eventStreamHead + piece(delta({ content: 'forty' }));
const failed = (reason: string) => ({ code: 'TGL_UPSTREAM_FAILED', retryable: true, details: { reason } });
const timedOut = (what: string) => ({ code: 'TGL_UPSTREAM_TIMEOUT', retryable: true, details: { what } });

describe('an upstream that', () => {
  test('refuses connections', async () => {
    const server = await upstream(() => {});
    await server.kill();
    await using setup = remoteEngine([server.endpoint]);
    const { error } = await outcomeOf(setup);
    expect(error).toMatchObject(failed('it refuses connections'));
    expect(String(error)).not.toContain('127.0.0.1');
  });

  test('hangs before its headers', async () => {
    expect((await afterSending('', 'hang', impatient)).error).toMatchObject(timedOut('begin to answer'));
  });

  test('sends headers and then nothing, or only pings', async () => {
    const { error } = await afterSending(eventStreamHead + piece(': ping\n\n'), 'hang', {
      firstTokenMs: 200,
    });
    expect(error).toMatchObject(timedOut('write a token'));
  });

  test('writes on for longer than its first token may take, which is no fault', async () => {
    await using server = await upstream((socket) => {
      socket.write(begun);
      setTimeout(() => socket.write(piece(delta({}, 'stop')) + piece('data:  [DONE]\n\n')), 900);
    });
    await using setup = remoteEngine([server.endpoint], { limits: { firstTokenMs: 400 } });
    const { text, end, error } = await outcomeOf(setup);
    expect([text, error]).toEqual(['forty', undefined]);
    expect(end).toMatchObject({ reason: 'stop' });
  });

  test('hangs in the middle', async () => {
    const { text, error } = await afterSending(begun, 'hang', { idleMs: 200 });
    expect(text).toBe('forty');
    expect(error).toMatchObject(timedOut('go on'));
  });

  test('resets the connection within an event', async () => {
    const { text, error } = await afterSending(`${begun}50\r\ndata: {"choices":[{"delta":{"con`, 'cut');
    expect(text).toBe('forty');
    expect(error).toMatchObject(failed('it cut the connection'));
  });

  test('ends politely within an event', async () => {
    const { text, error } = await afterSending(begun + piece('data: {"choices":[{"de') + lastPiece, 'hang');
    expect(text).toBe('forty');
    expect(error).toMatchObject(failed('its stream broke off within an event'));
  });

  test('ends politely without a reason and without [DONE]', async () => {
    const { text, error } = await afterSending(begun + lastPiece, 'hang');
    expect(text).toBe('forty');
    expect(error).toMatchObject(failed('its reply ended without a reason'));
  });

  test('says [DONE] without a reason', async () => {
    const { error } = await afterSending(begun + piece(done) + lastPiece, 'hang');
    expect(error).toMatchObject(failed('its reply ended without a reason'));
  });

  test('says why it ended and never [DONE], which is a complete reply', async () => {
    const { text, end, error } = await afterSending(begun + piece(delta({}, 'stop')) + lastPiece, 'hang');
    expect([text, error]).toEqual(['forty', undefined]);
    expect(end).toMatchObject({ reason: 'stop', completionTokens: 1 });
  });

  test('says why it ended and then nothing, which is a complete reply', async () => {
    const { end, error } = await afterSending(begun + piece(delta({}, 'stop')), 'hang', { countMs: 50 });
    expect([end, error]).toMatchObject([{ reason: 'stop' }, undefined]);
  });

  test('keeps the connection open after [DONE], which delays nothing', async () => {
    const { end, error } = await afterSending(begun + piece(delta({}, 'length')) + piece(done), 'hang');
    expect(error).toBeUndefined();
    expect(end).toMatchObject({ reason: 'length' });
  });

  test.each([
    ['text/html', '<html>sign in</html>', 'it answered with neither a stream of events nor JSON'],
    ['application/json', '{"error":{"message":"secret prompt"}}', 'it broke off with an error'],
    ['application/json', '{"error":"secret prompt"}', 'it broke off with an error'],
    ['application/json', '{"detail":"secret prompt"}', 'it broke off with an error'],
    ['application/json', '{"choices":[{"message":{"content":"42"}}]}', 'its reply ended without a reason'],
  ])('answers 200 with %s: %s', async (type, body, reason) => {
    const { error } = await afterSending(plain('200 OK', type, body), 'hang');
    expect(error).toMatchObject(failed(reason));
    expect(JSON.stringify(error) + String(error)).not.toMatch(/secret|sign in/);
  });

  test('sends a non-streaming reply where a stream was asked for, which is read', async () => {
    const body = JSON.stringify({ choices: [{ message: { content: '42' }, finish_reason: 'stop' }] });
    const { text, end } = await afterSending(plain('200 OK', 'application/json', body), 'hang');
    expect([text, end]).toMatchObject(['42', { reason: 'stop' }]);
  });

  test('sends an error as an event, whose words go no further', async () => {
    const { text, error } = await afterSending(
      begun + piece(dataEvent({ error: { message: 'CUDA out of memory at 0x7f…', code: 500 } })),
      'hang',
    );
    expect(text).toBe('forty');
    expect(error).toMatchObject(failed('it broke off with an error'));
    expect(JSON.stringify(error) + String(error)).not.toContain('CUDA');
  });

  test('sends what is not JSON as an event', async () => {
    const { error } = await afterSending(`${begun}${piece('data: {"choices":\n\n')}`, 'hang');
    expect(error).toMatchObject(failed('it sent something that is not JSON'));
  });

  test.each([
    ['[]', 'the event: []'],
    ['7', 'the event: number'],
    ['null', 'the event: null'],
    ['{"object":"x"}', 'the event: {object: string}'],
  ])('sends %s as an event, whose shape is quoted', async (data, shape) => {
    const { error } = await afterSending(begun + piece(`data: ${data}\n\n`), 'hang');
    expect(error).toMatchObject({ code: 'TGL_UPSTREAM_UNREADABLE', details: { shape } });
  });

  test.each([
    ['eos_token', 'stop'],
    ['function_call', 'stop'],
    ['model_length', 'length'],
    ['content_filter', 'content-filter'],
  ])('says that it ended because of %s', async (finish, reason) => {
    const { end, error } = await afterSending(begun + piece(delta({}, finish)) + piece(done), 'hang');
    expect([end, error]).toMatchObject([{ reason }, undefined]);
  });

  test.each([
    ['error', failed('it ended the reply with an error')],
    ['abort', failed('it gave the request up')],
    ['', failed('its reply ended without a reason')],
    ['a\u202eb', { code: 'TGL_UPSTREAM_UNREADABLE', details: { shape: 'finish_reason a⟨U+202E⟩b: string' } }],
  ])('ends the turn with the word "%s", which is no end', async (finish, expected) => {
    const { error } = await afterSending(begun + piece(delta({}, finish)) + piece(done), 'hang');
    expect(error).toMatchObject(expected);
  });

  test('cuts the connection once it has said why the reply ended, which is a complete reply', async () => {
    const { end, error } = await afterSending(begun + piece(delta({}, 'stop')), 'cut');
    expect([end, error]).toMatchObject([{ reason: 'stop' }, undefined]);
  });

  test('sends a byte every now and then', async () => {
    await using server = await upstream((socket) => {
      const bytes = [...reply(['forty-two'])];
      const drip = setInterval(() => socket.write(bytes.shift() ?? ''), 20);
      socket.on('close', () => clearInterval(drip));
    });
    await using setup = remoteEngine([server.endpoint], { limits: impatient });
    expect((await outcomeOf(setup)).error).toMatchObject(timedOut('begin to answer'));
    await expect.poll(() => server.sockets.size).toBe(0);
  });

  test('goes on for ever, one token at a time', async () => {
    await using server = await upstream((socket) => {
      socket.write(eventStreamHead);
      const drip = setInterval(() => socket.write(piece(delta({ content: 'x' }))), 20);
      socket.on('close', () => clearInterval(drip));
    });
    await using setup = remoteEngine([server.endpoint], { limits: { totalMs: 400 } });
    const { text, error } = await outcomeOf(setup);
    expect(text).toMatch(/^x{2,}$/);
    expect(error).toMatchObject(timedOut('finish'));
  });

  test('sends 10 GB, as tokens or as one event', async () => {
    let written = 0;
    const flood = async (block: string, opening: string): Promise<unknown> => {
      await using server = await upstream((socket) => {
        socket.write(eventStreamHead + opening);
        const bytes = Buffer.from(piece(block));
        const pour = (): void => {
          for (let sent = 0; !socket.destroyed; sent += bytes.length) {
            if (sent > 10 * 2 ** 30) return;
            written = sent;
            if (!socket.write(bytes)) return void socket.once('drain', pour);
          }
        };
        pour();
      });
      await using setup = remoteEngine([server.endpoint]);
      const before = process.memoryUsage.rss();
      const { error } = await outcomeOf(setup);
      expect(process.memoryUsage.rss() - before).toBeLessThan(256 * 2 ** 20);
      // What the sockets of both sides hold comes on top of what is read.
      expect(written).toBeLessThan(32 * 2 ** 20);
      return error;
    };
    const tokens = delta({ content: 'x'.repeat(10_000) }).repeat(10);
    const tooMuch = failed('it sent more than the tokens asked for can take');
    expect(await flood(tokens, '')).toMatchObject(tooMuch);
    expect(await flood(': ping\n\n'.repeat(10_000), '')).toMatchObject(tooMuch);
    expect(await flood(delta({}).repeat(1000), '')).toMatchObject(tooMuch);
    expect(await flood('x'.repeat(100_000), piece('data: '))).toMatchObject(
      failed('it sent an event that is too large'),
    );
  });

  test('writes calls that are longer than the tokens asked for can take', async () => {
    const called = (text: string): string =>
      piece(delta({ tool_calls: [{ index: 0, function: { name: 'f', arguments: text } }] }));
    const few = await afterSending(
      begun + called('x'.repeat(1000)).repeat(100) + piece(delta({}, 'tool_calls')) + piece(done),
      'hang',
    );
    expect(few.error).toBeUndefined();
    const many = await afterSending(begun + called('x'.repeat(1000)).repeat(300), 'hang');
    expect(many.error).toMatchObject(failed('it sent more than the tokens asked for can take'));
  });

  test('does not know what it is asked for', async () => {
    const { error } = await afterSending(plain('404 Not Found', 'text/html', '<html>'), 'hang');
    expect(error).toMatchObject({
      code: 'TGL_UPSTREAM_UNUSABLE',
      details: { problem: 'it does not know the model or the path' },
    });
  });

  test('sends headers without end', async () => {
    const { error } = await afterSending(`HTTP/1.1 200 OK\r\nx-a: ${'a'.repeat(2 ** 20)}`, 'hang');
    expect(error).toMatchObject(failed('its headers are too large'));
  });

  test('refuses in a body that drips, of which what came in time is read', async () => {
    await using server = await upstream((socket) => {
      socket.write(
        `HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: 100000\r\n\r\nno`,
      );
      const drip = setInterval(() => socket.write(' no'), 20);
      socket.on('close', () => clearInterval(drip));
    });
    await using setup = remoteEngine([server.endpoint], { limits: { refusalMs: 100 } });
    expect((await outcomeOf(setup)).error).toMatchObject({
      code: 'TGL_UPSTREAM_REFUSED',
      details: { reason: expect.stringMatching(/^no/) },
    });
  });

  test('refuses in a body without end, of which the beginning is read', async () => {
    await using server = await upstream((socket) => {
      socket.write(
        'HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ntransfer-encoding: chunked\r\n\r\n',
      );
      const bytes = Buffer.from(piece('no '.repeat(20_000)));
      const pour = (): void => {
        while (!socket.destroyed) if (!socket.write(bytes)) return void socket.once('drain', pour);
      };
      pour();
    });
    await using setup = remoteEngine([server.endpoint]);
    const { error } = await outcomeOf(setup);
    expect(error).toMatchObject({ code: 'TGL_UPSTREAM_REFUSED' });
    expect(String(error).length).toBeLessThan(500);
    await expect.poll(() => server.sockets.size).toBe(0);
  });

  test.each([
    ['401 Unauthorized', '', 'TGL_UPSTREAM_UNUSABLE'],
    ['404 Not Found', '', 'TGL_UPSTREAM_UNUSABLE'],
    ['402 Payment Required', '', 'TGL_UPSTREAM_UNUSABLE'],
    ['403 Forbidden', '', 'TGL_UPSTREAM_UNUSABLE'],
    ['500 Internal Server Error', '', 'TGL_UPSTREAM_FAILED'],
    ['429 Too Many Requests', 'retry-after: 7\r\n', 'TGL_UPSTREAM_BUSY'],
    ['429 Too Many Requests', 'retry-after-ms: 7000\r\nretry-after: 9\r\n', 'TGL_UPSTREAM_BUSY'],
    [
      '503 Service Unavailable',
      'retry-after: Mon, 30 Nov 2026 08:00:07 GMT\r\ndate: Mon, 30 Nov 2026 08:00:00 GMT\r\n',
      'TGL_UPSTREAM_BUSY',
    ],
    ['503 Service Unavailable', '', 'TGL_UPSTREAM_BUSY'],
    ['302 Found', 'location: http://169.254.169.254/\r\n', 'TGL_UPSTREAM_UNUSABLE'],
  ])('answers with %s', async (status, headers, code) => {
    const body = '{"error":{"message":"the key sk-secret is unknown"}}';
    const { error } = await afterSending(plain(status, 'application/json', body, headers), 'end');
    expect(error).toMatchObject({ code });
    expect(JSON.stringify(error) + String(error)).not.toMatch(/sk-secret|169\.254/);
    if (headers.startsWith('retry')) expect(error).toMatchObject({ details: { retryAfterMs: 7000 } });
  });

  test.each([
    [
      '400 Bad Request',
      '{"error":{"message":"top_k\\u202e must be positive.","code":"x"}}',
      'top_k⟨U+202E⟩ must be positive',
    ],
    ['400 Bad Request', '{"error":"no such tool"}', 'no such tool'],
    ['400 Bad Request', '{"object":"error","message":"no such tool","code":400}', 'no such tool'],
    ['413 Content Too Large', '', 'status 413'],
    ['422 No', '{"detail":[{"loc":["body","n"],"msg":"too high"},{"msg":"odd"}]}', 'body.n: too high; odd'],
    ['400 Bad Request', '<html>no</html>', 'status 400'],
    ['403 Forbidden', '{"error":{"code":403,"message":"flagged","metadata":{"reasons":["x"]}}}', 'flagged'],
    ['400 Bad Request', '{"error":{"message":"see http://10.0.0.7/x with sk-secret"}}', 'see … with …'],
  ])('refuses a request with %s: %s', async (status, body, reason) => {
    await using server = await upstream((socket) => socket.end(plain(status, 'application/json', body)));
    await using setup = remoteEngine([server.endpoint], { key: 'sk-secret' });
    expect((await outcomeOf(setup)).error).toMatchObject({
      code: 'TGL_UPSTREAM_REFUSED',
      status: 400,
      details: { reason },
    });
  });

  test('says nothing of the form of its refusal', async () => {
    const { error } = await afterSending('HTTP/1.1 400 No\r\ncontent-length: 2\r\n\r\nno', 'end');
    expect(error).toMatchObject({ code: 'TGL_UPSTREAM_REFUSED', details: { reason: 'status 400' } });
  });

  test('has a key without credit, which no waiting mends', async () => {
    const body = '{"error":{"message":"You exceeded your quota","code":"insufficient_quota"}}';
    const { error } = await afterSending(plain('429 Slow', 'application/json', body), 'end');
    expect(error).toMatchObject({ code: 'TGL_UPSTREAM_UNUSABLE' });
  });

  test.each([
    [{ error: { code: 400, message: 'bad schema' } }, 'TGL_UPSTREAM_REFUSED'],
    [{ error: { type: 'rate_limit_error', message: 'slow' } }, 'TGL_UPSTREAM_BUSY'],
    [{ error: 'text' }, 'TGL_UPSTREAM_FAILED'],
    [{ error: { code: 529, message: 'overloaded' } }, 'TGL_UPSTREAM_BUSY'],
    [{ error: { code: 502, message: 'bad gateway' } }, 'TGL_UPSTREAM_FAILED'],
    [{ error: { code: 401, message: 'no' } }, 'TGL_UPSTREAM_UNUSABLE'],
    [{ error: { code: 403, message: 'no' } }, 'TGL_UPSTREAM_UNUSABLE'],
    [{ error: { code: 404, message: 'no' } }, 'TGL_UPSTREAM_UNUSABLE'],
    [{ choices: [{ delta: { tool_calls: [null] } }] }, 'TGL_UPSTREAM_UNREADABLE'],
    [{ object: 'error', message: 'bad', code: 422 }, 'TGL_UPSTREAM_REFUSED'],
    [{ error: { code: 'context_length_exceeded' } }, 'TGL_PROMPT_TOO_LONG'],
  ])('sends the error %o in its stream', async (event, code) => {
    const { error } = await afterSending(eventStreamHead + piece(dataEvent(event)), 'hang');
    expect(error).toMatchObject({ code });
  });

  test.each([
    '{"error":{"code":"context_length_exceeded","message":"…"}}',
    `{"object":"error","message":"This model's maximum context length is 4096 tokens.","code":400}`,
    '{"error":{"code":400,"type":"exceed_context_size_error"}}',
  ])('finds the prompt too long: %s', async (body) => {
    const { error } = await afterSending(plain('400 Bad Request', 'application/json', body), 'end');
    expect(error).toMatchObject({ code: 'TGL_PROMPT_TOO_LONG', details: { limit: 4096 } });
  });
});
