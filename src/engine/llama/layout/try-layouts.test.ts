import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '../../../base/index.ts';
import { openBestLibrary } from '../ffi/library.ts';
import { loadModel } from '../ffi/model.ts';
import { createLlamaEngine } from '../llama-engine.ts';
import { createSharedState } from '../shared-state.ts';
import { patience, type TestModel, writeTestModel } from '../test-model.ts';
import { describeLayout } from './layout.ts';
import { createLayoutWork, workSize } from './layout-work.ts';
import { contextOpener, openServing } from './open-contexts.ts';

let file: TestModel;
beforeAll(() => {
  file = writeTestModel();
});
afterAll(() => file[Symbol.dispose]());

const layouts = [
  { threads: 1, attention: 'plain', caches: 'one' },
  { threads: 2, attention: 'flash', caches: 'one' },
  { threads: 1, attention: 'flash', caches: 'each' },
] as const;

test('the same work is done in every layout, and told part by part', () => {
  const library = openBestLibrary('cpu');
  const model = loadModel(library, file.path);
  const { abortFlag } = createSharedState();
  const open = contextOpener(library, model, { adapters: [], abortFlag });
  const steps: string[] = [];
  let now = 0;
  const clock = { ...systemClock, monotonic: () => now };
  const work = createLayoutWork(
    (layout) => {
      const context = openServing(open, layout, workSize, true);
      return {
        ...context,
        decode: () => {
          steps.push(describeLayout(layout));
          now += 5;
          return context.decode();
        },
      };
    },
    model.vocabulary.size,
    clock,
  );
  // Fifteen milliseconds of each part are three steps; three more each were made to know that, and one to fill the context.
  for (const [index, layout] of layouts.entries()) {
    expect(work(layout, Number.POSITIVE_INFINITY)).toEqual([15, 15, 15]);
    const calibration = index === 0 ? 9 : 0;
    expect(steps.filter((step) => step === describeLayout(layout))).toHaveLength(1 + calibration + 9);
  }
  const before = steps.length;
  expect(work(layouts[0], now + 7)).toBeUndefined();
  expect(steps.length).toBe(before + 2);
  expect(work(layouts[0], now - 1)).toBeUndefined();
  expect(steps.length).toBe(before + 2);
});

test('an engine says in which layout it is, serves in any, and finds one by a trial', {
  timeout: patience,
}, async () => {
  const request = {
    prompt: [{ text: ' apples and apples', special: false }],
    maxTokens: 6,
    sampling: { temperature: 0, topP: 1 },
  };
  for (const layout of [{}, ...layouts]) {
    await using engine = await createLlamaEngine({
      ...{ model: 'test', modelPath: file.path, compared: [], slots: 2, layout },
    });
    expect(engine.layout).toEqual({ ...layouts[0], ...layout });
    if (Object.keys(layout).length === 0) {
      const choice = await engine.chooseLayout(true);
      expect(choice.usual).toEqual(layouts[0]);
      expect(choice.chosen.attention).toBe('plain');
      expect(choice.compared.every((one) => one.layout.attention === 'plain')).toBe(true);
    }
    const events = (await Array.fromAsync(engine.generate(request))).flat();
    expect(events.filter(({ type }) => type === 'token')).toHaveLength(6);
  }
});
