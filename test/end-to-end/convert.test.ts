// Checkpoints of transformers → GGUF → llama.cpp. A Llama is a Qwen2 without biases, so one set of weights, written as
// either, has to give the same logits: what the re-ordering of Llama's rows is for.
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../src/base/index.ts';
import { evaluateLogits } from '../../src/engine/index.ts';
import { convertCheckpoint } from '../../src/formats/hf/convert.ts';
import { writeTransformersModel } from '../../src/formats/hf/write-transformers-model.ts';
import {
  buildVocabulary,
  createTokenizer,
  openGguf,
  readDecoder,
  tensorStretches,
  tiegelTemplate,
  type WritableType,
} from '../../src/formats/index.ts';
import { floatStretches, openSafetensors } from '../../src/formats/safetensors/read-safetensors.ts';
import { writeSafetensors } from '../../src/formats/safetensors/write-safetensors.ts';
import { createModel, forward, type ModelShape, parameterShapes } from '../../src/teach/model.ts';
import { createTape, createTensorRuntime } from '../../src/tensor/index.ts';

const tokenizer = createTokenizer(buildVocabulary([' apples', '-Rätsel']));
const shape: ModelShape = {
  vocabularySize: tokenizer.vocabulary.length,
  width: 64,
  layers: 2,
  heads: 4,
  keyValueHeads: 2,
  feedForward: 96,
  contextLength: 128,
  ropeBase: 10_000,
  normEpsilon: 1e-6,
};
const prompts = [
  tokenizer.encode([{ text: '<|user|>3 apples and 17 more<|assistant|>', special: true }]),
  [5, 4, 3, 2, 1, 0, 100, 200],
];

let root: string;
let qwen2: string;
let llama: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'tiegel-convert-'));
  qwen2 = join(root, 'qwen2');
  llama = join(root, 'llama');
  const random = seededRandom(3);
  const tensors = parameterShapes(shape).map(({ name, shape: dimensions }) => ({
    name,
    shape: dimensions,
    data: Float32Array.from({ length: dimensions.reduce((a, b) => a * b, 1) }, () =>
      name.endsWith('.bias') ? 0 : random.next() * 0.6 - (name.includes('norm') ? -0.7 : 0.3),
    ),
  }));
  writeTransformersModel(qwen2, { configuration: shape, tokenizer, template: tiegelTemplate, tensors });
  cpSync(qwen2, llama, { recursive: true });
  edit(llama, 'config.json', {
    architectures: ['LlamaForCausalLM'],
    model_type: 'llama',
    rms_norm_eps: 1e-6,
  });
  writeParts(llama, { 'model.safetensors': (name) => !name.endsWith('.bias') });
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Changes keys of a JSON file. */
function edit(directory: string, file: string, change: Readonly<Record<string, unknown>>): void {
  const path = join(directory, file);
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
}

/** Writes the weights again, into one file or several, each with the tensors that it is to hold. */
function writeParts(directory: string, parts: Readonly<Record<string, (name: string) => boolean>>): void {
  const path = join(directory, 'model.safetensors');
  const all = (() => {
    using file = openSafetensors(path);
    return [...file.tensors.values()].map(({ name, shape, ...rest }) => {
      const values = [...floatStretches(file, { name, shape, ...rest })];
      return { name, shape, values: () => values };
    });
  })();
  rmSync(path);
  for (const [name, holds] of Object.entries(parts)) {
    writeSafetensors(
      join(directory, name),
      all.filter((tensor) => holds(tensor.name)),
    );
  }
}

async function converted(directory: string, type: WritableType = 'F32'): Promise<string> {
  const out = join(directory, `${type}.gguf`);
  await convertCheckpoint({ directory, out, type });
  return out;
}

function valuesIn(path: string): ReadonlyMap<string, readonly number[]> {
  using gguf = openGguf(path);
  return new Map(
    gguf.tensors.map((tensor) => [
      tensor.name,
      [...tensorStretches(gguf, tensor)].flatMap((part) => [...part]),
    ]),
  );
}

const farthest = (ours: readonly Float32Array[], theirs: readonly Float32Array[]): number =>
  Math.max(...ours.flatMap((some, row) => [...some].map((value, at) => Math.abs(value - theirs[row]![at]!))));

test('a converted Qwen2 passes the checks that files must pass to be served', async () => {
  using gguf = openGguf(await converted(qwen2));
  expect(readDecoder(gguf)).toMatchObject({
    architecture: 'qwen2',
    width: 64,
    layers: 2,
    vocabularySize: 288,
  });
});

