// What is believed of the hub's answers, and which files of a repository are one model. The hub of the tests of pulling answers as it should;
// this one says anything.
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../base/index.ts';
import type { Outbound, OutboundRequest } from '../../outbound/index.ts';
import { findOnHub, type HubModel, hubCredentials, hubRedirects, unexpectedStatus } from './hub.ts';

const endpoint = 'https://hub.example/';
const commit = 'c0ffee'.padEnd(40, '0');
const revision = 'https://hub.example/api/models/owner/name/revision/main';
const tree = `https://hub.example/api/models/owner/name/tree/${commit}?recursive=true`;

type Answer = { readonly status?: number; readonly body: unknown; readonly link?: string };

/** Asks a hub that gives these answers, by their addresses. */
async function find(
  answers: Readonly<Record<string, Answer>>,
  wanted?: string,
  { name = 'main', requests = [] as OutboundRequest[] } = {},
): Promise<HubModel> {
  const outbound = {
    request: async (request: OutboundRequest) => {
      requests.push(request);
      const { status = 200, body, link } = answers[request.url] ?? { status: 404, body: null };
      return {
        ...{ status, headers: link === undefined ? {} : { link } },
        text: async () => (typeof body === 'string' ? body : JSON.stringify(body)),
        [Symbol.dispose]: () => {},
      };
    },
  } as unknown as Outbound;
  const repository = { repository: 'owner/name', revision: name, wanted };
  return findOnHub(outbound, { endpoint, token: 'secret' }, repository, new AbortController().signal);
}

const file = (path: unknown, more: object = {}): object => ({ type: 'file', path, size: 7, ...more });

/** A repository that lists these entries. */
const listing = (...entries: readonly unknown[]): Readonly<Record<string, Answer>> => ({
  [revision]: { body: { sha: commit } },
  [tree]: { body: entries },
});

const namesOf = async (model: Promise<HubModel>): Promise<readonly string[]> =>
  (await model).files.map(({ name }) => name);

const code = (expected: string, details: object = {}): unknown =>
  expect.objectContaining({ code: expected, details: expect.objectContaining(details) });

