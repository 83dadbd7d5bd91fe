// An adapter over the shipped model, as a user takes it in: the admission of its base is not its own.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { temporaryDirectory } from '../../src/catalog/fixture.ts';
import { type GgufValue, openGguf, writeGguf } from '../../src/formats/index.ts';
import { emptyHome, tiegel } from './tiegel-process.ts';

const home = emptyHome();
afterAll(() => rmSync(home, { recursive: true, force: true }));

const shipped = 'models/tiegel-nano/tiegel-nano.q8_0.gguf';

/** Of rank 1, for one weight. */
function writeAdapter(path: string): void {
  using base = openGguf(shipped);
  const weight = base.tensors.find(({ name }) => name === 'blk.0.attn_q.weight');
  const [length = 0, rows = 0] = weight?.shape ?? [];
  const text = (value: string): GgufValue => ({ type: 'string', value });
  const half = (name: string, shape: readonly number[], elements: number) =>
    ({
      name: `blk.0.attn_q.weight.${name}`,
      shape,
      type: 'F32',
      data: new Float32Array(elements).fill(0.001),
    }) as const;
  writeGguf(path, {
    metadata: new Map<string, GgufValue>([
      ['general.type', text('adapter')],
      ['general.architecture', text('qwen2')],
      ['adapter.type', text('lora')],
      ['adapter.lora.alpha', { type: 'float32', value: 1 }],
    ]),
    tensors: [half('lora_a', [length, 1], length), half('lora_b', [1, rows], rows)],
  });
}

test('an admitted base leaves an adapter over it in quarantine', async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'slight.gguf');
  writeAdapter(path);
  const run = async (...words: string[]): Promise<unknown> => {
    const { code, stdout, stderr } = await tiegel(home, ...words, '--json');
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout);
  };
  expect(await run('import', path, '--base', 'tiegel-nano')).toMatchObject({
    name: 'tiegel-nano-slight',
    adapters: [{ digest: expect.stringMatching(/^[0-9a-f]{64}$/) }],
  });
  await run('assess', 'tiegel-nano');
  const admissionOf = async (name: string) =>
    ((await run('show', name)) as { readonly admission: unknown }).admission;
  expect(await admissionOf('tiegel-nano')).toMatchObject({ verdict: 'pass' });
  expect(await admissionOf('tiegel-nano-slight')).toMatchObject({ admitted: false, state: 'quarantined' });
}, 120_000);

test('an adapter without a base is no model', async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'slight.gguf');
  writeAdapter(path);
  expect((await tiegel(home, 'import', path)).stderr).toContain('TGL_ADAPTER_INVALID');
}, 60_000);

test('a model with a draft is admitted apart from the model without one, and answers as it does', async () => {
  const answer = async (...words: string[]): Promise<string> => {
    const { code, stdout } = await tiegel(
      ...([home, 'chat', 'Compute 12 * 34.', '--temperature', '0'] as const),
      ...words,
    );
    expect(code).toBe(0);
    return stdout;
  };
  const alone = await answer();
  const admissions = (): number => readdirSync(join(home, 'admissions')).length;
  const before = admissions();
  const { code, stderr } = await tiegel(home, 'assess', '--draft', 'tiegel-nano', '--json');
  expect([code, stderr]).toEqual([0, '']);
  expect(admissions()).toBe(before + 1);
  expect(await answer('--draft', 'tiegel-nano')).toBe(alone);
}, 180_000);
