// The table of architectures in docs/teach.md: each cell is what the program does with a file of random weights, or with the
// class's config.json.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { fitModel, readModel } from '../../src/catalog/index.ts';
import { evaluateLogits } from '../../src/engine/llama/llama-runtime.ts';
import {
  architectures,
  configurationOf,
  tinyArchitecture,
} from '../../src/formats/architecture/tiny-architectures.ts';
import { writeGguf } from '../../src/formats/gguf/write-gguf.ts';
import { readConfiguration } from '../../src/formats/hf/configuration.ts';
import { openGguf, readDecoder } from '../../src/formats/index.ts';

type Row = {
  readonly name: string;
  readonly inspect: string;
  readonly fit: string;
  readonly serve: string;
  readonly classes: string;
};

const rows = tableIn(readFileSync('docs/teach.md', 'utf8'));

function tableIn(text: string): readonly Row[] {
  const begin = text.indexOf(
    '| Architecture of the file | inspect | fit | serve | convert, from the class |',
  );
  const lines = text.slice(begin).split('\n').slice(2);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(0, end).map((line) => {
    const [name = '', inspect = '', fit = '', serve = '', classes = ''] = line
      .split('|')
      .slice(1)
      .map((cell) => cell.trim().replaceAll('`', ''));
    return { name: name.split(' ')[0] as string, inspect, fit, serve, classes };
  });
}

const directory = mkdtempSync(join(tmpdir(), 'tiegel-architectures-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

test('has a row for every architecture that is read, and for one that is not', () => {
  expect(rows.filter(({ inspect }) => inspect === 'yes').map(({ name }) => name)).toEqual(architectures);
  expect(rows.filter(({ inspect }) => inspect === 'no').map(({ name }) => name)).toEqual(['deepseek32']);
});

describe.each(rows)('$name', ({ name, inspect, fit, serve, classes }) => {
  const path = join(directory, `${name}.gguf`);
  const architecture = architectures.find((one) => one === name);
  const content = tinyArchitecture(architecture ?? 'qwen2');
  const metadata = new Map(content.metadata);
  metadata.set('general.architecture', { type: 'string', value: name });
  writeGguf(path, { ...content, metadata });

  test(`inspect: ${inspect}`, () => {
    using gguf = openGguf(path);
    if (inspect === 'yes') expect(readDecoder(gguf).architecture).toBe(name);
    else expect(() => readDecoder(gguf)).toThrow(expect.objectContaining({ code: 'TGL_GGUF_UNSUPPORTED' }));
  });

  test(`fit: ${fit}`, () => {
    if (fit !== 'yes') {
      expect(() => readModel(path)).toThrow(expect.objectContaining({ code: 'TGL_GGUF_UNSUPPORTED' }));
      return;
    }
    const model = readModel(path);
    const elements = content.tensors.reduce((sum, { data }) => sum + data.length, 0);
    expect(model.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(4 * elements);
    expect(fitModel).toBeTypeOf('function');
  });

  test(`serve: ${serve}`, async () => {
    const evaluated = evaluateLogits(path, [[5, 6, 7, 8]]);
    if (serve === 'no') {
      await expect(evaluated).rejects.toThrow(expect.objectContaining({ code: 'TGL_ENGINE_START_FAILED' }));
      return;
    }
    const [logits] = await evaluated;
    expect(logits).toHaveLength(configurationOf(architecture!).vocabularySize);
    expect(logits?.every(Number.isFinite)).toBe(true);
  });

  test(`convert: ${classes}`, () => {
    const own = join(directory, `${name}-config`);
    mkdirSync(own);
    const known = /\w+ForCausalLM/g;
    for (const [className] of classes.matchAll(known)) {
      writeFileSync(join(own, 'config.json'), JSON.stringify(configFor(className)));
      expect(readConfiguration(own).architecture).toBe(name);
    }
    if (known.test(classes)) return;
    expect(classes).toBe('no');
    writeFileSync(join(own, 'config.json'), JSON.stringify(configFor(classesNotConverted[name] as string)));
    expect(() => readConfiguration(own)).toThrow(expect.objectContaining({ code: 'TGL_CONVERSION_REFUSED' }));
  });
});

const classesNotConverted: Readonly<Record<string, string>> = {
  qwen3moe: 'Qwen3MoeForCausalLM',
  gemma3: 'Gemma3ForCausalLM',
  'gpt-oss': 'GptOssForCausalLM',
  deepseek2: 'DeepseekV3ForCausalLM',
  deepseek32: 'DeepseekV32ForCausalLM',
};

function configFor(className: string): unknown {
  return {
    architectures: [className],
    ...{ hidden_size: 64, intermediate_size: 96, num_hidden_layers: 4, num_attention_heads: 4 },
    ...{ num_key_value_heads: 2, max_position_embeddings: 256, vocab_size: 300, rms_norm_eps: 1e-6 },
    ...{ rope_theta: 10_000, sliding_window: null, hidden_act: 'silu' },
  };
}
