import { getDefaultAutoSelectFamily, setDefaultAutoSelectFamily } from 'node:net';
import { expect, test } from 'vitest';
import { rangeOf } from './address-policy.ts';
import { rawServer, response } from './fixture.ts';
import { createOutbound, type Outbound, type OutboundOptions, type OutboundRequest } from './outbound.ts';
import { systemResolve } from './pinned-connector.ts';

const loopback = async () => [{ address: '127.0.0.1', family: 4 }];

async function textFrom(outbound: Outbound, request: Omit<OutboundRequest, 'maxBytes'>): Promise<string> {
  return await (await outbound.request({ maxBytes: 1e6, ...request })).text();
}

/** An outbound that may reach the origins. */
function reaching(origins: readonly string[], options: OutboundOptions = {}): Outbound {
  return createOutbound({ allowedOrigins: origins, ...options });
}

test('sends and receives, with credentials and without asking for compression', async () => {
  await using server = await rawServer((socket) => socket.write(response('hello')));
  await using outbound = reaching([server.origin]);
  const answer = await outbound.request({
    method: 'POST',
    url: `${server.origin}/path?query`,
    headers: { 'content-type': 'text/plain' },
    credentials: { authorization: 'Bearer secret' },
    body: 'body',
    maxBytes: 5,
  });
  expect([answer.status, await answer.text()]).toEqual([200, 'hello']);
  expect(server.requests[0]).toMatch(/^POST \/path\?query HTTP\/1.1\r\n/);
  expect(server.requests[0]).toContain('authorization: Bearer secret');
  expect(server.requests[0]).toContain('accept-encoding: identity');
});

test('offline, nothing is even resolved', async () => {
  await using outbound = createOutbound({ offline: true, resolve: () => expect.unreachable() });
  await expect(outbound.request({ url: 'https://example.com', maxBytes: 1 })).rejects.toMatchObject({
    code: 'TGL_OUTBOUND_OFFLINE',
    details: { target: 'example.com' },
  });
});

test('without TLS nothing is even resolved that the operator did not name', async () => {
  await using outbound = createOutbound({ resolve: () => expect.unreachable() });
  for (const url of ['http://example.com', 'http://93.184.216.34'])
    await expect(outbound.request({ url, maxBytes: 1 })).rejects.toMatchObject({
      code: 'TGL_OUTBOUND_REFUSED',
      details: { problem: 'it is not https' },
    });
});

test('over TLS it offers HTTP/1.1 alone, to the name that was asked for', async () => {
  const { promise: hello, resolve } = Promise.withResolvers<string>();
  await using server = await rawServer(
    () => {},
    (socket, bytes) => {
      resolve(bytes.toString('latin1'));
      socket.destroy();
    },
  );
  const origin = `https://name.test:${server.port}`;
  await using outbound = reaching([origin], { resolve: loopback });
  await expect(textFrom(outbound, { url: origin })).rejects.toMatchObject({ code: 'TGL_OUTBOUND_FAILED' });
  // The list of protocols of RFC 7301 with its lengths.
  expect(await hello).toContain('\u0000\u0009\u0008http/1.1');
  expect(await hello).toContain('name.test');
});

test('names are resolved by the system where nothing else is said, to all addresses that they have', async () => {
  const addresses = await systemResolve('localhost');
  expect(addresses.length).toBeGreaterThan(0);
  for (const { address } of addresses) expect(rangeOf(address)).toBe('loopback');
});

test.each(['http://127.0.0.1:PORT', 'http://2130706433:PORT', 'http://[::ffff:127.0.0.1]:PORT'])(
  'an address of this machine that nobody named is refused: %s',
  async (url) => {
    await using server = await rawServer((socket) => socket.write(response('secret')));
    await using outbound = createOutbound();
    for (const scheme of ['http', 'https']) {
      const target = url.replace('http', scheme).replace('PORT', String(server.port));
      await expect(outbound.request({ url: target, maxBytes: 1 })).rejects.toMatchObject({
        code: 'TGL_OUTBOUND_REFUSED',
      });
    }
    expect(server.requests).toEqual([]);
  },
);

