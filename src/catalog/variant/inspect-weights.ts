// What a weights file says about itself, read with the bounded GGUF reader: the part of the subject that lies in the
// file, and the facts that a manifest shows. Tensor data stays on disk.
import { type Digest, digestOf, digestOfJson, type Json, TiegelError } from '../../base/index.ts';
import {
  type ChatTemplate,
  embeddedTemplate,
  type Gguf,
  type GgufValue,
  openGguf,
  optionalString,
  requireString,
  templateFor,
  templateRenderer,
  templateSourceIn,
} from '../../formats/index.ts';
import type { FileSubject } from '../admission/subject.ts';
import { isAdapter } from './adapter.ts';
import type { RecommendedSampling } from './manifest.ts';

export type WeightsFacts = {
  readonly file: FileSubject;
  readonly architecture: string;
  readonly configuration: Readonly<Record<string, number>>;
  /** Null where the template is not of a vetted family. */
  readonly template: ChatTemplate | null;
  /** The same text as the file has it, for subjects in which the operator took the responsibility for it. */
  readonly embedded: ChatTemplate | null;
  readonly license: string | null;
  /** What the file recommends for itself, if anything. */
  readonly sampling: RecommendedSampling | null;
};

const maxParameters = 64;

/**
 * @param path a file whose bytes have the digest `weights`
 * @throws TGL_GGUF_INVALID, TGL_GGUF_UNSUPPORTED, TGL_ADAPTER_INVALID for an adapter
 */
export async function inspectWeights(path: string, weights: Digest): Promise<WeightsFacts> {
  using gguf = openGguf(path);
  if (isAdapter(gguf)) throw new TiegelError('TGL_ADAPTER_INVALID', { problem: 'it is no model by itself' });
  const architecture = requireString(gguf, 'general.architecture');
  const templateText = optionalString(gguf, templateKey) ?? '';
  const template = vettedTemplate(templateText);
  const source = template === null ? templateSourceIn(gguf) : null;
  return {
    file: {
      weights,
      tensors: digestOfJson(gguf.tensors.map(({ name, type, shape }) => ({ name, type, shape }))),
      tokenizer: digestOfJson(tokenizerMetadata(gguf)),
      chatTemplate: digestOf(templateText),
      adapters: [],
      quantisation: largestType(gguf),
      ...(source !== null && { templateRenderer }),
    },
    architecture: architecture.slice(0, 64).toWellFormed(),
    configuration: configurationOf(gguf, architecture),
    template,
    embedded: source && embeddedTemplate(source),
    license: optionalString(gguf, 'general.license')?.slice(0, 4096).toWellFormed() ?? null,
    sampling: samplingIn(gguf),
  };
}

/** Keys that converters write from a model's generation settings; nothing where either is missing or out of range. */
function samplingIn({ metadata }: Gguf): RecommendedSampling | null {
  const number = (key: string, low: number, high: number): number | undefined => {
    const found = metadata.get(key);
    if (found?.type !== 'float32' && found?.type !== 'float64') return undefined;
    // A float32 of 0.6 is 0.6000000238; nobody recommends the seventh digit.
    const value = Math.round(found.value * 1e4) / 1e4;
    return value >= low && value <= high ? value : undefined;
  };
  const temperature = number('general.sampling.temp', 0, 2);
  const topP = number('general.sampling.top_p', 1e-4, 1);
  return temperature === undefined || topP === undefined ? null : { temperature, topP };
}

const templateKey = 'tokenizer.chat_template';

/** Every tokenizer key with its type, in order of the key; numbers as text, since JSON knows no NaN and no int64. */
function tokenizerMetadata(gguf: Gguf): Json {
  return [...gguf.metadata]
    .filter(([key]) => key.startsWith('tokenizer.') && key !== templateKey)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => [key, value.type, ...textsOf(value)]);
}

function textsOf(value: GgufValue): string[] {
  return value.type === 'array'
    ? [value.elementType, ...Array.from<unknown, string>(value.value, String)]
    : [String(value.value)];
}

function largestType(gguf: Gguf): string {
  const bytes = new Map<string, number>();
  for (const { type, byteLength } of gguf.tensors) bytes.set(type, (bytes.get(type) ?? 0) + byteLength);
  const [largest] = [...bytes].sort(([, one], [, other]) => other - one);
  return largest?.[0] ?? 'none';
}

function configurationOf(gguf: Gguf, architecture: string): Record<string, number> {
  const prefix = `${architecture}.`;
  const numbers: [string, number][] = [];
  for (const [key, { type, value }] of gguf.metadata) {
    if (!key.startsWith(prefix) || type === 'array' || type === 'string' || type === 'bool') continue;
    const number = Number(value);
    if (Number.isFinite(number)) numbers.push([key.slice(prefix.length).slice(0, 64).toWellFormed(), number]);
  }
  return Object.fromEntries(numbers.slice(0, maxParameters));
}

function vettedTemplate(text: string): ChatTemplate | null {
  try {
    return templateFor(text);
  } catch (cause) {
    if (TiegelError.isInstance(cause)) return null;
    throw cause;
  }
}