describe('the hub is not believed', () => {
  test.each([
    [null],
    [{}],
    [{ sha: 7 }],
    [{ sha: commit.slice(1) }],
    [{ sha: commit.toUpperCase() }],
    [{ sha: `x${commit}` }],
    [{ sha: `${commit}/../main` }],
    [{ sha: '0'.repeat(65) }],
  ])('that %j names a commit', async (body) => {
    await expect(find({ [revision]: { body } })).rejects.toThrow(
      code('TGL_PULL_FAILED', { reason: 'the hub named no commit' }),
    );
  });

  test.each([
    ['directory', { type: 'directory' }],
    ['nameless', { path: 7 }],
    ['hidden', { path: '.cache/a-Q4_K_M.gguf' }],
    ['hidden deeper', { path: 'a/.b/a-Q4_K_M.gguf' }],
    ['above', { path: '../a-Q4_K_M.gguf' }],
    ['absolute', { path: '/a-Q4_K_M.gguf' }],
    ['in a folder without a name', { path: 'a//a-Q4_K_M.gguf' }],
    ['named with a line break', { path: 'a\n-Q4_K_M.gguf' }],
    ['named with what an address would read', { path: 'a?b-Q4_K_M.gguf' }],
    ['of a fraction of a byte', { size: 0.5 }],
    ['of less than nothing', { size: -1 }],
    ['of a text of bytes', { size: '7' }],
    ['of more than can be counted', { size: 2 ** 53 }],
  ])('that what is %s is a file', async (_, change) => {
    const entry = { ...file('a-Q4_K_M.gguf'), ...change };
    await expect(find(listing(null, 7, entry))).rejects.toThrow(
      code('TGL_PULL_REFERENCE', { problem: 'it has no GGUF file' }),
    );
  });

  test.each([
    [
      'a list of files that is none',
      { [revision]: { body: { sha: commit } }, [tree]: { body: {} } },
      'not a list',
    ],
    ['an answer that is no JSON', { [revision]: { body: '<html>' } }, 'not JSON'],
    ['a status of its own fault', { [revision]: { status: 500, body: {} } }, 'status 500'],
    ['a status of nothing', { [revision]: { status: 204, body: {} } }, 'status 204'],
  ])('with %s', async (_, answers, reason) => {
    await expect(find(answers)).rejects.toThrow(
      code('TGL_PULL_FAILED', { reason: expect.stringContaining(reason) }),
    );
  });

  test('with a list of files without end', async () => {
    const next = { [tree]: { body: [], link: `<${tree}>; rel="next"` } };
    const requests: OutboundRequest[] = [];
    await expect(find({ ...listing(), ...next }, undefined, { requests })).rejects.toThrow('too many files');
    expect(requests.length).toBe(1 + 20);
    const many = Array.from({ length: 10_001 }, (_, index) => file(`${index}.txt`));
    await expect(
      find({ ...listing(), [tree]: { body: many, link: `<${tree}>; rel="next"` } }),
    ).rejects.toThrow('too many files');
  });

  test('with a further page somewhere else', async () => {
    const second = `${tree}&cursor=2`;
    const pages = (link: string): Promise<readonly string[]> =>
      namesOf(
        find({
          ...listing(),
          [tree]: { body: [file('a-Q8_0.gguf')], link },
          [second]: { body: [file('a-Q4_K_M.gguf')] },
          'https://evil.example/2': { body: [file('evil-Q4_K_M.gguf')] },
        }),
      );
    for (const link of [
      `<${second}>; rel="next"`,
      `<${second.slice('https://hub.example'.length)}>;rel="next"`,
    ])
      expect(await pages(link)).toEqual(['a-Q4_K_M.gguf']);
    for (const link of [
      '<https://evil.example/2>; rel="next"',
      `<${second}>; rel="prev"`,
      '<http://>; rel="next"',
    ])
      expect(await pages(link)).toEqual(['a-Q8_0.gguf']);
  });

  test.each([401, 403, 404])('less, but refused, with the status %i', async (status) => {
    await expect(find({ [revision]: { status, body: {} } })).rejects.toThrow(
      code('TGL_PULL_REFUSED', { status }),
    );
    expect(unexpectedStatus('u', status)).toMatchObject({ code: 'TGL_PULL_REFUSED' });
  });
});