test('a public name that resolves to this machine is refused, also beside a public address', async () => {
  const addresses = [
    { address: '93.184.216.34', family: 4 },
    { address: '127.0.0.1', family: 4 },
  ];
  await using outbound = createOutbound({ resolve: async () => addresses });
  await expect(outbound.request({ url: 'https://example.com', maxBytes: 1 })).rejects.toMatchObject({
    code: 'TGL_OUTBOUND_REFUSED',
    details: { problem: '127.0.0.1 is a loopback address' },
  });
});

test('a name is resolved once a connection, and the socket goes where the check was', async () => {
  await using server = await rawServer((socket) => socket.write(response('ok')));
  const answers = ['127.0.0.1', '169.254.169.254'];
  let asked = 0;
  const origin = `http://rebinding.test:${server.port}`;
  await using outbound = reaching([origin], {
    resolve: async () => [{ address: answers[asked++] ?? '', family: 4 }],
  });
  expect(await textFrom(outbound, { url: origin })).toBe('ok');
  await new Promise(setImmediate);
  expect(await textFrom(outbound, { url: origin })).toBe('ok');
  expect(asked).toBe(1);
  for (const socket of server.sockets) socket.destroy();
  await expect
    .poll(() => textFrom(outbound, { url: origin }).catch((error) => error.code))
    .toBe('TGL_OUTBOUND_REFUSED');
});

test('a redirect is refused where no rule allows it', async () => {
  const head = 'HTTP/1.1 302 Found\r\nlocation: /elsewhere';
  await using server = await rawServer((socket) => socket.write(response('', head)));
  await using outbound = reaching([server.origin]);
  const redirects = { most: 3, hosts: ['127.0.0.1'] };
  const refused = { code: 'TGL_OUTBOUND_REFUSED' };
  await expect(textFrom(outbound, { url: server.origin })).rejects.toMatchObject(refused);
  await expect(textFrom(outbound, { url: server.origin, method: 'POST', redirects })).rejects.toMatchObject(
    refused,
  );
  expect(server.requests).toHaveLength(2);
  await expect(textFrom(outbound, { url: server.origin, redirects })).rejects.toMatchObject({
    details: { problem: 'it redirects more than 3 times' },
  });
  expect(server.requests).toHaveLength(6);
});

test('a redirect that is allowed leaves the credentials behind', async () => {
  await using store = await rawServer((socket) => socket.write(response('file')));
  const away = `http://cdn.store.test:${store.port}`;
  await using hub = await rawServer((socket) =>
    socket.write(response('', `HTTP/1.1 302 Found\r\nlocation: ${away}/file`)),
  );
  await using outbound = reaching([hub.origin, away], { resolve: loopback });
  const wanted = { url: `${hub.origin}/file`, credentials: { authorization: 'Bearer secret' } };
  expect(await textFrom(outbound, { ...wanted, redirects: { most: 1, hosts: ['.store.test'] } })).toBe(
    'file',
  );
  expect(hub.requests[0]).toContain('secret');
  expect(store.requests[0]).not.toContain('secret');
  await expect(
    textFrom(outbound, { ...wanted, redirects: { most: 1, hosts: ['store.test'] } }),
  ).rejects.toMatchObject({ code: 'TGL_OUTBOUND_REFUSED' });
});