test('Llama and Qwen2 of the same weights have the same logits in llama.cpp', async () => {
  const [ours, theirs] = [await converted(qwen2), await converted(llama)];
  using gguf = openGguf(theirs);
  expect(readDecoder(gguf).architecture).toBe('llama');
  expect(valuesIn(ours).get('blk.0.attn_q.weight')).not.toEqual(valuesIn(theirs).get('blk.0.attn_q.weight'));
  const logits = await evaluateLogits(ours, prompts);
  expect(Math.max(...logits.flatMap((row) => [...row].map(Math.abs)))).toBeGreaterThan(1);
  expect(farthest(logits, await evaluateLogits(theirs, prompts))).toBeLessThan(1e-4);
});

test('a checkpoint in shards is the same model', async () => {
  const whole = valuesIn(await converted(qwen2));
  const directory = join(root, 'sharded');
  cpSync(qwen2, directory, { recursive: true });
  const first = (name: string): boolean => name.includes('layers.0');
  const [one, two] = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  using file = openSafetensors(join(qwen2, 'model.safetensors'));
  const map = Object.fromEntries([...file.tensors.keys()].map((name) => [name, first(name) ? one : two]));
  writeParts(directory, { [one!]: first, [two!]: (name) => !first(name) });
  writeFileSync(join(directory, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
  expect(valuesIn(await converted(directory))).toEqual(whole);

  map['model.norm.weight'] = '../model.safetensors';
  writeFileSync(join(directory, 'model.safetensors.index.json'), JSON.stringify({ weight_map: map }));
  await expect(converted(directory)).rejects.toMatchObject({ code: 'TGL_CONVERSION_REFUSED' });
});

test.each(['F16', 'Q8_0', 'Q5_0', 'Q4_0'] as const)(
  'llama.cpp takes %s for the values we read',
  async (type) => {
    const quantised = await converted(qwen2, type);
    const stored = valuesIn(quantised);
    const model = createModel(await createTensorRuntime({ bytes: 2 ** 24 }), shape);
    for (const [name, { values }] of model.parameters.tensors) values.set(stored.get(name)!);
    const ours = prompts.map((prompt) => {
      using tape = createTape(model.runtime, { recording: false });
      const { values } = forward(tape, model, Int32Array.from(prompt), 1, prompt.length);
      return values.slice(values.length - shape.vocabularySize);
    });
    const theirs = await evaluateLogits(quantised, prompts);
    const range = Math.max(...ours.flatMap((row) => [...row].map(Math.abs)));
    // llama.cpp rounds the other factor of each product too, to half floats or to eight bits.
    expect(farthest(ours, theirs) / range).toBeLessThan(0.06);
  },
);

describe('RoPE in llama.cpp is what the configuration says: ', () => {
  /** Angle of a pair at the first position, and what cosines and sines are multiplied by. */
  type Expected = (pair: number, base: number) => readonly [angle: number, magnitude: number];
  const headWidth = shape.width / shape.heads;
  const frequency = (pair: number, base: number): number => base ** ((-2 * pair) / headWidth);
  /** Peng et al. 2023, section 3.2, with the bounds rounded as in its program. */
  const yarn =
    (factor: number, original: number, magnitude: number, fast = 32, slow = 1): Expected =>
    (pair, base) => {
      const pairOfTurns = (turns: number): number =>
        (headWidth * Math.log(original / (turns * 2 * Math.PI))) / (2 * Math.log(base));
      const low = Math.max(0, Math.floor(pairOfTurns(fast)));
      const high = Math.min(headWidth - 1, Math.ceil(pairOfTurns(slow)));
      const ramp = Math.min(1, Math.max(0, (pair - low) / Math.max(high - low, 0.001)));
      return [frequency(pair, base) * (1 - ramp + ramp / factor), magnitude];
    };
  const own = 0.1 * Math.log(4) + 1;
  const yarn4 = { rope_type: 'yarn', factor: 4, original_max_position_embeddings: 32 };
  const llama3 = {
    ...{ rope_type: 'llama3', factor: 8, low_freq_factor: 1, high_freq_factor: 4 },
    original_max_position_embeddings: 64,
  };
  const cases: readonly (readonly [
    string,
    'qwen2' | 'llama',
    Readonly<Record<string, unknown>>,
    Expected,
  ])[] = [
    ['another base', 'qwen2', { rope_type: 'default' }, (pair, base) => [frequency(pair, base), 1]],
    ['linear', 'qwen2', { rope_type: 'linear', factor: 4 }, (pair, base) => [frequency(pair, base) / 4, 1]],
    ['YaRN', 'qwen2', yarn4, yarn(4, 32, own)],
    ['YaRN of a Llama', 'llama', yarn4, yarn(4, 32, own)],
    ['YaRN without a magnitude', 'qwen2', { ...yarn4, attention_factor: 1 }, yarn(4, 32, 1)],
    ['YaRN with bounds', 'qwen2', { ...yarn4, beta_fast: 8, beta_slow: 0.5 }, yarn(4, 32, own, 8, 0.5)],
    [
      'Llama 3.1',
      'llama',
      llama3,
      (pair, base) => {
        const wave = (2 * Math.PI) / frequency(pair, base);
        if (wave < 64 / 4) return [frequency(pair, base), 1];
        if (wave > 64) return [frequency(pair, base) / 8, 1];
        const smooth = (64 / wave - 1) / 3;
        return [frequency(pair, base) * ((1 - smooth) / 8 + smooth), 1];
      },
    ],
  ];

  test.each(cases)('%s (%s)', async (name, architecture, settings, expected) => {
    const base = 50_000;
    const directory = join(root, `rope-${name.replaceAll(' ', '-')}`);
    cpSync(architecture === 'qwen2' ? qwen2 : llama, directory, { recursive: true });
    const { rope_type: type, ...old } = settings;
    edit(directory, 'config.json', { rope_theta: base, rope_scaling: { ...old, type } });
    const before = readFileSync(await converted(directory));
    edit(directory, 'config.json', {
      rope_theta: undefined,
      rope_scaling: undefined,
      rope_parameters: { ...settings, rope_theta: base },
    });
    const since = await converted(directory);
    expect(readFileSync(since).equals(before)).toBe(true);

    const model = createModel(await createTensorRuntime({ bytes: 2 ** 24 }), shape);
    const stored = valuesIn(since);
    for (const [tensor, { values }] of model.parameters.tensors) {
      // A Llama's queries and keys are re-ordered in its file; those of the Qwen2 are the same in the order used here.
      values.set(stored.get(tensor) ?? values);
      if (/attn_[qk]\.weight/.test(tensor)) values.set(valuesIn(join(qwen2, 'F32.gguf')).get(tensor)!);
    }
    const { floats } = model.runtime;
    for (let position = 0; position < model.rope.positions; position++) {
      for (let pair = 0; pair < headWidth / 2; pair++) {
        const [angle, magnitude] = expected(pair, base);
        const place = position * (headWidth / 2) + pair;
        floats[model.rope.cosines / 4 + place] = magnitude * Math.cos(position * angle);
        floats[model.rope.sines / 4 + place] = magnitude * Math.sin(position * angle);
      }
    }
    const prompt = Array.from({ length: 100 }, (_, index) => (index * 37) % 256);
    using tape = createTape(model.runtime, { recording: false });
    const { values } = forward(tape, model, Int32Array.from(prompt), 1, prompt.length);
    const ours = [values.slice(values.length - shape.vocabularySize)];
    const theirs = await evaluateLogits(since, [prompt]);
    const unscaled = await evaluateLogits(join(qwen2, 'F32.gguf'), [prompt]);
    expect(farthest(ours, theirs)).toBeLessThan(2e-3);
    expect(farthest(unscaled, theirs)).toBeGreaterThan(0.05);
  });
});

describe('refused is', () => {
  const cases: readonly (readonly [string, string, (directory: string) => void])[] = [
    [
      'another architecture',
      'architectures',
      (at) => edit(at, 'config.json', { architectures: ['MambaForCausalLM'] }),
    ],
    [
      'an unknown RoPE scaling',
      'rope_scaling',
      (at) => edit(at, 'config.json', { rope_scaling: { type: 'yarn' } }),
    ],
    ['a sliding window', 'sliding', (at) => edit(at, 'config.json', { use_sliding_window: true })],
    ['weights that are quantised', 'quantised', (at) => edit(at, 'config.json', { quantization_config: {} })],
    ['a missing key', 'hidden_size', (at) => edit(at, 'config.json', { hidden_size: undefined })],
    ['a shape that does not fit', 'gate_proj', (at) => edit(at, 'config.json', { intermediate_size: 128 })],
    ['a missing tensor', 'lm_head', (at) => edit(at, 'config.json', { tie_word_embeddings: false })],
    ['a tensor too many', 'layers.1', (at) => edit(at, 'config.json', { num_hidden_layers: 1 })],
    ['a vocabulary larger than the embedding', 'rows', (at) => edit(at, 'config.json', { vocab_size: 64 })],
    ['a missing tokenizer', 'tokenizer.json', (at) => rmSync(join(at, 'tokenizer.json'))],
    [
      'a tokenizer of another kind',
      'BPE',
      (at) => edit(at, 'tokenizer.json', { model: { type: 'Unigram' } }),
    ],
    [
      'a tokenizer that takes blanks with a token',
      'lstrip',
      (at) =>
        edit(at, 'tokenizer.json', {
          added_tokens: [{ id: 256, content: '<|pad|>', special: true, lstrip: true }],
        }),
    ],
    [
      'a tokenizer that adds a token at the end',
      'post_processor',
      (at) =>
        edit(at, 'tokenizer.json', {
          post_processor: {
            type: 'TemplateProcessing',
            single: [{ Sequence: { id: 'A', type_id: 0 } }, { SpecialToken: { id: '<|end|>', type_id: 0 } }],
          },
        }),
    ],
    ['a key of a tokenizer', 'spells', (at) => edit(at, 'tokenizer.json', { spells: true })],
    [
      'a key of its settings',
      'add_eos_token',
      (at) => edit(at, 'tokenizer_config.json', { add_eos_token: true }),
    ],
    [
      'a rule of generation',
      'suppress_tokens: the key may change what is computed and is not known; its value is [5]',
      (at) => edit(at, 'generation_config.json', { suppress_tokens: [5] }),
    ],
    [
      'weights that are pickles',
      'pytorch_model.bin: its weights are pickles, which run code',
      (at) => renameSync(join(at, 'model.safetensors'), join(at, 'pytorch_model.bin')),
    ],
    [
      'an adapter',
      'adapter_config.json: it holds a LoRA adapter, which is no model by itself',
      (at) => renameSync(join(at, 'config.json'), join(at, 'adapter_config.json')),
    ],
    ['a file that is no JSON', 'not JSON', (at) => writeFileSync(join(at, 'config.json'), '{')],
  ];
  /** The key and then the problem, as the error's sentence has them the other way round. */
  const mentions = (words: string): RegExp => {
    const [key, problem] = words.split(': ') as [string, string?];
    const escaped = (text: string) => RegExp.escape(text);
    return new RegExp(problem === undefined ? escaped(key) : `${escaped(problem)}.*${escaped(key)}`);
  };
  test.each(cases)('%s', async (name, words, damage) => {
    const directory = join(root, name.replaceAll(' ', '-'));
    cpSync(qwen2, directory, { recursive: true });
    damage(directory);
    await expect(converted(directory)).rejects.toMatchObject({
      code: 'TGL_CONVERSION_REFUSED',
      message: expect.stringMatching(mentions(words)),
    });
  });

  test.each([
    ['\\p{N}', false, 'qwen2'],
    ['\\p{N}{1,3}', true, 'llama-bpe'],
    ['\\p{N}{1,3}', false, 'dbrx'],
  ])('digits cut as %s, whole words before merges %s: %s', async (digits, takesWhole, name) => {
    const directory = join(root, `cuts-${name}`);
    cpSync(qwen2, directory, { recursive: true });
    const words = "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+";
    const rest = '| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+';
    const { model } = JSON.parse(readFileSync(join(directory, 'tokenizer.json'), 'utf8'));
    edit(directory, 'tokenizer.json', {
      pre_tokenizer: {
        type: 'Split',
        pattern: { Regex: `${words}|${digits}${rest}` },
        behavior: 'Isolated',
        invert: false,
      },
      model: { ...model, ignore_merges: takesWhole },
    });
    using gguf = openGguf(await converted(directory));
    expect(gguf.metadata.get('tokenizer.ggml.pre')?.value).toBe(name);
  });

  test('a name by which llama.cpp would read prompts otherwise', async () => {
    const options = { directory: qwen2, out: join(root, 'named.gguf'), type: 'F32' as const };
    await expect(convertCheckpoint({ ...options, name: 'My Phi-3' })).rejects.toThrow(/give another name/);
  });

  test('an unknown way of cutting words, since it would give other tokens in silence', async () => {
    const directory = join(root, 'pattern');
    cpSync(qwen2, directory, { recursive: true });
    const pattern = { Regex: '\\p{L}+' };
    edit(directory, 'tokenizer.json', { pre_tokenizer: { type: 'Split', pattern, behavior: 'Isolated' } });
    await expect(converted(directory)).rejects.toThrow('is not known');
  });
});

test('an aborted conversion leaves nothing', async () => {
  const out = join(root, 'aborted.gguf');
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(convertCheckpoint({ directory: qwen2, out, type: 'F16', signal })).rejects.toThrow('enough');
  expect(() => openGguf(out)).toThrow('no readable file');
});