describe('of the files of a repository', () => {
  test('each has its address by the commit, its bytes, and the digest where there is one', async () => {
    const digest = digestOf('a');
    const model = await find(
      listing(
        file('some folder/a+b-Q4_K_M.gguf', { lfs: { oid: digest } }),
        file('other/README.md'),
        file('README.md', { size: 0 }),
      ),
    );
    const base = `https://hub.example/owner/name/resolve/${commit}`;
    expect(model).toEqual({
      commit,
      files: [
        {
          url: `${base}/some%20folder/a%2Bb-Q4_K_M.gguf`,
          ...{ name: 'a+b-Q4_K_M.gguf', bytes: 7, digest },
        },
      ],
      card: { url: `${base}/README.md`, name: 'README.md', bytes: 0, digest: null },
    });
    expect((await find(listing(file('a-Q4_K_M.gguf')))).card).toBeUndefined();
  });

  test.each([
    [undefined, ['m-Q8_0.gguf', 'm-Q4_K_M.gguf'], ['m-Q4_K_M.gguf']],
    [undefined, ['only.gguf', 'notes.txt'], ['only.gguf']],
    ['q8_0', ['m.Q8_0.gguf', 'm-Q4_K_M.gguf'], ['m.Q8_0.gguf']],
    ['Q4_K', ['m-Q4_K_M.gguf', 'm-Q4_K.gguf'], ['m-Q4_K.gguf']],
    ['Q8_0', ['Q8_0/m.gguf', 'm-Q4_K_M.gguf'], ['m.gguf']],
    ['m-Q8_0.gguf', ['m-Q8_0.gguf', 'm-Q4_K_M.gguf'], ['m-Q8_0.gguf']],
    [undefined, ['mmproj-Q4_K_M.gguf', 'm-MMPROJ-Q4_K_M.gguf', 'm-Q4_K_M.gguf'], ['m-Q4_K_M.gguf']],
    [
      'Q4_K_M',
      ['a/m-Q4_K_M-00001-of-00002.gguf', 'a/m-Q4_K_M-00002-of-00002.gguf', 'm-Q4_K_M.gguf'],
      ['m-Q4_K_M.gguf'],
    ],
    [
      'Q4_K_M',
      ['m-Q4_K_M.gguf', 'a/m-Q4_K_M-00001-of-00002.gguf', 'a/m-Q4_K_M-00002-of-00002.gguf'],
      ['m-Q4_K_M.gguf'],
    ],
    [
      'Q4_K_M',
      ['a/m-Q4_K_M-00002-of-00002.gguf', 'a/m-Q4_K_M-00001-of-00002.gguf', 'b/m-Q4_K_M-00001-of-00003.gguf'],
      ['m-Q4_K_M-00001-of-00002.gguf', 'm-Q4_K_M-00002-of-00002.gguf'],
    ],
    [
      'a/m-Q4_K_M-00002-of-00002.gguf',
      ['a/m-Q4_K_M-00001-of-00002.gguf', 'a/m-Q4_K_M-00002-of-00002.gguf'],
      ['m-Q4_K_M-00001-of-00002.gguf', 'm-Q4_K_M-00002-of-00002.gguf'],
    ],
  ])('%j chooses among %j', async (wanted, paths, chosen) => {
    expect(await namesOf(find(listing(...paths.map((path) => file(path))), wanted))).toEqual(chosen);
  });

  test.each([
    [undefined, ['a.gguf', 'b.gguf'], 'its GGUF files are a.gguf, b.gguf'],
    ['Q2_K', ['m-Q4_K_M.gguf'], 'its GGUF files are m-Q4_K_M.gguf'],
    ['m.gguf', ['a/m.gguf'], 'its GGUF files are a/m.gguf'],
    [undefined, ['a-00001-of-00002.gguf', 'a.GGUF'], 'it has no GGUF file'],
  ])('%j chooses none among %j', async (wanted, paths, problem) => {
    const received = JSON.stringify(`hf:owner/name${wanted === undefined ? '' : `:${wanted}`}`);
    await expect(find(listing(...paths.map((path) => file(path))), wanted)).rejects.toThrow(
      code('TGL_PULL_REFERENCE', { received, problem }),
    );
  });
});

test('the token goes to the hub, and downloads go where the hub keeps them', async () => {
  const requests: OutboundRequest[] = [];
  await find(listing(file('m-Q4_K_M.gguf')), undefined, { requests });
  expect(requests.map(({ url }) => url)).toEqual([revision, tree]);
  for (const request of requests)
    expect(request).toMatchObject({
      headers: { accept: 'application/json' },
      credentials: { authorization: 'Bearer secret' },
      redirects: { most: 5, hosts: ['hub.example', '.huggingface.co', '.hf.co'] },
      maxBytes: 8 * 2 ** 20,
    });
  expect(hubCredentials({ endpoint })).toEqual({});
  expect(hubRedirects({ endpoint: 'http://127.0.0.1:9' }).hosts[0]).toBe('127.0.0.1');
  await expect(find(listing(), undefined, { name: 'a/b', requests })).rejects.toThrow(
    code('TGL_PULL_REFUSED'),
  );
  expect(requests.at(-1)?.url).toBe(revision.replace('main', 'a%2Fb'));
});
