// Structure-aware mutation of a valid file: counts, lengths, types, dimensions and offsets get the values that break
// parsers; keys and descriptions are doubled, dropped and moved; bits flip. Whatever the reader still accepts is read
// to the last tensor. Not covered: what llama.cpp makes of accepted files.
import { expect, test } from 'vitest';
import { type Random, seededRandom, systemClock, TiegelError } from '../../base/index.ts';
import { readDecoder } from '../architecture/decoder.ts';
import { bytesOfGguf, tinyModel } from '../tiny-model.ts';
import { readTokenizer } from '../tokenizer/gguf-vocabulary.ts';
import { parseGguf } from './read-gguf.ts';
import { tensorStretches } from './read-tensor.ts';

const cases = 24_000;
const millisecondsEach = 1000;
const bytesEach = 256e6;

/** A number in the header, with its width in bytes. */
type Field = { readonly offset: number; readonly width: 4 | 8 };
/** A metadata entry or a tensor description. */
type Section = { readonly start: number; readonly end: number };
type Layout = {
  readonly fields: readonly Field[];
  /** Numbers inside arrays, such as the lengths of tokens; apart, since they outnumber the others. */
  readonly elements: readonly Field[];
  readonly sections: readonly Section[];
  readonly end: number;
};

/** Walks a valid header by the letter of the format, independently of the reader. */
function layoutOf(bytes: Uint8Array): Layout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const widths = [1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8];
  const fields: Field[] = [];
  const elements: Field[] = [];
  let insideArray = false;
  const sections: Section[] = [];
  let position = 4;
  const number = (width: 4 | 8): number => {
    (insideArray ? elements : fields).push({ offset: position, width });
    position += width;
    return width === 4 ? view.getUint32(position - 4, true) : Number(view.getBigUint64(position - 8, true));
  };
  const text = (): void => {
    const length = number(8);
    position += length;
  };
  const value = (type: number): void => {
    if (type === 9) {
      const elementType = number(4);
      const count = number(8);
      insideArray = true;
      for (let index = 0; index < count; index++) value(elementType);
      insideArray = false;
    } else if (type === 8) text();
    else if (widths[type] === 4) number(4);
    else position += widths[type]!;
  };
  const section = (read: () => void): void => {
    const start = position;
    read();
    sections.push({ start, end: position });
  };
  number(4);
  const tensors = number(8);
  const keys = number(8);
  for (let index = 0; index < keys; index++) {
    section(() => {
      text();
      value(number(4));
    });
  }
  for (let index = 0; index < tensors; index++) {
    section(() => {
      text();
      for (let dimensions = number(4); dimensions > 0; dimensions--) number(8);
      number(4);
      number(8);
    });
  }
  return { fields, elements, sections, end: position };
}

const boundaries = [
  0n,
  1n,
  2n,
  7n,
  31n,
  33n,
  63n,
  64n,
  255n,
  2n ** 16n,
  2n ** 31n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n,
];

function interestingNumber(random: Random, size: number): bigint {
  const near = BigInt(random.integer(-1, 1));
  const base = random.next() < 0.2 ? BigInt(size) : random.pick(boundaries);
  return random.next() < 0.2 ? -random.pick(boundaries) : base + near;
}

type Edit = (bytes: Buffer, layout: Layout, random: Random) => Buffer;

function pickField({ fields, elements }: Layout, random: Random): Field {
  return random.pick(random.next() < 0.1 ? elements : fields);
}

function setNumber(bytes: Buffer, layout: Layout, random: Random): Buffer {
  const { offset, width } = pickField(layout, random);
  if (offset + width > bytes.length) return bytes;
  const value = interestingNumber(random, bytes.length);
  if (width === 4) bytes.writeUInt32LE(Number(BigInt.asUintN(32, value)), offset);
  else bytes.writeBigUInt64LE(BigInt.asUintN(64, value), offset);
  return bytes;
}

function nudgeNumber(bytes: Buffer, layout: Layout, random: Random): Buffer {
  const { offset } = pickField(layout, random);
  if (offset < bytes.length) bytes[offset] = bytes[offset]! + random.pick([-32, -2, -1, 1, 2, 32]);
  return bytes;
}

