// Bounded reader of safetensors: the header is held against the real size of the file, data must cover it without hole or
// overlap (so that a name that stands twice in the JSON is noticed too), and tensors are read a stretch at a time.
import { isRecord, TiegelError } from '../../base/index.ts';
import { type ByteSource, bytesSource, openWith } from '../gguf/byte-source.ts';
import { decodeValues } from '../gguf/quantise.ts';
import {
  type ElementType,
  elementBytes,
  lengthBytes,
  type Safetensors,
  type SafetensorsTensor,
} from './safetensors.ts';

const limits = {
  /** The format allows 100 MB; a shard of the largest published models needs less than a hundredth. */
  headerBytes: 16 * 2 ** 20,
  tensors: 2 ** 16,
  nameCharacters: 512,
  dimensions: 8,
} as const;

/** Stored bytes of one stretch, about. */
const stretchBytes = 2 ** 20;

/**
 * Opens a file and checks its header. It stays open, for tensor data, until it is disposed of.
 *
 * @throws TGL_FILE_NOT_FOUND, TGL_SAFETENSORS_INVALID
 */
export function openSafetensors(path: string): Safetensors & Disposable {
  return openWith(path, readHeader);
}

/** The same for a file that is in memory. @throws TGL_SAFETENSORS_INVALID */
export function parseSafetensors(bytes: Uint8Array): Safetensors {
  return readHeader(bytesSource(bytes));
}

/**
 * The values of a tensor in stretches, in order.
 *
 * @param multiple every stretch but the last is a multiple of so many elements, such as a row
 * @throws TGL_SAFETENSORS_INVALID for types other than F32, F16 and BF16, and when the file became shorter
 */
export function* floatStretches(
  { source }: Safetensors,
  tensor: SafetensorsTensor,
  multiple = 1,
): Generator<Float32Array> {
  const { name, type, offset, byteLength } = tensor;
  if (type !== 'F32' && type !== 'F16' && type !== 'BF16') {
    throw invalid(`its type is ${type}, wanted F32, F16 or BF16`, `tensor ${name}`);
  }
  const step = Math.ceil(stretchBytes / (elementBytes[type] * multiple)) * elementBytes[type] * multiple;
  for (let start = 0; start < byteLength; start += step) {
    const bytes = new Uint8Array(Math.min(step, byteLength - start));
    if (source.read(bytes, offset + start) < bytes.length) {
      throw invalid('the file became shorter while being read', `tensor ${name}`);
    }
    yield decodeValues(bytes, type);
  }
}

function readHeader(source: ByteSource): Safetensors {
  const length = new Uint8Array(lengthBytes);
  if (source.read(length, 0) < lengthBytes) throw invalid('the file ends within the header', 'header');
  const headerBytes = Number(new DataView(length.buffer).getBigUint64(0, true));
  if (headerBytes > limits.headerBytes || headerBytes + lengthBytes > source.size) {
    throw invalid(`its length is said to be ${headerBytes} bytes`, 'header');
  }
  const text = new Uint8Array(headerBytes);
  source.read(text, lengthBytes);
  const entries = Object.entries(parseObject(text));
  if (entries.length > limits.tensors) throw invalid(`${entries.length} tensors are too many`, 'header');
  const dataStart = lengthBytes + headerBytes;
  const tensors = entries
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => readTensor(name, entry, dataStart))
    .sort((a, b) => a.offset - b.offset || a.byteLength - b.byteLength);
  let end = dataStart;
  for (const { name, offset, byteLength } of tensors) {
    if (offset !== end) {
      const problem = offset < end ? 'its data overlap those of another tensor' : 'there is a hole before it';
      throw invalid(problem, `tensor ${name}`);
    }
    end += byteLength;
  }
  if (end !== source.size) {
    throw invalid(`data end at byte ${end}, the file at ${source.size}`, 'header');
  }
  const metadata = readMetadata(entries.find(([name]) => name === '__metadata__')?.[1]);
  return { metadata, tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])), source };
}

function parseObject(text: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text));
    if (isRecord(parsed)) return parsed;
  } catch {
    // Refused below, as what is JSON but no object is.
  }
  throw invalid('it is not a JSON object', 'header');
}

function readTensor(name: string, entry: unknown, dataStart: number): SafetensorsTensor {
  const refuse = (problem: string): TiegelError => invalid(problem, `tensor ${name.slice(0, 100)}`);
  if (name.length === 0 || name.length > limits.nameCharacters) throw refuse('the name is empty or too long');
  if (!isRecord(entry)) throw refuse('its entry is no object');
  const { dtype, shape, data_offsets: offsets, ...unknown } = entry;
  const [further] = Object.entries(unknown);
  if (further) throw refuse(`the key ${JSON.stringify(further[0]).slice(0, 100)} is unknown`);
  if (typeof dtype !== 'string' || !Object.hasOwn(elementBytes, dtype)) {
    throw refuse(`the type ${JSON.stringify(dtype)} is unknown`);
  }
  if (!isCounts(shape) || shape.length > limits.dimensions) {
    throw refuse(`its shape is ${JSON.stringify(shape)}`);
  }
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw refuse(`its data_offsets are ${JSON.stringify(offsets)}`);
  }
  const type = dtype as ElementType;
  const [start, end] = offsets as [number, number];
  const byteLength = shape.reduce((product, dimension) => product * dimension, elementBytes[type]);
  if (!Number.isSafeInteger(byteLength) || end - start !== byteLength) {
    throw refuse(`[${shape}] of ${type} are ${byteLength} bytes, data_offsets span ${end - start}`);
  }
  return { name, type, shape, offset: dataStart + start, byteLength };
}

function readMetadata(entry: unknown): ReadonlyMap<string, string> {
  const pairs = entry === undefined ? [] : isRecord(entry) ? Object.entries(entry) : undefined;
  if (!pairs?.every((pair): pair is [string, string] => typeof pair[1] === 'string')) {
    throw invalid('it is not an object of strings', '__metadata__');
  }
  return new Map(pairs);
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((count) => Number.isSafeInteger(count) && count >= 0);
}

function invalid(problem: string, where: string): TiegelError {
  return new TiegelError('TGL_SAFETENSORS_INVALID', { problem, where });
}