test.each([301, 302, 303, 307, 308])(
  'a redirect with status %i is followed to a listed host',
  async (status) => {
    await using server = await rawServer((socket, head) =>
      socket.write(
        head.includes(' /end ')
          ? response('end')
          : response('', `HTTP/1.1 ${status} There\r\nlocation: /end`),
      ),
    );
    await using outbound = reaching([server.origin]);
    const redirects = { most: 1, hosts: ['127.0.0.1'] };
    const credentials = { authorization: 'Bearer secret' };
    expect(await textFrom(outbound, { url: server.origin, redirects, credentials })).toBe('end');
    // Within the origin that they are for, credentials stay.
    expect(server.requests.map((head) => head.includes('secret'))).toEqual([true, true]);
    using found = await outbound.request({ method: 'HEAD', url: server.origin, redirects, maxBytes: 10 });
    expect(found).toMatchObject({ status: 200, url: `${server.origin}/end` });
  },
);

test.each([300, 304, 305])('status %i is an answer and no redirect', async (status) => {
  await using server = await rawServer((socket) =>
    socket.write(response('', `HTTP/1.1 ${status} Here\r\nlocation: /end`)),
  );
  await using outbound = reaching([server.origin]);
  using answer = await outbound.request({ url: server.origin, maxBytes: 10 });
  expect(answer.status).toBe(status);
});

test.each([
  ['without an address', undefined, 'it redirects to nowhere'],
  ['with an address that is none', 'http://[', 'it redirects to nowhere'],
  ['to another scheme', 'file:///etc/passwd', 'it is not http'],
  ['to a listed host without TLS', 'http://store.test/', 'it is not https'],
  [
    'to a host that ends alike',
    'https://evilstore.test/',
    'it redirects to evilstore.test, which is not one of 127.0.0.1, store.test, .store.test',
  ],
])('a redirect %s is refused', async (_, location, problem) => {
  const head = `HTTP/1.1 302 Found${location === undefined ? '' : `\r\nlocation: ${location}`}`;
  await using server = await rawServer((socket) => socket.write(response('', head)));
  await using outbound = reaching([server.origin], { resolve: () => expect.unreachable() });
  const redirects = { most: 3, hosts: ['127.0.0.1', 'store.test', '.store.test'] };
  await expect(textFrom(outbound, { url: server.origin, redirects })).rejects.toMatchObject({
    code: 'TGL_OUTBOUND_REFUSED',
    details: { problem },
  });
  expect(server.requests).toHaveLength(1);
});

test.each(['POST', 'PUT'] as const)('what %s sends is taken to no other address', async (method) => {
  await using server = await rawServer((socket) =>
    socket.write(response('', 'HTTP/1.1 307 There\r\nlocation: /end')),
  );
  await using outbound = reaching([server.origin]);
  const redirects = { most: 1, hosts: ['127.0.0.1'] };
  await expect(
    textFrom(outbound, { method, url: server.origin, body: 'x', redirects }),
  ).rejects.toMatchObject({ details: { problem: 'it redirects elsewhere' } });
  expect(server.requests).toHaveLength(1);
});

test('a redirect into a private network is refused, whoever is listed', async () => {
  const head = 'HTTP/1.1 307 Moved\r\nlocation: http://169.254.169.254/latest/meta-data';
  await using server = await rawServer((socket) => socket.write(response('', head)));
  await using outbound = reaching([server.origin, 'http://169.254.169.254']);
  const redirects = { most: 1, hosts: ['169.254.169.254'] };
  await expect(textFrom(outbound, { url: server.origin, redirects })).rejects.toMatchObject({
    code: 'TGL_OUTBOUND_REFUSED',
    details: { problem: '169.254.169.254 is a linkLocal address' },
  });
});

