// Bounded reader of GGUF headers, stricter than ggml's own: nothing in the file is believed before it has been held
// against the real file size, and what ggml would refuse, tolerate or crash on is refused here. Tensor data is not
// touched. Not covered: whether the metadata make sense for an architecture (see decoder.ts) and whether weights are
// numbers (see read-tensor.ts).
import { TiegelError } from '../../base/index.ts';
import { modelFileKind } from '../file-kind.ts';
import { type ByteSource, bytesSource, openWith } from './byte-source.ts';
import {
  alignUp,
  defaultAlignment,
  type ElementType,
  type Gguf,
  type GgufElements,
  type GgufTensor,
  type GgufValue,
  magic,
  valueTypes,
} from './gguf.ts';
import { type HeaderCursor, headerCursor } from './header-cursor.ts';
import { bytesPerNumber, type NumericType, numberArray } from './number-arrays.ts';
import { type TensorType, tensorTypeOfCode, tensorTypes } from './tensor-type.ts';

const limits = {
  metadataKeys: 4096,
  keyBytes: 1024,
  stringBytes: 16 * 2 ** 20,
  /** Of all arrays together; the largest known vocabularies have 1.3 million tokens, merges, scores and types. */
  arrayElements: 2 ** 21,
  tensors: 2 ** 16,
  /** ggml keeps names in 64 bytes with a terminating zero. */
  nameBytes: 63,
  dimensions: 4,
  alignment: 2 ** 16,
} as const;

/**
 * Opens one file, which may be a shard of a model, and checks its header. The file stays open, for tensor data, until
 * it is disposed of.
 *
 * @throws TGL_FILE_NOT_FOUND, TGL_FILE_RUNS_CODE, TGL_GGUF_INVALID, TGL_GGUF_UNSUPPORTED
 */
export function openGgufFile(path: string): Gguf & Disposable {
  modelFileKind(path);
  return openWith(path, readHeader);
}

/**
 * The same for a file that is in memory.
 *
 * @throws TGL_GGUF_INVALID, TGL_GGUF_UNSUPPORTED
 */
export function parseGguf(bytes: Uint8Array): Gguf {
  return readHeader(bytesSource(bytes));
}

function readHeader(source: ByteSource): Gguf {
  const cursor = headerCursor(source);
  if (cursor.uint32() !== magic) throw cursor.fail('the file does not begin with GGUF', 0);
  const version = cursor.uint32();
  if (version !== 2 && version !== 3) throw unsupported(`format version ${version}`, 'header');
  const tensorCount = cursor.uint64('the number of tensors', limits.tensors);
  const keyCount = cursor.uint64('the number of metadata keys', limits.metadataKeys);

  const metadata = new Map<string, GgufValue>();
  const metadataOffsets = new Map<string, number>();
  let elementsLeft: number = limits.arrayElements;
  for (let index = 0; index < keyCount; index++) {
    cursor.enter(`metadata key ${index}`);
    const start = cursor.position();
    const key = cursor.string('the key', limits.keyBytes);
    if (!/^[\x21-\x7e]+$/.test(key)) throw cursor.fail('the key is empty or not printable ASCII', start);
    cursor.enter(`metadata ${key}`);
    if (metadata.has(key)) throw cursor.fail('the key occurs twice', start);
    const type = valueTypes[cursor.uint32()];
    metadataOffsets.set(key, cursor.position());
    const value = readValue(cursor, type, elementsLeft);
    if (value.type === 'array') elementsLeft -= value.value.length;
    metadata.set(key, value);
  }

  const alignment = readAlignment(cursor, metadata.get('general.alignment'), metadataOffsets);
  const descriptions = readDescriptions(cursor, tensorCount);
  const dataStart = alignUp(cursor.position(), alignment);
  const tensors = placeTensors(descriptions, dataStart, alignment, source.size);
  return { version, alignment, metadata, metadataOffsets, tensors, source };
}

function readValue(
  cursor: HeaderCursor,
  type: (typeof valueTypes)[number] | undefined,
  elementsLeft: number,
): GgufValue {
  if (type === 'array') {
    const elementType = valueTypes[cursor.uint32()];
    if (elementType === 'array') throw cursor.fail('arrays of arrays are not allowed', cursor.position() - 4);
    if (elementType === undefined) throw cursor.fail('unknown element type', cursor.position() - 4);
    const count = cursor.uint64('the number of array elements', elementsLeft);
    return { type, elementType, value: readElements(cursor, elementType, count) };
  }
  if (type === undefined) throw cursor.fail('unknown value type', cursor.position() - 4);
  return { type, value: readElements(cursor, type, 1)[0] } as GgufValue;
}

function readElements(cursor: HeaderCursor, type: ElementType, count: number): GgufElements {
  if (type === 'string') {
    cursor.requireRoom(`an array of ${count} strings`, count, 8);
    return Array.from({ length: count }, () => cursor.string('a string', limits.stringBytes));
  }
  if (type === 'bool') {
    return Array.from(readNumbers(cursor, 'uint8', count) as Uint8Array, (value, index) => {
      if (value > 1) throw cursor.fail(`a boolean is ${value}`, cursor.position() - count + index);
      return value === 1;
    });
  }
  return readNumbers(cursor, type, count);
}

