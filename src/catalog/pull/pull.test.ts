// Pulling from a hub that the test serves, in good and bad weather.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Disk,
  digestOf,
  manualClock,
  type Progress,
  systemClock,
  systemDisk,
  TiegelError,
} from '../../base/index.ts';
import { createOutbound } from '../../outbound/index.ts';
import { type Catalog, openCatalog } from '../catalog.ts';
import { adaptedWeight, temporaryDirectory, writeAdapter, writeModel, writeShards } from '../fixture.ts';
import type { Variant } from '../variant/manifest.ts';
import type { PullOptions } from './pull.ts';
import { commit, rangeHeaders, startHub, type TestHub } from './test-hub.ts';

const code = (expected: string, details: Readonly<Record<string, unknown>> = {}) =>
  expect.objectContaining({ code: expected, details: expect.objectContaining(details) });

type Setting = AsyncDisposable & {
  readonly hub: TestHub;
  readonly catalog: Catalog;
  readonly model: Buffer;
  readonly pull: (reference?: string, options?: Partial<PullOptions>) => Promise<Variant>;
  /** A catalog over the same home. */
  readonly reopen: (disk: Disk) => Catalog;
};

/** A hub with a model of 100 kB in two quantisations, and an empty catalog. */
async function setting(): Promise<Setting> {
  await using open = new AsyncDisposableStack();
  const directory = open.use(temporaryDirectory());
  const path = join(directory.path, 'model.gguf');
  writeModel(path, { values: Float32Array.from({ length: 25_600 }, (_, index) => index) });
  const model = readFileSync(path);
  writeModel(path, { type: 'Q8_0' });
  const small = readFileSync(path);
  const hub = open.use(
    await startHub({
      'README.md': Buffer.from('# A model'),
      'Some-Model-Q4_K_M.gguf': model,
      'Some-Model-Q8_0.gguf': small,
      'mmproj-Some-Model-Q4_K_M.gguf': small,
    }),
  );
  const home = join(directory.path, 'home');
  const catalog = openCatalog({ home, clock: systemClock });
  const kept = open.move();
  return {
    hub,
    catalog,
    model,
    pull: (reference = 'hf:owner/name', options = {}) =>
      catalog.variants.pull(reference, settings(hub, options)),
    reopen: (disk) => openCatalog({ home, clock: systemClock }, disk),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function settings(hub: TestHub, options: Partial<PullOptions> = {}): PullOptions {
  return {
    outbound: hub.outbound,
    hub: { endpoint: hub.endpoint },
    clock: systemClock,
    signal: AbortSignal.timeout(20_000),
    limits: { connections: 3, rangeBytes: 20_000, noteBytes: 10_000, attempts: 3, retryMilliseconds: 1 },
    ...options,
  };
}

const downloadsIn = ({ home }: Catalog): string[] => readdirSync(join(home, 'downloads'));
const rangesOf = ({ requests }: TestHub): string[] =>
  requests.flatMap((line) => /^cdn .*(bytes=(?!0-0$).*)$/.exec(line)?.[1] ?? []).sort();

describe('pull', () => {
  test('brings the usual quantisation into quarantine, with card and pinned source', async () => {
    await using given = await setting();
    const { hub, catalog, pull, model } = given;
    const progress: Progress[] = [];
    const variant = await pull('hf:owner/name', { onProgress: (line) => progress.push(line) });
    expect(variant.manifest).toMatchObject({
      name: 'some-model-q4_k_m',
      source: `hf:owner/name@${commit}:Some-Model-Q4_K_M.gguf`,
      weights: { digest: digestOf(model), bytes: model.length },
      card: { digest: digestOf('# A model') },
    });
    expect(catalog.variants.find('some-model-q4_k_m')).toEqual(variant);
    expect(readFileSync(await catalog.variants.weightsPath(variant))).toEqual(model);
    expect(downloadsIn(catalog)).toEqual([]);
    expect(rangesOf(hub)).toHaveLength(Math.ceil(model.length / 20_000));
    expect(progress.at(-1)).toMatchObject({ done: model.length, total: model.length });
    expect(progress.map(({ done }) => done)).toEqual(
      progress.map(({ done }) => done).toSorted((one, other) => one - other),
    );
  });

  test('does nothing where the bytes are here', async () => {
    await using given = await setting();
    const variant = await given.pull();
    given.hub.requests.length = 0;
    expect(await given.pull()).toEqual(variant);
    expect(given.hub.requests.every((line) => line.startsWith('hub /api/'))).toBe(true);
  });

  test.each([
    ['hf:owner/name:Q8_0', 'some-model-q8_0'],
    ['hf:owner/name:q8_0', 'some-model-q8_0'],
    ['hf:owner/name@main:Some-Model-Q8_0.gguf', 'some-model-q8_0'],
  ])('%s chooses %s', async (reference, name) => {
    await using given = await setting();
    expect((await given.pull(reference)).name).toBe(name);
  });

  test('chooses for whoever named no quantisation where there is one model only, and lists several', async () => {
    await using given = await setting();
    const { hub, pull } = given;
    hub.files.delete('Some-Model-Q4_K_M.gguf');
    expect((await pull()).name).toBe('some-model-q8_0');
    hub.files.set('Some-Model-Q6_K.gguf', given.model);
    await expect(pull()).rejects.toThrow(
      code('TGL_PULL_REFERENCE', {
        problem: 'its GGUF files are Some-Model-Q8_0.gguf, Some-Model-Q6_K.gguf',
      }),
    );
    await expect(pull('hf:owner/name:Q5_0')).rejects.toThrow(code('TGL_PULL_REFERENCE'));
  });

  test('from an address needs no hub, and keeps to the digest that was given', async () => {
    await using given = await setting();
    const { hub, pull, model } = given;
    const url = `${hub.cdn}/Some-Model-Q4_K_M.gguf`;
    const wrong = pull(url, { digest: digestOf('') });
    await expect(wrong).rejects.toThrow(code('TGL_DIGEST_MISMATCH'));
    const { name, manifest } = await pull(url, { digest: digestOf(model), name: 'mine' });
    expect([name, manifest.source]).toEqual(['mine', url]);
  });

  test('brings all shards of a model as one variant', async () => {
    await using given = await setting();
    using directory = temporaryDirectory();
    given.hub.files.clear();
    for (const path of writeShards(directory.path, 3)) {
      given.hub.files.set(`Q4_K_M/${path.split('/').at(-1)}`, readFileSync(path));
    }
    const { manifest, name } = await given.pull();
    expect(name).toBe('large');
    expect(manifest.weights.shards).toHaveLength(3);
  });

  test('brings an adapter over a model that is here, once', async () => {
    await using given = await setting();
    using directory = temporaryDirectory();
    const path = join(directory.path, 'pirate.gguf');
    writeModel(path, { tensor: adaptedWeight });
    const base = await given.catalog.variants.importFile(path, { name: 'base', source: 'a test' });
    writeAdapter(path);
    given.hub.files.set('pirate.gguf', readFileSync(path));
    const adapted = await given.pull('hf:owner/name:pirate.gguf', { base });
    expect(adapted).toMatchObject({
      name: 'base-pirate',
      manifest: {
        weights: base.manifest.weights,
        adapters: [{ digest: digestOf(readFileSync(path)) }],
        source: `hf:owner/name@${commit}:pirate.gguf`,
      },
    });
    const before = rangesOf(given.hub).length;
    expect(await given.pull('hf:owner/name:pirate.gguf', { base })).toEqual(adapted);
    expect(rangesOf(given.hub)).toHaveLength(before);
  });

  test('is no worse for a card that is not there', async () => {
    await using given = await setting();
    const { hub, pull } = given;
    hub.fault = ({ response, content }) => {
      if (content.toString() !== '# A model') return false;
      response.writeHead(410).end('gone');
      return true;
    };
    expect((await pull()).manifest.card).toBeNull();
  });

  test('throws away what nobody took up again for a month', async () => {
    await using given = await setting();
    const old = join(given.catalog.home, 'downloads', 'f'.repeat(64));
    mkdirSync(old);
    utimesSync(old, new Date(0), new Date(0));
    await given.pull();
    expect(existsSync(old)).toBe(false);
  });

  test.each([
    ['folder/', 'model'],
    ['some:model.gguf', 'some-model'],
    ['model.gguf?download=true', 'model'],
  ])('asks an address for what stands there: %s, which it calls %s', async (path, name) => {
    await using given = await setting();
    given.hub.files.set(path, given.model);
    const pulled = await given.pull(`${given.hub.cdn}/${path}`);
    expect([pulled.name, pulled.manifest.weights.digest]).toEqual([name, digestOf(given.model)]);
  });

  test('sends the token to the hub and to nobody else', async () => {
    await using given = await setting();
    const { hub, pull } = given;
    await pull('hf:owner/name', { hub: { endpoint: hub.endpoint, token: 'secret' } });
    const withToken = hub.requests.filter((line) => line.includes('secret'));
    expect(withToken.length).toBeGreaterThan(3);
    expect(withToken.every((line) => /^hub /.test(line))).toBe(true);
  });

  test('works without ranges too', async () => {
    await using given = await setting();
    given.hub.ranges = false;
    expect((await given.pull()).manifest.weights.digest).toBe(digestOf(given.model));
    expect(given.hub.requests.filter((line) => line === 'cdn /Some-Model-Q4_K_M.gguf')).toHaveLength(1);
  });
});

describe('what does not come right is not kept', () => {
  test('bytes with another digest than the hub has listed', async () => {
    await using given = await setting();
    given.hub.wrongDigests.set('Some-Model-Q4_K_M.gguf', digestOf('something else'));
    await expect(given.pull()).rejects.toThrow(code('TGL_DIGEST_MISMATCH'));
    expect(given.catalog.variants.list().variants).toEqual([]);
    expect(downloadsIn(given.catalog)).toEqual([]);
  });

  test('another length than the hub has listed', async () => {
    await using given = await setting();
    const { hub, pull, model } = given;
    hub.fault = ({ response }) => {
      const headers = { 'content-range': 'bytes 0-0/99', 'content-length': 1 };
      response.writeHead(206, headers).end(model.subarray(0, 1));
      return true;
    };
    await expect(pull()).rejects.toThrow(`it has 99 bytes, not ${model.length}`);
  });

  test.each<[string, Record<string, string>]>([
    ['a range that nobody asked for', { 'content-range': 'bytes 5-9/100' }],
    ['another file behind the same address', { etag: '"other"' }],
  ])('%s', async (_, headers) => {
    await using given = await setting();
    given.hub.fault = ({ range, response, content }) => {
      if (range === undefined || range[1] === 0) return false;
      const part = content.subarray(range[0], range[1] + 1);
      response.writeHead(206, { ...rangeHeaders(range, content), ...headers }).end(part);
      return true;
    };
    await expect(given.pull()).rejects.toThrow(TiegelError);
    expect(given.catalog.variants.list().variants).toEqual([]);
  });

  test('more than was asked for', async () => {
    await using given = await setting();
    given.hub.fault = ({ range, response, content }) => {
      if (range === undefined || range[1] === 0) return false;
      response.writeHead(206, rangeHeaders(range, content)).end(content);
      return true;
    };
    await expect(given.pull()).rejects.toThrow(code('TGL_OUTBOUND_TOO_LARGE'));
  });

  test('no GGUF file', async () => {
    await using given = await setting();
    given.hub.files.set('Some-Model-Q4_K_M.gguf', Buffer.from('<html>'));
    await expect(given.pull()).rejects.toThrow(code('TGL_GGUF_INVALID'));
    expect(given.catalog.variants.list().variants).toEqual([]);
  });
});

describe('what breaks is taken up again', () => {
  test.each<[string, TestHub['fault']]>([
    [
      'resets in the middle of every range',
      ({ range, times, response, content }) => {
        if (range === undefined || range[0] % 20_000 !== 0 || times > 1) return false;
        response.writeHead(206, rangeHeaders(range, content));
        response.write(content.subarray(range[0], range[0] + 100));
        setTimeout(() => response.destroy(), 5);
        return true;
      },
    ],
    [
      'errors of the server',
      ({ times, response }) => {
        if (times > 2) return false;
        response.writeHead(503).end();
        return true;
      },
    ],
    [
      'connections that are cut before the answer',
      ({ times, response }) => {
        if (times > 1) return false;
        response.destroy();
        return true;
      },
    ],
  ])('%s', async (_, fault) => {
    await using given = await setting();
    given.hub.fault = fault;
    expect((await given.pull()).manifest.weights.digest).toBe(digestOf(given.model));
  });

  test('an answer that ends early is continued where it ended, and a silent server is left', async () => {
    await using given = await setting();
    given.hub.fault = ({ range, response, content }) => {
      if (range?.[0] !== 0 || range[1] === 0) return false;
      response.writeHead(206, rangeHeaders(range, content));
      response.write(content.subarray(0, 5000));
      return true;
    };
    await given.pull('hf:owner/name', { limits: { ...settings(given.hub).limits!, connections: 1 } });
    expect(rangesOf(given.hub)).toContain('bytes=5000-19999');
  });

  test('after an abort only what is missing is fetched', async () => {
    await using given = await setting();
    const { hub, pull, catalog, model } = given;
    const stop = new AbortController();
    const onProgress = ({ done }: Progress): void => {
      if (done >= 45_000) stop.abort(new Error('enough'));
    };
    await expect(pull('hf:owner/name', { signal: stop.signal, onProgress })).rejects.toThrow('enough');
    expect(downloadsIn(catalog)).toHaveLength(1);
    expect(catalog.variants.list().variants).toEqual([]);
    const before = hub.requests.length;
    expect((await pull()).manifest.weights.digest).toBe(digestOf(model));
    const fetched = hub.requests
      .slice(before)
      .flatMap((line) => /^cdn .*bytes=(\d+)-(\d+)$/.exec(line)?.slice(1).map(Number) ?? []);
    const bytes = fetched.reduce((sum, end, index) => sum + (index % 2 ? end + 1 : -end), 0);
    // And the one byte by which the server is asked what it has.
    expect(bytes).toBeLessThanOrEqual(model.length - 45_000 + 1);
  });

  test('after kill -9 what was noted is not fetched again', { timeout: 60_000 }, async () => {
    await using given = await setting();
    const { hub, catalog, model } = given;
    const folder = join(import.meta.dirname, '..', '..');
    const puller = `
      import { systemClock } from ${JSON.stringify(join(folder, 'base/index.ts'))};
      import { createOutbound } from ${JSON.stringify(join(folder, 'outbound/index.ts'))};
      import { openCatalog } from ${JSON.stringify(join(folder, 'catalog/catalog.ts'))};
      const catalog = openCatalog({ home: ${JSON.stringify(catalog.home)}, clock: systemClock });
      const limits = { connections: 1, rangeBytes: 20_000, noteBytes: 10_000, attempts: 1, retryMilliseconds: 1 };
      await catalog.variants.pull('hf:owner/name', {
        outbound: createOutbound({ allowedOrigins: ${JSON.stringify([hub.endpoint, hub.cdn])} }),
        hub: { endpoint: ${JSON.stringify(hub.endpoint)} },
        clock: systemClock,
        signal: new AbortController().signal,
        limits,
      });`;
    const silent = Promise.withResolvers<void>();
    hub.fault = ({ range }) => {
      if (range?.[0] !== 60_000) return false;
      silent.resolve();
      return true;
    };
    const child = spawn(process.execPath, ['--input-type=module', '--eval', puller], { stdio: 'inherit' });
    await silent.promise;
    child.kill('SIGKILL');
    await once(child, 'exit');
    hub.fault = () => false;
    const before = hub.requests.length;
    expect((await given.pull()).manifest.weights.digest).toBe(digestOf(model));
    const first = hub.requests
      .slice(before)
      .filter((line) => line.startsWith('cdn ') && line.includes('bytes='));
    expect(first.filter((line) => /bytes=(?!0-0$)(0|20000|40000)-/.test(line))).toEqual([]);
  });

  test.each<[string, (note: string) => string]>([
    ['is damaged', (note) => note.replace('"tag"', '"gat"')],
    ['is of a file of another length', (note) => note.replace(/"bytes": (\d+)/, '"bytes": 1$1')],
    ['is of another file', (note) => note.replace(/"tag": "[^,]*"/, '"tag": "another"')],
  ])('a note that %s makes it begin anew', async (_, change) => {
    await using given = await setting();
    const { pull, catalog, model } = given;
    const stop = new AbortController();
    const onProgress = ({ done }: Progress): void => {
      if (done >= 45_000) stop.abort(new Error('enough'));
    };
    await expect(pull('hf:owner/name', { signal: stop.signal, onProgress })).rejects.toThrow('enough');
    const directory = join(catalog.home, 'downloads', downloadsIn(catalog)[0]!);
    const note = readdirSync(directory).find((name) => name.endsWith('.json'))!;
    const text = readFileSync(join(directory, note), 'utf8');
    expect(change(text)).not.toBe(text);
    writeFileSync(join(directory, note), change(text));
    const before = given.hub.requests.length;
    expect((await pull()).manifest.weights.digest).toBe(digestOf(model));
    const asked = given.hub.requests.slice(before).filter((request) => request.startsWith('cdn /Some-Model'));
    expect(asked.some((request) => request.includes('bytes=0-'))).toBe(true);
  });
});

describe('what is refused', () => {
  test('a redirect to a host that is not the hub’s', async () => {
    await using given = await setting();
    given.hub.cdn = 'http://127.0.0.2:9';
    await expect(given.pull()).rejects.toThrow(code('TGL_OUTBOUND_REFUSED'));
    given.hub.cdn = 'http://169.254.169.254';
    await expect(given.pull()).rejects.toThrow(code('TGL_OUTBOUND_REFUSED'));
  });

  test('everything, offline', async () => {
    await using given = await setting();
    await using outbound = createOutbound({ offline: true, allowedOrigins: [given.hub.endpoint] });
    await expect(given.pull('hf:owner/name', { outbound })).rejects.toThrow(code('TGL_OUTBOUND_OFFLINE'));
    expect(given.hub.requests).toEqual([]);
  });

  test('a disk that is too small, before anything is fetched', async () => {
    await using given = await setting();
    const small = given.reopen({ ...systemDisk, freeBytes: async () => 64 * 2 ** 20 });
    await expect(small.variants.pull('hf:owner/name', settings(given.hub))).rejects.toThrow(
      code('TGL_DISK_SPACE', { free: 64 * 2 ** 20 }),
    );
    expect(rangesOf(given.hub)).toEqual([]);
  });

  test('a disk that becomes full, and what was fetched stays for later', async () => {
    await using given = await setting();
    let written = 0;
    const full = given.reopen({
      ...systemDisk,
      write: async (file, chunk, position) => {
        written += chunk.length;
        if (written > 50_000) throw Object.assign(new Error('no space left'), { code: 'ENOSPC' });
        await systemDisk.write(file, chunk, position);
      },
    });
    await expect(full.variants.pull('hf:owner/name', settings(given.hub))).rejects.toThrow(
      code('TGL_DISK_FULL'),
    );
    expect(downloadsIn(given.catalog)).toHaveLength(1);
    expect((await given.pull()).manifest.weights.digest).toBe(digestOf(given.model));
  });

  test('a file that another process is fetching', async () => {
    await using given = await setting();
    const stop = new AbortController();
    const onProgress = (): void => stop.abort(new Error('enough'));
    await expect(given.pull('hf:owner/name', { signal: stop.signal, onProgress })).rejects.toThrow();
    const directory = join(given.catalog.home, 'downloads', downloadsIn(given.catalog)[0]!);
    const lock = join(directory, 'Some-Model-Q4_K_M.gguf.lock');
    expect(existsSync(lock)).toBe(false);
    writeFileSync(lock, String(process.pid));
    await expect(given.pull()).rejects.toThrow(code('TGL_PULL_RUNNING', { process: process.pid }));
    writeFileSync(lock, '4194305');
    expect((await given.pull()).name).toBe('some-model-q4_k_m');
  });

  test.each([
    ['hf:owner/name:Q2_K', /its GGUF files are Some-Model-Q4_K_M\.gguf, Some-Model-Q8_0\.gguf/],
    ['hf:owner/name:other.gguf', /its GGUF files are/],
    ['hf:owner/none', /answered 404/],
    ['hf:owner', /expected hf:OWNER\/NAME/],
    ['hf:owner/..', /characters that no repository/],
    ['hf:owner/name:a/../b.gguf', /characters that no repository/],
    ['deepseek-v3.2', /has the architecture deepseek32, which is not run here.*tiegel remote add/],
    ['deepseek-v3.1', /has the architecture deepseek2, for which no name is known here/],
    ['gpt-oss:20b', /has the architecture gpt-oss, which is not run here/],
    ['phi-4-reasoning', /phi3, for which no name is known here; pull a file of it by hf:OWNER\/NAME/],
    ['qwen3:30b-a3b', /qwen3moe/],
    ['gpt-5', /the known names are deepseek-r1:1\.5b/],
    ['https://', /not a URL/],
    ['ftp://127.0.0.1/a.gguf', /neither hf:OWNER\/NAME nor/],
  ])('%s', async (reference, message) => {
    await using given = await setting();
    await expect(given.pull(reference)).rejects.toThrow(message);
  });
});

test('an unreachable hub is tried again, then named', async () => {
  using directory = temporaryDirectory();
  const catalog = openCatalog({ home: directory.path, clock: manualClock() });
  const endpoint = 'http://127.0.0.1:9';
  await using outbound = createOutbound({ allowedOrigins: [endpoint] });
  const options = { outbound, hub: { endpoint }, clock: systemClock, signal: new AbortController().signal };
  await expect(catalog.variants.pull('hf:owner/name', options)).rejects.toThrow(/127\.0\.0\.1:9/);
});
