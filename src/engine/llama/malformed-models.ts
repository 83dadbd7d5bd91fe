// Some 150 malformed model files for a test, made of one sound file: the classes that crash, hang or are accepted by the
// native runtime (measured). Each is one change to metadata, tensor headers or bytes. Imported by tests only.
import { readFileSync } from 'node:fs';
import { encodeGgufHeader, type GgufValue, openGguf } from '../../formats/index.ts';

export type MalformedModel = { readonly name: string; readonly bytes: Uint8Array };

type TensorHeader = Parameters<typeof encodeGgufHeader>[1][number];
type Metadata = Map<string, GgufValue>;

const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
const int32 = (value: number): GgufValue => ({ type: 'int32', value });
const float32 = (value: number): GgufValue => ({ type: 'float32', value });
const string = (value: string): GgufValue => ({ type: 'string', value });
const strings = (value: readonly string[]): GgufValue => ({ type: 'array', elementType: 'string', value });
const int32s = (value: Int32Array): GgufValue => ({ type: 'array', elementType: 'int32', value });

/** @param path the sound file. */
export function malformedModels(path: string): readonly MalformedModel[] {
  const sound = readFileSync(path);
  using gguf = openGguf(path);
  const headers: readonly TensorHeader[] = gguf.tensors.map(({ name, shape, type }) => ({
    name,
    shape,
    type,
  }));
  const dataStart = (gguf.tensors[0] as { readonly offset: number }).offset;
  const data = sound.subarray(dataStart);
  const made: MalformedModel[] = [];

  const add = (name: string, bytes: Uint8Array): void => void made.push({ name, bytes });
  const assembled = (metadata: Metadata, tensors: readonly TensorHeader[]): Uint8Array =>
    Buffer.concat([encodeGgufHeader(metadata, tensors), data]);
  const withMetadata = (name: string, change: (metadata: Metadata) => void): void => {
    const metadata = new Map(gguf.metadata);
    change(metadata);
    add(name, assembled(metadata, headers));
  };
  const withValues = (key: string, values: readonly GgufValue[]): void => {
    for (const value of values) {
      const shown = 'value' in value && typeof value.value === 'object' ? value.type : String(value.value);
      withMetadata(`${key} = ${shown.slice(0, 20)}`, (metadata) => metadata.set(key, value));
    }
  };
  const withTensors = (name: string, change: (tensors: TensorHeader[]) => TensorHeader[]): void =>
    add(name, assembled(new Map(gguf.metadata), change([...headers])));
  const withBytes = (name: string, change: (bytes: Buffer) => void): void => {
    const bytes = Buffer.from(sound);
    change(bytes);
    add(name, bytes);
  };
  /** Where the bytes after a length-prefixed string begin. */
  const behind = (text: string): number => sound.indexOf(text) + text.length;

  // Header
  add('nothing', new Uint8Array(0));
  withBytes('another magic', (bytes) => bytes.write('FUGG', 0, 'latin1'));
  for (const version of [0, 1, 4, 0x03000000])
    withBytes(`version ${version}`, (bytes) => bytes.writeUInt32LE(version, 4));
  for (const length of [3, 4, 12, 23, 25, 200, dataStart >> 1, dataStart - 40, dataStart + 64])
    add(`only the first ${length} bytes`, sound.subarray(0, length));
  add('the last byte missing', sound.subarray(0, sound.length - 1));
  for (const at of [8, 16]) {
    const what = at === 8 ? 'tensors' : 'keys';
    for (const count of [2n ** 16n + 1n, 2n ** 31n, 2n ** 62n, 2n ** 63n, 2n ** 64n - 1n])
      withBytes(`${count} ${what}`, (bytes) => bytes.writeBigUInt64LE(count, at));
    for (const more of [1n, -1n])
      withBytes(`${more} more ${what}`, (bytes) =>
        bytes.writeBigUInt64LE(bytes.readBigUInt64LE(at) + more, at),
      );
  }

  // Keys and values
  for (const length of [0n, 2n ** 31n, 2n ** 63n, 2n ** 64n - 1n])
    withBytes(`a key of ${length} bytes`, (bytes) => bytes.writeBigUInt64LE(length, 24));
  for (const type of [13, 99, 2 ** 32 - 1])
    withBytes(`value type ${type}`, (bytes) => bytes.writeUInt32LE(type, behind('general.name')));
  withBytes('a key twice', (bytes) => bytes.write('general.name', behind('general.type') - 12, 'latin1'));
  for (const key of ['tokenizer.ggml.tokens', 'tokenizer.ggml.token_type', 'tokenizer.ggml.merges']) {
    for (const length of [2n ** 31n, 2n ** 62n])
      withBytes(`${key} of ${length} elements`, (bytes) => bytes.writeBigUInt64LE(length, behind(key) + 8));
    withBytes(`${key} of arrays`, (bytes) => bytes.writeUInt32LE(9, behind(key) + 4));
  }
  for (const key of ['general.architecture', 'tokenizer.chat_template'])
    for (const length of [2n ** 31n, 2n ** 64n - 1n])
      withBytes(`${key} of ${length} bytes`, (bytes) => bytes.writeBigUInt64LE(length, behind(key) + 4));

  // Architecture
  withValues('general.architecture', ['', 'gpt2', 'rwkv7', 'llama', 'nothing'].map(string));
  withValues('qwen2.block_count', [uint32(0), uint32(1), uint32(3), uint32(2 ** 31), int32(-1), string('2')]);
  withValues('qwen2.embedding_length', [0, 63, 65, 2 ** 31].map(uint32));
  withValues('qwen2.feed_forward_length', [0, 95, 2 ** 31].map(uint32));
  withValues('qwen2.attention.head_count', [0, 3, 64, 2 ** 31].map(uint32));
  withValues('qwen2.attention.head_count_kv', [0, 3, 2 ** 31].map(uint32));
  withValues('qwen2.attention.key_length', [0, 1, 2 ** 31].map(uint32));
  withValues('qwen2.attention.value_length', [0, 2 ** 31].map(uint32));
  withValues('qwen2.context_length', [0, 2 ** 32 - 1].map(uint32));
  withValues('qwen2.attention.layer_norm_rms_epsilon', [Number.NaN, 0, -1].map(float32));
  withValues('qwen2.rope.freq_base', [Number.NaN, 0, Number.POSITIVE_INFINITY].map(float32));
  withValues('qwen2.rope.dimension_count', [1, 31, 2 ** 31].map(uint32));
  withValues('qwen2.expert_count', [4, 2 ** 31].map(uint32));
  withMetadata('no block count', (metadata) => metadata.delete('qwen2.block_count'));

  // Tokenizer
  const tokens = (gguf.metadata.get('tokenizer.ggml.tokens') as { value: readonly string[] }).value;
  const types = (gguf.metadata.get('tokenizer.ggml.token_type') as { value: Int32Array }).value;
  withValues('tokenizer.ggml.model', ['llama', 'bert', 't5', 'none', ''].map(string));
  withMetadata('no tokens', (metadata) => metadata.set('tokenizer.ggml.tokens', strings([])));
  withMetadata('a token twice', (metadata) =>
    metadata.set('tokenizer.ggml.tokens', strings([...tokens.slice(1), tokens[1] as string])),
  );
  withMetadata('all tokens alike', (metadata) =>
    metadata.set('tokenizer.ggml.tokens', strings(tokens.map(() => 'a'))),
  );
  withMetadata('an empty token', (metadata) =>
    metadata.set('tokenizer.ggml.tokens', strings(['', ...tokens.slice(1)])),
  );
  withMetadata('a token less', (metadata) => metadata.set('tokenizer.ggml.tokens', strings(tokens.slice(1))));
  withMetadata('a thousand tokens more', (metadata) => {
    const more = Array.from({ length: 1000 }, (_, index) => `extra-${index}`);
    metadata.set('tokenizer.ggml.tokens', strings([...tokens, ...more]));
    metadata.set('tokenizer.ggml.token_type', int32s(new Int32Array(tokens.length + 1000).fill(1)));
  });
  withMetadata('token types missing', (metadata) => metadata.delete('tokenizer.ggml.token_type'));
  withMetadata('too few token types', (metadata) =>
    metadata.set('tokenizer.ggml.token_type', int32s(types.slice(1))),
  );
  withMetadata('unknown token types', (metadata) =>
    metadata.set('tokenizer.ggml.token_type', int32s(types.map(() => 99))),
  );
  withBytes('a token that is no UTF-8', (bytes) =>
    bytes.fill(0xff, behind(' apples') - 7, behind(' apples')),
  );
  for (const id of ['bos', 'eos', 'padding'])
    withValues(`tokenizer.ggml.${id}_token_id`, [tokens.length, 2 ** 32 - 1].map(uint32));

  // Chat templates
  withValues('tokenizer.chat_template', [
    string('{% for i in range(10000000000) %}{% endfor %}'),
    string(`{{ ${'('.repeat(200_000)}1${')'.repeat(200_000)} }}`),
    string('{% macro f(n) %}{{ f(n + 1) }}{{ f(n + 1) }}{% endmacro %}{{ f(0) }}'),
    string('{% for a in '),
    uint32(7),
  ]);

  // Tensor headers
  withTensors('no tensors', () => []);
  withTensors('the first tensor missing', (tensors) => tensors.slice(1));
  withTensors('the last tensor missing', (tensors) => tensors.slice(0, -1));
  withTensors('the first two tensors exchanged', ([a, b, ...rest]) => [b!, a!, ...rest]);
  withTensors('a tensor twice', (tensors) => [...tensors, tensors[0]!]);
  withTensors('a tensor of another name', ([first, ...rest]) => [{ ...first!, name: 'nobody' }, ...rest]);
  withTensors('a tensor turned', ([first, ...rest]) => [
    { ...first!, shape: first!.shape.toReversed() },
    ...rest,
  ]);
  withTensors('a tensor of another type', ([first, ...rest]) => [{ ...first!, type: 'F16' }, ...rest]);
  const firstTensor = behind('token_embd.weight');
  for (const dimensions of [0, 5, 2 ** 31])
    withBytes(`${dimensions} dimensions`, (bytes) => bytes.writeUInt32LE(dimensions, firstTensor));
  for (const dimension of [0n, 2n ** 31n, 2n ** 32n, 2n ** 63n])
    withBytes(`a dimension of ${dimension}`, (bytes) => bytes.writeBigUInt64LE(dimension, firstTensor + 4));
  for (const type of [4, 99, 2 ** 32 - 1])
    withBytes(`tensor type ${type}`, (bytes) => bytes.writeUInt32LE(type, firstTensor + 20));
  for (const offset of [1n, 32n, 2n ** 40n, 2n ** 64n - 32n])
    withBytes(`a tensor at ${offset}`, (bytes) => bytes.writeBigUInt64LE(offset, firstTensor + 24));
  withValues('general.alignment', [0, 3, 2 ** 31].map(uint32));

  // Weights
  for (const [name, value] of [
    ['not a number', Number.NaN],
    ['infinite', Number.POSITIVE_INFINITY],
  ] as const)
    withBytes(`one weight is ${name}`, (bytes) => bytes.writeFloatLE(value, dataStart + 400));
  withBytes('all bits of the weights set', (bytes) => bytes.fill(0xff, dataStart));
  return made;
}