function flipBit(bytes: Buffer, { end }: Layout, random: Random): Buffer {
  const offset = random.integer(0, Math.min(end, bytes.length) - 1);
  bytes[offset] = bytes[offset]! ^ (1 << random.integer(0, 7));
  return bytes;
}

function copyRange(bytes: Buffer, { end }: Layout, random: Random): Buffer {
  const length = random.integer(1, 64);
  const last = Math.min(end, bytes.length);
  const from = random.integer(0, last);
  bytes.copy(bytes, random.integer(0, last), from, from + length);
  return bytes;
}

/** A section is doubled, dropped or moved; the counts are then wrong, or the bytes shift, or a name occurs twice. */
function moveSection(bytes: Buffer, { sections }: Layout, random: Random): Buffer {
  const { start, end } = random.pick(sections);
  const target = random.pick(sections).start;
  const section = bytes.subarray(start, end);
  const rest = random.next() < 0.5 ? Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]) : bytes;
  if (random.next() < 0.3) return Buffer.from(rest);
  return Buffer.concat([rest.subarray(0, target), section, rest.subarray(target)]);
}

function cutOff(bytes: Buffer, { end }: Layout, random: Random): Buffer {
  return bytes.subarray(0, random.integer(0, random.next() < 0.5 ? end : bytes.length));
}

const edits: readonly Edit[] = [
  setNumber,
  setNumber,
  setNumber,
  nudgeNumber,
  nudgeNumber,
  flipBit,
  flipBit,
  copyRange,
  moveSection,
  cutOff,
];

function mutate(valid: Uint8Array, layout: Layout, random: Random): Buffer {
  let bytes: Buffer = Buffer.from(valid);
  for (let count = random.pick([1, 1, 1, 2, 3]); count > 0 && bytes.length > 0; count--) {
    bytes = random.pick(edits)(bytes, layout, random);
  }
  return bytes;
}

/** Everything an importer does with a file; the refusal, if there is one. */
function readAll(bytes: Uint8Array): unknown {
  try {
    const gguf = parseGguf(bytes);
    for (const tensor of gguf.tensors) for (const values of tensorStretches(gguf, tensor)) values.at(-1);
    readDecoder(gguf);
    readTokenizer(gguf);
    return undefined;
  } catch (error) {
    return error;
  }
}

function memoryInUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

test(`${cases} mutations of a valid file: no crash, no hang, and each refusal says where`, () => {
  const valid = bytesOfGguf(
    tinyModel({ type: 'Q8_0', configuration: { width: 32, layers: 1, feedForward: 32 } }),
  );
  const layout = layoutOf(valid);
  expect(readAll(valid)).toBeUndefined();

  const codes = new Map<string, number>();
  const problems = new Set<string>();
  for (let index = 0; index < cases; index++) {
    const bytes = mutate(valid, layout, seededRandom(7, index));
    const memory = memoryInUse();
    const start = systemClock.monotonic();
    const error = readAll(bytes);
    expect(systemClock.monotonic() - start, `time of case ${index}`).toBeLessThan(millisecondsEach);
    expect(memoryInUse() - memory, `memory of case ${index}`).toBeLessThan(bytesEach);
    if (error !== undefined && !TiegelError.isInstance(error)) throw error;
    const code = error?.code ?? 'accepted';
    codes.set(code, (codes.get(code) ?? 0) + 1);
    if (error?.code !== 'TGL_GGUF_INVALID') continue;
    problems.add(String(error.details.problem).replaceAll(/".*"|-?\d[\d.e-]*/g, '0'));
    expect(error.details.where, `case ${index}`).toMatch(/^(header|metadata|tensor)/);
    expect(error.details.offset).toBeGreaterThanOrEqual(0);
    expect(error.details.offset).toBeLessThanOrEqual(bytes.length);
  }
  // The mutations reach every layer of the reader, and some leave the file as good as it was.
  expect([...codes.keys()].sort()).toEqual([
    'TGL_GGUF_INVALID',
    'TGL_GGUF_UNSUPPORTED',
    'TGL_TOKENIZER_INVALID',
    'accepted',
  ]);
  expect(problems.size).toBeGreaterThan(50);
}, 60_000);
