// What is believed of a server's answers while one file is fetched, and what is asked again. Whole downloads over HTTP are told in
// pull.test.ts.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemDisk, TiegelError } from '../../base/index.ts';
import type { Outbound, OutboundRequest } from '../../outbound/index.ts';
import { temporaryDirectory } from '../fixture.ts';
import { askForOffer, type DownloadOptions, download, type Offer } from './download.ts';

const content = Buffer.from('0123456789');

type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
};

/** A download from a server that gives these answers one after another, and what it was asked. */
function from(answers: readonly (Answer | TiegelError)[], change: Partial<DownloadOptions> = {}) {
  const asked: (OutboundRequest['headers'] | undefined)[] = [];
  const left = [...answers];
  const outbound = {
    request: async ({ headers }: OutboundRequest) => {
      asked.push(headers);
      const answer = left.shift();
      if (answer === undefined) throw new TypeError('more was asked for than there are answers');
      if (answer instanceof Error) throw answer;
      const body = answer.body ?? Buffer.alloc(0);
      return {
        ...{ status: answer.status, headers: answer.headers ?? {} },
        body: (async function* () {
          yield body;
        })(),
        [Symbol.dispose]: () => {},
      };
    },
  } as unknown as Outbound;
  const options: DownloadOptions = {
    ...{ outbound, disk: systemDisk, path: 'unused', credentials: {}, redirects: { most: 0, hosts: [] } },
    file: { url: 'https://a.example/f', name: 'f', bytes: null, digest: null },
    ...{ signal: new AbortController().signal, onReceived: () => {} },
    limits: { connections: 1, rangeBytes: 4, noteBytes: 4, attempts: 3, retryMilliseconds: 0 },
    ...change,
  };
  return { options, asked, left };
}

describe('the offer of a server', () => {
  test.each<[string, Answer, Offer]>([
    [
      'with ranges',
      { status: 206, headers: { 'content-range': 'bytes 0-0/10', etag: '"t"' } },
      { bytes: 10, tag: '"t"', ranges: true },
    ],
    [
      'with ranges and without a tag',
      { status: 206, headers: { 'content-range': 'bytes 0-0/10' } },
      { bytes: 10, tag: null, ranges: true },
    ],
    [
      'without ranges',
      { status: 200, headers: { 'content-length': '10' } },
      { bytes: 10, tag: null, ranges: false },
    ],
    [
      'of an empty file',
      { status: 200, headers: { 'content-length': '0' } },
      { bytes: 0, tag: null, ranges: false },
    ],
  ])('%s is taken', async (_, answer, offer) => {
    const { options, asked } = from([answer]);
    expect(await askForOffer(options)).toEqual(offer);
    expect(asked).toEqual([{ range: 'bytes=0-0' }]);
  });

  test.each<[string, Answer, string]>([
    ['that says no length', { status: 200 }, 'does not say how long'],
    ['that says no number', { status: 200, headers: { 'content-length': '1e3' } }, 'does not say how long'],
    [
      'that says a number beyond all files',
      { status: 200, headers: { 'content-length': '1'.repeat(16) } },
      'does not say how long',
    ],
    ['of another range', { status: 206, headers: { 'content-range': 'bytes 1-1/10' } }, 'another range'],
    [
      'of a range of unknown length',
      { status: 206, headers: { 'content-range': 'bytes 0-0/*' } },
      'another range',
    ],
    ['of a range that it does not name', { status: 206 }, 'another range'],
    ['of a fault', { status: 500 }, 'status 500'],
  ])('%s is asked for again, and then refused', async (_, answer, reason) => {
    const { options, asked } = from([answer, answer, answer]);
    await expect(askForOffer(options)).rejects.toMatchObject({
      code: 'TGL_PULL_FAILED',
      details: { reason: expect.stringContaining(reason) },
    });
    expect(asked).toHaveLength(3);
  });

  test('of another length than was promised is refused at once, and so is what is nobody’s', async () => {
    const promised = { url: 'https://a.example/f', name: 'f', bytes: 9, digest: null };
    const longer = from([{ status: 200, headers: { 'content-length': '10' } }], { file: promised });
    await expect(askForOffer(longer.options)).rejects.toMatchObject({
      code: 'TGL_PULL_CHANGED',
      details: { problem: 'it has 10 bytes, not 9' },
    });
    for (const status of [401, 403, 404])
      await expect(askForOffer(from([{ status }]).options)).rejects.toMatchObject({
        code: 'TGL_PULL_REFUSED',
      });
  });

  test('is asked for again after a failure that may pass', async () => {
    const passing = new TiegelError('TGL_OUTBOUND_FAILED', { target: 'a', reason: 'reset' });
    const { options } = from([passing, passing, { status: 200, headers: { 'content-length': '1' } }]);
    expect(await askForOffer(options)).toMatchObject({ bytes: 1 });
    await expect(askForOffer(from([passing, passing, passing]).options)).rejects.toBe(passing);
    const stopped = from([passing], { signal: AbortSignal.abort(new Error('enough')) });
    await expect(askForOffer(stopped.options)).rejects.toBe(passing);
  });
});

