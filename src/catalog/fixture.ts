// Model files for the tests of this folder: valid GGUF with a vetted template and one tensor, nothing a runtime could
// run.
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, type Disk, manualClock, systemDisk } from '../base/index.ts';
import { type GgufValue, shardNameOf, tiegelTemplate, writeGguf } from '../formats/index.ts';
import type { PassedAssessment } from './admission/admission-record.ts';
import type { ServingConfiguration } from './admission/subject.ts';
import { type Catalog, openCatalog } from './catalog.ts';
import type { Variant } from './variant/manifest.ts';

export const serving: ServingConfiguration = {
  runtimeBuild: 'scripted 1',
  sampling: { temperature: 0.6, topP: 0.95, maxTokens: 200 },
  thinkingBudget: null,
  systemPrompt: null,
  filters: [],
};

export type TemporaryDirectory = Disposable & { readonly path: string };

export function temporaryDirectory(): TemporaryDirectory {
  const path = mkdtempSync(join(tmpdir(), 'tiegel-catalog-'));
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes a small model file; every option changes its digest. */
export function writeModel(
  path: string,
  options: {
    readonly template?: string;
    readonly type?: 'F32' | 'Q8_0';
    readonly tokens?: readonly string[];
    readonly values?: Float32Array;
    readonly metadata?: Readonly<Record<string, GgufValue>>;
    readonly tensor?: string;
  } = {},
): void {
  const data = options.values ?? Float32Array.from({ length: 64 }, (_, index) => index / 64);
  const string = (value: string): GgufValue => ({ type: 'string', value });
  writeGguf(path, {
    metadata: new Map<string, GgufValue>([
      ['general.architecture', string('qwen2')],
      ['general.license', string('Apache-2.0')],
      ['qwen2.block_count', { type: 'uint32', value: 1 }],
      [
        'tokenizer.ggml.tokens',
        { type: 'array', elementType: 'string', value: options.tokens ?? ['a', 'b'] },
      ],
      ['tokenizer.chat_template', string(options.template ?? tiegelTemplate.text)],
      ...Object.entries(options.metadata ?? {}),
    ]),
    tensors: [
      {
        name: options.tensor ?? 'token_embd.weight',
        shape: [32, data.length / 32],
        type: options.type ?? 'F32',
        data,
      },
    ],
  });
}

/** The weight that the adapters of `writeAdapter` are for; `writeModel` names its only tensor so on demand. */
export const adaptedWeight = 'blk.0.attn_q.weight';

/** Writes an adapter of rank 1 for a model of `writeModel`; every option changes its digest, and most make it wrong. */
export function writeAdapter(
  path: string,
  options: {
    readonly values?: number;
    readonly rows?: number;
    readonly weight?: string;
    readonly pair?: boolean;
    readonly metadata?: Readonly<Record<string, GgufValue>>;
  } = {},
): void {
  const { values = 1, rows = 2, weight = adaptedWeight, pair = true } = options;
  const half = (name: string, shape: readonly [number, number]) =>
    ({
      name: `${weight}.${name}`,
      shape,
      type: 'F32',
      data: new Float32Array(shape[0] * shape[1]).fill(values),
    }) as const;
  writeGguf(path, {
    metadata: new Map<string, GgufValue>([
      ['general.type', { type: 'string', value: 'adapter' }],
      ['general.architecture', { type: 'string', value: 'qwen2' }],
      ['adapter.type', { type: 'string', value: 'lora' }],
      ['adapter.lora.alpha', { type: 'float32', value: 2 }],
      ...Object.entries(options.metadata ?? {}),
    ]),
    tensors: [half('lora_a', [32, 1]), ...(pair ? [half('lora_b', [1, rows])] : [])],
  });
}

/** Writes a small model in shards; their paths. */
export function writeShards(directory: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const path = join(directory, shardNameOf('large', index + 1, count));
    const integer = (value: number): GgufValue => ({ type: 'uint16', value });
    const metadata = {
      'split.no': integer(index),
      'split.count': integer(count),
      'split.tensors.count': { type: 'int32', value: count } as const,
    };
    const values = Float32Array.from({ length: 64 }, () => index);
    writeModel(path, { metadata, values, tensor: `blk.${index}.attn_q.weight` });
    return path;
  });
}

/** A catalog with the model `small` in it. */
export async function catalogWithModel(
  directory: string,
  { clock = manualClock(Date.UTC(2026, 0, 1)), disk = systemDisk }: { clock?: Clock; disk?: Disk } = {},
): Promise<{ readonly catalog: Catalog; readonly variant: Variant }> {
  const path = join(directory, 'small.gguf');
  writeModel(path);
  const catalog = openCatalog({ home: join(directory, 'home'), clock }, disk);
  return { catalog, variant: await catalog.variants.importFile(path, { name: 'small', source: 'a test' }) };
}

/** What a passed assessment of that model hands over. */
export async function passedAssessment(catalog: Catalog, variant: Variant): Promise<PassedAssessment> {
  return {
    model: variant.name,
    subject: await catalog.admissions.subjectOf(variant, serving),
    battery: { name: 'quick', version: '1' },
    probes: [{ name: 'file-review', verdict: 'pass', reason: 'all is well' }],
    evidence: variant.manifest.weights.digest,
    validDays: 30,
  };
}

/** Changes one byte of a file until it is disposed of. */
export function flipByte(path: string, position: number, bits: number): Disposable {
  const whole = readFileSync(path);
  const changed = Buffer.from(whole);
  changed[position]! ^= bits;
  chmodSync(path, 0o600);
  writeFileSync(path, changed);
  return { [Symbol.dispose]: () => writeFileSync(path, whole) };
}
