// The catalog by its commands: pull from a hub that the test serves, list, show, bundle to another machine, remove.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { temporaryDirectory, writeModel } from '../../src/catalog/fixture.ts';
import { startHub } from '../../src/catalog/pull/test-hub.ts';
import { emptyHome, runToEnd } from './tiegel-process.ts';

const homes = [emptyHome(), emptyHome()] as const;
afterAll(() => {
  for (const home of homes) rmSync(home, { recursive: true, force: true });
});

test('a model is pulled, moved to another machine and removed', { timeout: 120_000 }, async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'model.gguf');
  writeModel(path, { type: 'Q8_0' });
  await using hub = await startHub({ 'Small-Q4_K_M.gguf': readFileSync(path) });
  // A hub of one's own is trusted by origin, so its downloads have to come from the same port.
  hub.cdn = `${hub.endpoint}/cdn`;
  const run = async (home: string, ...words: string[]): Promise<Record<string, unknown>> => {
    const command = [process.execPath, 'src/cli/main.ts', ...words, '--json'];
    const { code, stdout, stderr } = await runToEnd(home, command, { HF_ENDPOINT: hub.endpoint });
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as Record<string, unknown>;
  };
  const [here, there] = homes;
  const pulled = await run(here, 'pull', 'hf:owner/name', '--name', 'small');
  expect(pulled).toMatchObject({ name: 'small', architecture: 'qwen2' });
  expect(await run(here, 'list')).toMatchObject({
    variants: [{ name: 'small', admission: { state: 'quarantined' } }],
    damaged: [],
  });

  const bundle = join(directory.path, 'small.tar');
  await run(here, 'bundle', 'export', 'small', '--out', bundle);
  expect(await run(there, 'bundle', 'import', bundle, '--offline')).toMatchObject({
    weights: pulled.weights,
  });
  expect(await run(there, 'show', 'small')).toMatchObject({
    admission: { admitted: false, state: 'quarantined' },
    card: null,
  });
  expect(await run(here, 'remove', 'small')).toMatchObject({ blobs: 1 });
});

test('offline, pulling is refused without a connection', { timeout: 60_000 }, async () => {
  await using hub = await startHub({});
  const command = [process.execPath, 'src/cli/main.ts', 'pull', 'hf:owner/name', '--offline', '--json'];
  const { code, stdout } = await runToEnd(homes[0], command, { HF_ENDPOINT: hub.endpoint });
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'TGL_OUTBOUND_OFFLINE' } });
  expect(hub.requests).toEqual([]);
});

test('a reader that has enough is no fault of the command', { timeout: 60_000 }, async () => {
  const command = ['sh', '-c', `"${process.execPath}" src/cli/main.ts list | true`];
  expect(await runToEnd(homes[0], command)).toEqual({ code: 0, stdout: '', stderr: '' });
});