/** The answer to a range, first and last byte. */
const piece = (first: number, last: number, headers: Readonly<Record<string, string>> = {}): Answer => ({
  ...{ status: 206, headers: { 'content-range': `bytes ${first}-${last}/10`, ...headers } },
  body: content.subarray(first, last + 1),
});

/** The bytes of a file that came as these answers. */
async function fetched(
  offer: Offer,
  answers: readonly (Answer | TiegelError)[],
  change: Partial<DownloadOptions> = {},
) {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'f');
  const received: number[] = [];
  const { options, asked, left } = from(answers, {
    path,
    onReceived: (bytes) => void received.push(bytes),
    ...change,
  });
  await download(options, offer);
  return { text: readFileSync(path, 'utf8'), asked, received, left };
}

describe('a file', () => {
  const whole = content.toString();
  const offer: Offer = { bytes: 10, tag: null, ranges: true };

  test('comes in ranges, and it is told how much is here', async () => {
    const { text, asked, received } = await fetched(offer, [piece(0, 3), piece(4, 7), piece(8, 9)]);
    expect(text).toBe(whole);
    expect(asked).toEqual([{ range: 'bytes=0-3' }, { range: 'bytes=4-7' }, { range: 'bytes=8-9' }]);
    expect(received).toEqual([0, 4, 8, 10]);
  });

  test.each([
    ['"t"', { 'if-range': '"t"' }],
    ['W/"t"', {}],
  ])(
    'with the tag %s is asked for on the condition that it is the same, where the tag promises that',
    async (tag, condition) => {
      const answers = [piece(0, 3, { etag: tag }), piece(4, 7, { etag: tag }), piece(8, 9, { etag: tag })];
      const { text, asked } = await fetched({ ...offer, tag }, answers);
      expect([text, asked[0]]).toEqual([whole, { range: 'bytes=0-3', ...condition }]);
    },
  );

  test('goes on where an answer ended, as long as each one brings something', async () => {
    const cut = (first: number, last: number): Answer => ({
      ...{ status: 206, headers: { 'content-range': `bytes ${first}-${last}/10` } },
      body: content.subarray(first, first + 1),
    });
    const limits = { connections: 1, rangeBytes: 10, noteBytes: 4, attempts: 2, retryMilliseconds: 0 };
    const answers = [cut(0, 9), cut(1, 9), cut(2, 9), cut(3, 9), piece(4, 9)];
    expect((await fetched(offer, answers, { limits })).text).toBe(whole);
    const nothing: Answer = { ...cut(1, 9), body: Buffer.alloc(0) };
    await expect(fetched(offer, [cut(0, 9), nothing, nothing], { limits })).rejects.toMatchObject({
      details: { reason: 'the answer ended early' },
    });
  });

  test('without ranges comes in one piece, and from its beginning again where that breaks off', async () => {
    const plain: Offer = { bytes: 10, tag: null, ranges: false };
    const half: Answer = { status: 200, body: content.subarray(0, 5) };
    const { text, asked } = await fetched(plain, [half, { status: 200, body: content }]);
    expect([text, asked]).toEqual([whole, [{}, {}]]);
  });

  test.each<[string, Offer, Answer, string]>([
    ['with another tag', { ...offer, tag: '"t"' }, piece(0, 3, { etag: '"u"' }), 'TGL_PULL_CHANGED'],
    ['with a tag where there was none', offer, piece(0, 3, { etag: '"u"' }), 'TGL_PULL_CHANGED'],
    ['without its tag', { ...offer, tag: '"t"' }, piece(0, 3), 'TGL_PULL_CHANGED'],
    ['in one piece where there were ranges', offer, { status: 200, body: content }, 'TGL_PULL_CHANGED'],
    ['in a range where there were none', { ...offer, ranges: false }, piece(0, 9), 'TGL_PULL_CHANGED'],
    ['that is forbidden now', offer, { status: 403 }, 'TGL_PULL_REFUSED'],
  ])('%s is another one', async (_, offered, answer, code) => {
    await expect(fetched(offered, [answer])).rejects.toMatchObject({ code });
  });
});