test.each([
  ['begin to answer', { firstByteMs: 40 }, ''],
  ['go on', { idleMs: 40 }, 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nfour'],
  ['finish', { totalMs: 40 }, 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nfour'],
])('a server that does not %s in time is given up', async (what, deadlines, bytes) => {
  await using server = await rawServer((socket) => socket.write(bytes));
  await using outbound = reaching([server.origin]);
  await expect(textFrom(outbound, { url: server.origin, deadlines })).rejects.toMatchObject({
    code: 'TGL_OUTBOUND_TIMEOUT',
    details: { what },
  });
  await expect.poll(() => server.sockets.size).toBe(0);
});

test('an address in brackets is no name, and may be named by the operator', async () => {
  const resolve = () => expect.unreachable();
  await using unnamed = createOutbound({ resolve });
  await expect(textFrom(unnamed, { url: 'https://[::1]:9' })).rejects.toMatchObject({
    details: { target: 'https://[::1]:9', problem: '::1 is a loopback address' },
  });
  await using named = reaching(['https://[::1]:9'], { resolve });
  await expect(textFrom(named, { url: 'https://[::1]:9' })).rejects.toMatchObject({
    code: 'TGL_OUTBOUND_FAILED',
    details: { target: '[::1]:9' },
  });
});

test('a name without an address is a failure with a reason', async () => {
  await using outbound = createOutbound({ resolve: async () => [] });
  await expect(textFrom(outbound, { url: 'https://example.com' })).rejects.toMatchObject({
    code: 'TGL_OUTBOUND_FAILED',
    details: { target: 'example.com', reason: 'the name has no address' },
  });
});

test('where sockets try one address only, it is the first that was checked', async () => {
  await using server = await rawServer((socket) => socket.write(response('ok')));
  const origin = `http://name.test:${server.port}`;
  const addresses = ['127.0.0.1', '127.0.0.2'].map((address) => ({ address, family: 4 }));
  const tries = getDefaultAutoSelectFamily();
  setDefaultAutoSelectFamily(false);
  try {
    await using outbound = reaching([origin], { resolve: async () => addresses });
    expect(await textFrom(outbound, { url: origin })).toBe('ok');
  } finally {
    setDefaultAutoSelectFamily(tries);
  }
});

test('deadlines of a request replace those of the client, one by one', async () => {
  await using server = await rawServer(() => {});
  await using outbound = reaching([server.origin], { deadlines: { firstByteMs: 30, totalMs: 60_000 } });
  await expect(textFrom(outbound, { url: server.origin })).rejects.toMatchObject({
    details: { what: 'begin to answer', limitMs: 30 },
  });
  const deadlines = { firstByteMs: 40 };
  await expect(textFrom(outbound, { url: server.origin, deadlines })).rejects.toMatchObject({
    details: { what: 'begin to answer', limitMs: 40 },
  });
});

test('a client that is disposed keeps no connection', async () => {
  await using server = await rawServer((socket) => socket.write(response('ok')));
  {
    await using outbound = reaching([server.origin]);
    expect(await textFrom(outbound, { url: server.origin })).toBe('ok');
    expect(server.sockets.size).toBe(1);
  }
  await expect.poll(() => server.sockets.size).toBe(0);
});

test('resolution counts as connecting', async () => {
  await using outbound = createOutbound({ resolve: () => new Promise(() => {}) });
  const deadlines = { connectMs: 30 };
  await expect(textFrom(outbound, { url: 'https://example.com', deadlines })).rejects.toMatchObject({
    details: { what: 'accept the connection' },
  });
});

test.each([
  ['a port without a server', undefined, 'it refuses connections'],
  ['a cut in the head', 'HTTP/1.1 200', 'it cut the connection'],
  ['a cut in the body', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nfour', 'it cut the connection'],
  [
    'a cut in a chunk',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nfour',
    'it cut the connection',
  ],
  ['something else than HTTP', '220 mail.example.com ESMTP\r\n', 'it does not speak HTTP'],
  [
    'compression',
    response('', 'HTTP/1.1 200 OK\r\ncontent-encoding: gzip'),
    'it compressed its answer (gzip) without being asked to',
  ],
])('%s is a failure with a reason', async (_, bytes, reason) => {
  const server = await rawServer((socket) => socket.end(bytes ?? ''));
  await using stack = new AsyncDisposableStack();
  if (bytes === undefined) await server[Symbol.asyncDispose]();
  else stack.use(server);
  const outbound = stack.use(reaching([server.origin]));
  await expect(textFrom(outbound, { url: server.origin })).rejects.toMatchObject({
    code: 'TGL_OUTBOUND_FAILED',
    details: { reason },
  });
});

test('more bytes than allowed end the exchange', async () => {
  await using server = await rawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n\r\n');
    const pour = setInterval(() => socket.write('x'.repeat(1000)), 1);
    socket.on('close', () => clearInterval(pour));
  });
  await using outbound = reaching([server.origin]);
  const answer = await outbound.request({ url: server.origin, maxBytes: 5000 });
  await expect(answer.text()).rejects.toMatchObject({ code: 'TGL_OUTBOUND_TOO_LARGE' });
  await expect.poll(() => server.sockets.size).toBe(0);
});

test('nobody reads without a limit', async () => {
  await using server = await rawServer((socket) => socket.write(response('hello')));
  await using outbound = reaching([server.origin]);
  for (const maxBytes of [Number.POSITIVE_INFINITY, Number.NaN])
    await expect(outbound.request({ url: server.origin, maxBytes })).rejects.toThrow(/no limit/);
  expect(server.requests).toEqual([]);
});

test('headers without end are cut off, however many there are', async () => {
  await using server = await rawServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\n');
    const pour = (): void => {
      while (!socket.destroyed)
        if (!socket.write('x-a: b\r\n'.repeat(1000))) return void socket.once('drain', pour);
    };
    pour();
  });
  await using outbound = reaching([server.origin]);
  await expect(outbound.request({ url: server.origin, maxBytes: 5 })).rejects.toMatchObject({
    code: 'TGL_OUTBOUND_FAILED',
    details: { reason: 'its headers are too large' },
  });
  await expect.poll(() => server.sockets.size).toBe(0);
});