function readNumbers(cursor: HeaderCursor, type: NumericType, count: number): GgufElements {
  cursor.requireRoom(`${count} values of type ${type}`, count, bytesPerNumber(type));
  const numbers = numberArray(type, count);
  cursor.bytes(new Uint8Array(numbers.buffer));
  return numbers;
}

function readAlignment(
  cursor: HeaderCursor,
  declared: GgufValue | undefined,
  offsets: ReadonlyMap<string, number>,
): number {
  if (declared === undefined) return defaultAlignment;
  const { type, value } = declared;
  const isPowerOfTwo =
    type === 'uint32' && value >= 8 && value <= limits.alignment && Number.isInteger(Math.log2(value));
  if (isPowerOfTwo) return value;
  cursor.enter('metadata general.alignment');
  throw cursor.fail(
    `the alignment must be a power of two from 8 to ${limits.alignment} of type uint32`,
    offsets.get('general.alignment'),
  );
}

type TensorDescription = {
  readonly name: string;
  readonly type: TensorType;
  readonly shape: readonly number[];
  /** From the start of the data section. */
  readonly offset: number;
  readonly byteLength: number;
  /** Where the description begins, for messages. */
  readonly position: number;
};

function readDescriptions(cursor: HeaderCursor, count: number): readonly TensorDescription[] {
  const names = new Set<string>();
  return Array.from({ length: count }, (_, index) => {
    cursor.enter(`tensor ${index}`);
    const description = readDescription(cursor);
    if (names.has(description.name)) throw cursor.fail('the tensor name occurs twice', description.position);
    names.add(description.name);
    return description;
  });
}

function readDescription(cursor: HeaderCursor): TensorDescription {
  const position = cursor.position();
  const name = cursor.string('the name', limits.nameBytes);
  if (!/^[\x21-\x7e]+$/.test(name)) throw cursor.fail('the name is empty or not printable ASCII', position);
  cursor.enter(`tensor ${name}`);
  const dimensions = cursor.uint32();
  if (dimensions < 1 || dimensions > limits.dimensions) {
    throw cursor.fail(`a tensor has 1 to 4 dimensions, not ${dimensions}`, cursor.position() - 4);
  }
  let elements = 1;
  const shape = Array.from({ length: dimensions }, () => {
    const dimension = cursor.uint64('a dimension', Number.MAX_SAFE_INTEGER);
    elements *= dimension;
    if (dimension === 0) throw cursor.fail('a dimension is zero', cursor.position() - 8);
    if (elements > Number.MAX_SAFE_INTEGER) throw cursor.fail('the shape overflows', cursor.position() - 8);
    return dimension;
  });
  const code = cursor.uint32();
  const type = tensorTypeOfCode(code);
  if (type === undefined) throw unsupported(`tensor type ${code}`, `tensor ${name}`);
  const { blockLength, blockBytes } = tensorTypes[type];
  if (shape[0]! % blockLength !== 0) {
    throw cursor.fail(`rows of ${shape[0]} elements are not whole blocks of ${type}`, cursor.position() - 4);
  }
  const byteLength = (elements / blockLength) * blockBytes;
  const offset = cursor.uint64('the offset', Number.MAX_SAFE_INTEGER);
  return { name, type, shape, offset, byteLength, position };
}

/**
 * ggml lays tensors out in the order of their descriptions, each at the next aligned byte; any other offset is refused,
 * so that tensors can neither overlap nor leave hidden gaps, and so is anything behind the last one. Sums stay exact: each is checked against the file size
 * before the next one is made.
 */
function placeTensors(
  descriptions: readonly TensorDescription[],
  dataStart: number,
  alignment: number,
  fileSize: number,
): readonly GgufTensor[] {
  let expected = 0;
  const placed = descriptions.map(({ name, type, shape, offset, byteLength, position }) => {
    const refuse = (problem: string): TiegelError =>
      new TiegelError('TGL_GGUF_INVALID', { problem, offset: position, where: `tensor ${name}` });
    if (offset > fileSize || byteLength > fileSize || dataStart + offset + byteLength > fileSize) {
      throw refuse(
        `${byteLength} bytes at ${offset} of the data section end after the file of ${fileSize} bytes`,
      );
    }
    if (offset !== expected) throw refuse(`the data is at ${offset} of the data section, not at ${expected}`);
    expected = alignUp(offset + byteLength, alignment);
    return { name, type, shape, offset: dataStart + offset, byteLength };
  });
  // What follows could be another file: Python opens an archive by its end, whatever stands before it.
  const end = dataStart + expected;
  if (fileSize > end) {
    const problem = `${fileSize - end} bytes follow the last tensor`;
    throw new TiegelError('TGL_GGUF_INVALID', { problem, offset: end, where: 'tensor data' });
  }
  return placed;
}

function unsupported(problem: string, where: string): TiegelError {
  return new TiegelError('TGL_GGUF_UNSUPPORTED', { problem, where });
}
