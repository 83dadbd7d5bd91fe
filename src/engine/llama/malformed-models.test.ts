// Each malformed file is refused by our own review or, if that lets it pass, contained by the child process. This
// process reads all of them with the bounded reader alone.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { systemClock, TiegelError } from '../../base/index.ts';
import { openGguf, readDecoder, requireString, templateFor, tensorStretches } from '../../formats/index.ts';
import { type SmokeTestResult, smokeTest } from '../smoke-test.ts';
import { createLlamaEngine } from './llama-engine.ts';
import { malformedModels } from './malformed-models.ts';
import { writeTestModel } from './test-model.ts';

const sound = writeTestModel();
afterAll(() => sound[Symbol.dispose]());
const files = malformedModels(sound.path);

/** What file review does before a model may be assessed; the code of the refusal, if any. */
function review(path: string): string | undefined {
  try {
    using gguf = openGguf(path);
    readDecoder(gguf);
    templateFor(requireString(gguf, 'tokenizer.chat_template'));
    const stretches = gguf.tensors.flatMap((tensor) => [...tensorStretches(gguf, tensor)]);
    return stretches.every((stretch) => stretch.every(Number.isFinite)) ? undefined : 'not finite';
  } catch (error) {
    if (TiegelError.isInstance(error)) return error.code;
    throw error;
  }
}

function write(name: string, bytes: Uint8Array): string {
  const path = join(sound.path, '..', `${name}.gguf`);
  writeFileSync(path, bytes);
  return path;
}

const inChild = (path: string): Promise<SmokeTestResult> =>
  smokeTest(() =>
    createLlamaEngine({
      model: 'malformed',
      modelPath: path,
      compared: [],
      slots: 1,
      limits: { startMs: 20_000, stepMs: 10_000 },
    }),
  );

test('there are 140 and more, each another change of one sound file', async () => {
  expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
  expect(files.length).toBeGreaterThanOrEqual(140);
  expect(review(sound.path)).toBeUndefined();
  expect(await inChild(sound.path)).toMatchObject({ passed: true });
});

test('each is refused with a code within a second, or contained by the child', {
  timeout: 300_000,
}, async () => {
  const outcomes: Record<string, string> = {};
  for (const { name, bytes } of files) {
    const path = write('reviewed', bytes);
    const started = systemClock.monotonic();
    const refusal = review(path);
    expect(systemClock.monotonic() - started, name).toBeLessThan(1000);
    if (refusal !== undefined) continue;
    const trial = await inChild(path);
    outcomes[name] = trial.passed ? 'runs' : 'contained';
  }
  // These two have the same size: the file says nothing wrong, only something else than the sound one.
  expect(outcomes).toEqual({ 'the first two tensors exchanged': 'runs' });
});

// What the review refuses would crash the runtime or hang it; given to the child nevertheless, it harms that alone.
test.each([
  'qwen2.attention.head_count = 0',
  'qwen2.block_count = 2147483648',
  'tokenizer.ggml.model = llama',
  'all tokens alike',
  'tokenizer.ggml.tokens of 2147483648 elements',
  'qwen2.rope.dimension_count = 2147483648',
  'qwen2.attention.layer_norm_rms_epsilon = NaN',
  'all bits of the weights set',
])('the child contains: %s', { timeout: 60_000 }, async (name) => {
  const { bytes } = files.find((file) => file.name === name) as { readonly bytes: Uint8Array };
  const path = write('contained', bytes);
  expect(review(path)).toMatch(/^TGL_|^not finite$/);
  const trial = await inChild(path);
  expect(trial).toEqual({ passed: false, reason: expect.any(String) });
});
