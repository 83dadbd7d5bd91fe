import { mkdtempDisposableSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type EngineLayout, manualClock } from '../base/index.ts';
import { openCatalog, type Variant } from '../catalog/index.ts';
import type { LayoutChoice } from '../engine/index.ts';
import { readEnvironment } from './environment.ts';
import { planAdmitted } from './fitted-engine.ts';
import { findModel, servingConfiguration } from './local-models.ts';
import { withMeasuredLayout } from './measure-layout.ts';
import { layoutInForce } from './model-layout.ts';

const usual: EngineLayout = { threads: 1, attention: 'plain', caches: 'one' };
const faster: EngineLayout = { threads: 2, attention: 'flash', caches: 'one' };

function choiceOf(chosen: EngineLayout, outcome: LayoutChoice['outcome'] = 'measured'): LayoutChoice {
  return { usual, chosen, outcome, compared: [{ layout: chosen, ratio: 0.5, rounds: 3 }] };
}

/** The shipped model in a data directory of its own, and what was tried there. */
async function place(home: string, variables: Readonly<Record<string, string>> = {}) {
  const clock = manualClock();
  const environment = readEnvironment({ TIEGEL_HOME: home, ...variables });
  const notes: string[] = [];
  const context = {
    ...{ environment, clock, signal: new AbortController().signal },
    ...{ onProgress: () => {}, onNote: (text: string) => notes.push(text) },
  };
  const catalog = openCatalog({ home, clock });
  const variant = await findModel(catalog, undefined);
  const tried: boolean[] = [];
  const measure = async (
    choice: LayoutChoice,
    options: { readonly resumed?: boolean; readonly variant?: Variant } = {},
  ) =>
    await withMeasuredLayout(
      context,
      catalog,
      {
        ...{ variant, resumed: false, ...options },
        serving: await servingConfiguration(environment, variant),
      },
      async (_local, _variant, _files, keepsAttention) => {
        tried.push(keepsAttention);
        return choice;
      },
    );
  return { environment, catalog, variant, notes, tried, measure };
}

const temporaryHome = () => mkdtempDisposableSync(join(tmpdir(), 'tiegel-layout-'));

describe('the layout of a model', () => {
  test('is measured once, remembered, and other attention is part of what is assessed', async () => {
    using home = temporaryHome();
    const { environment, variant, measure, tried, notes } = await place(home.path);
    expect((await servingConfiguration(environment, variant)).attention).toBeUndefined();
    expect((await measure(choiceOf(faster))).attention).toBe('flash');
    expect((await measure(choiceOf(usual))).attention).toBe('flash');
    expect(tried).toEqual([false]);
    expect(notes).toEqual([
      'tiegel-nano runs with 2 threads, flash attention, one cache: the fastest layout on this machine.',
    ]);
    const serving = await servingConfiguration(environment, variant);
    expect(serving.attention).toBe('flash');
    expect(layoutInForce(environment, variant, serving.runtimeBuild).wishes).toEqual(faster);
    expect(layoutInForce(environment, variant, 'another build').wishes).toEqual({});
  });

  test('stays out of what is assessed where only threads or caches change', async () => {
    using home = temporaryHome();
    const { measure } = await place(home.path);
    expect('attention' in (await measure(choiceOf({ ...usual, threads: 2, caches: 'each' })))).toBe(false);
  });

  test('is the usual one where others used the machine, and is measured before the next assessment', async () => {
    using home = temporaryHome();
    const { environment, variant, measure, tried } = await place(home.path);
    for (const outcome of ['disturbed', 'not-measured'] as const) {
      const { runtimeBuild, attention } = await measure(choiceOf(usual, outcome));
      expect(attention).toBeUndefined();
      expect(layoutInForce(environment, variant, runtimeBuild).record.state).toBe('unknown');
    }
    expect(tried).toHaveLength(2);
  });

  test('is measured again, with a word about it, where the file cannot be read', async () => {
    using home = temporaryHome();
    const { environment, variant, measure, notes } = await place(home.path);
    await measure(choiceOf(faster));
    writeFileSync(join(home.path, 'layouts', `${variant.manifest.weights.digest}.json`), '{"schema": 1');
    expect((await servingConfiguration(environment, variant)).attention).toBeUndefined();
    expect((await measure(choiceOf(faster))).attention).toBe('flash');
    expect(notes[1]).toMatch(/^In which layout tiegel-nano runs best is measured again: /);
  });

  test('is not looked for where an interrupted assessment goes on, or the operator chose', async () => {
    using home = temporaryHome();
    const here = await place(home.path);
    await here.measure(choiceOf(faster), { resumed: true });
    const chosen = await place(home.path, { TIEGEL_LAYOUT: 'threads=2,attention=flash' });
    expect((await chosen.measure(choiceOf(usual))).attention).toBe('flash');
    const { wishes } = layoutInForce(chosen.environment, chosen.variant, 'any');
    expect(wishes).toEqual({ threads: 2, attention: 'flash' });
    expect([...here.tried, ...chosen.tried]).toEqual([]);
  });

  test('is not tried with a file that its review refuses', async () => {
    using home = temporaryHome();
    const { measure, tried, variant } = await place(home.path);
    rmSync(join(home.path, 'blobs', 'sha256', variant.manifest.weights.digest));
    expect((await measure(choiceOf(faster))).attention).toBeUndefined();
    expect(tried).toEqual([]);
  });

  test('is no other one than it was admitted in', async () => {
    using home = temporaryHome();
    const { environment, catalog, variant, measure } = await place(home.path);
    const serving = await servingConfiguration(environment, variant);
    const files = await catalog.variants.filesOf(variant);
    const admitted = { ...{ variant, files, serving }, name: variant.name } as unknown as Parameters<
      typeof planAdmitted
    >[1];
    expect((await planAdmitted(environment, admitted)).attention).toBeUndefined();
    await measure(choiceOf(faster));
    await expect(planAdmitted(environment, admitted)).rejects.toMatchObject({
      code: 'TGL_MODEL_NOT_ADMITTED',
    });
  });
});