test('a reader who does not read holds the server back, and gets everything later', async () => {
  const block = Buffer.alloc(64 * 1024, 'x');
  const total = 400 * block.length;
  let sent = 0;
  await using server = await rawServer((socket) => {
    socket.write(`HTTP/1.1 200 OK\r\ncontent-length: ${total}\r\n\r\n`);
    const pour = (): void => {
      while (sent < total) {
        sent += block.length;
        if (!socket.write(block)) return void socket.once('drain', pour);
      }
    };
    pour();
  });
  await using outbound = reaching([server.origin], { deadlines: { idleMs: 500 } });
  const answer = await outbound.request({ url: server.origin, maxBytes: total });
  // Longer than the idle deadline, which does not count while the reader is the slow one.
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(sent).toBeLessThan(total);
  expect((await answer.text()).length).toBe(total);
});

test('an abort ends the wait with its reason and closes the connection', async () => {
  await using server = await rawServer((socket, head) => {
    if (head.includes('/body')) socket.write('HTTP/1.1 200 OK\r\n\r\nfirst');
  });
  await using outbound = reaching([server.origin]);
  const reason = new Error('client left');
  for (const path of ['/head', '/body']) {
    const stop = new AbortController();
    const waiting = textFrom(outbound, { url: server.origin + path, signal: stop.signal });
    await expect.poll(() => server.sockets.size).toBe(1);
    stop.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect.poll(() => server.sockets.size).toBe(0);
  }
  const late = textFrom(outbound, { url: server.origin, signal: AbortSignal.abort(reason) });
  await expect(late).rejects.toBe(reason);
});

test('leaving the body early closes the connection', async () => {
  await using server = await rawServer((socket) => socket.write('HTTP/1.1 200 OK\r\n\r\nfirst'));
  await using outbound = reaching([server.origin]);
  const answer = await outbound.request({ url: server.origin, maxBytes: 100 });
  for await (const chunk of answer.body) {
    expect(Buffer.from(chunk).toString()).toBe('first');
    break;
  }
  await expect.poll(() => server.sockets.size).toBe(0);
});
