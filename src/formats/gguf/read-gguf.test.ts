import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock, TiegelError } from '../../base/index.ts';
import { bytesOfGguf, temporaryDirectory, tinyModel } from '../tiny-model.ts';
import { type ByteWriter, byteWriter } from './byte-writer.ts';
import { magic } from './gguf.ts';
import { requireStrings } from './metadata.ts';
import { openGguf } from './open-gguf.ts';
import { parseGguf } from './read-gguf.ts';
import { readTensor } from './read-tensor.ts';

const uint32 = 4;
const string = 8;
const array = 9;

/** A header with these metadata and tensors, written without any check, and `data` bytes of tensor data. */
function header(
  counts: { readonly keys?: number; readonly tensors?: number; readonly version?: number },
  write: (writer: ByteWriter) => void = () => {},
  data = 0,
): Uint8Array {
  const writer = byteWriter();
  writer.uint32(magic);
  writer.uint32(counts.version ?? 3);
  writer.uint64(counts.tensors ?? 0);
  writer.uint64(counts.keys ?? 0);
  write(writer);
  const bytes = writer.bytes();
  const padded = new Uint8Array(Math.ceil(bytes.length / 32) * 32 + data);
  padded.set(bytes);
  return data === 0 ? bytes : padded;
}

type Description = { name?: string; shape?: readonly number[]; type?: number; offset?: number };

const tensor =
  ({ name = 'a', shape = [2], type = 0, offset = 0 }: Description) =>
  (writer: ByteWriter): void => {
    writer.string(name);
    writer.uint32(shape.length);
    for (const dimension of shape) writer.uint64(dimension);
    writer.uint32(type);
    writer.uint64(offset);
  };

const entry =
  (key: string, type: number, write: (writer: ByteWriter) => void) =>
  (writer: ByteWriter): void => {
    writer.string(key);
    writer.uint32(type);
    write(writer);
  };

const arrayOf = (elementType: number, count: number) =>
  entry('a', array, (writer) => {
    writer.uint32(elementType);
    writer.uint64(count);
  });

function refusalOf(bytes: Uint8Array): TiegelError {
  try {
    parseGguf(bytes);
  } catch (error) {
    if (TiegelError.isInstance(error)) return error;
    throw error;
  }
  throw new Error('the file was accepted');
}

const largest = Number.MAX_SAFE_INTEGER;

describe('a refusal says what is wrong, at which byte and in which part', () => {
  test.each<[string, Uint8Array, { problem: RegExp; offset?: number; where: string }]>([
    ['an empty file', new Uint8Array(), { problem: /needs 4 bytes/, offset: 0, where: 'header' }],
    [
      'another format',
      Buffer.from('PK\u0003\u0004 and more'),
      { problem: /begin with GGUF/, offset: 0, where: 'header' },
    ],
    ['version 1', header({ version: 1 }), { problem: /version 1/, where: 'header' }],
    ['the other byte order', header({ version: 3 << 24 }), { problem: /version 50331648/, where: 'header' }],
    [
      'a tensor count beyond all bounds',
      header({ tensors: largest }),
      { problem: /number of tensors/, offset: 8, where: 'header' },
    ],
    [
      'a key count beyond all bounds',
      header({ keys: largest }),
      { problem: /number of metadata keys/, offset: 16, where: 'header' },
    ],
    [
      'more keys than there are',
      header({ keys: 9 }),
      { problem: /length of the key needs 8 bytes/, offset: 24, where: 'metadata key 0' },
    ],
    [
      'a key longer than the file',
      header({ keys: 1 }, (w) => w.uint64(999)),
      { problem: /key needs 999 bytes/, offset: 32, where: 'metadata key 0' },
    ],
    [
      'a key of 2^31 bytes',
      header({ keys: 1 }, (w) => w.uint64(2 ** 31)),
      { problem: /at most 1024/, offset: 24, where: 'metadata key 0' },
    ],
    [
      'an empty key',
      header(
        { keys: 1 },
        entry('', uint32, (w) => w.uint32(1)),
      ),
      { problem: /empty/, offset: 24, where: 'metadata key 0' },
    ],
    [
      'a key with an escape sequence',
      header(
        { keys: 1 },
        entry('\u001b[2J', uint32, (w) => w.uint32(1)),
      ),
      { problem: /printable/, offset: 24, where: 'metadata key 0' },
    ],
    [
      'a key twice',
      header({ keys: 2 }, (w) => [1, 2].forEach((n) => void entry('a', uint32, () => w.uint32(n))(w))),
      { problem: /twice/, offset: 41, where: 'metadata a' },
    ],
    [
      'an unknown value type',
      header(
        { keys: 1 },
        entry('a', 13, () => {}),
      ),
      { problem: /unknown value type/, offset: 33, where: 'metadata a' },
    ],
    [
      'a boolean that is neither',
      header(
        { keys: 1 },
        entry('a', 7, (w) => w.scalar('uint8', 2)),
      ),
      { problem: /boolean is 2/, offset: 37, where: 'metadata a' },
    ],
    [
      'a string that is not UTF-8',
      header(
        { keys: 1 },
        entry('a', string, (w) => [1, 0].forEach((n) => void w.uint32(n)) ?? w.scalar('uint8', 255)),
      ),
      { problem: /UTF-8/, offset: 45, where: 'metadata a' },
    ],
    [
      'an array of arrays',
      header({ keys: 1 }, arrayOf(array, 1)),
      { problem: /arrays of arrays/, offset: 37, where: 'metadata a' },
    ],
    [
      'an unknown element type',
      header({ keys: 1 }, arrayOf(99, 1)),
      { problem: /unknown element type/, offset: 37, where: 'metadata a' },
    ],
    [
      '2^31 bytes in an array',
      header({ keys: 1 }, arrayOf(0, 2 ** 31)),
      { problem: /number of array elements/, offset: 41, where: 'metadata a' },
    ],
    [
      'more numbers than bytes',
      header({ keys: 1 }, arrayOf(uint32, 1000)),
      { problem: /4000 bytes/, offset: 49, where: 'metadata a' },
    ],
    [
      'more strings than lengths',
      header({ keys: 1 }, arrayOf(string, 2 ** 20)),
      { problem: /array of 1048576 strings/, offset: 49, where: 'metadata a' },
    ],
    [
      'an alignment of 0',
      header(
        { keys: 1 },
        entry('general.alignment', uint32, (w) => w.uint32(0)),
      ),
      { problem: /power of two/, offset: 53, where: 'metadata general.alignment' },
    ],
    [
      'an alignment of 48',
      header(
        { keys: 1 },
        entry('general.alignment', uint32, (w) => w.uint32(48)),
      ),
      { problem: /power of two/, offset: 53, where: 'metadata general.alignment' },
    ],
    [
      'an alignment in text',
      header(
        { keys: 1 },
        entry('general.alignment', string, (w) => w.string('32')),
      ),
      { problem: /power of two/, offset: 53, where: 'metadata general.alignment' },
    ],
    [
      'a tensor name of 64 bytes',
      header({ tensors: 1 }, tensor({ name: 'x'.repeat(64) })),
      { problem: /at most 63/, offset: 24, where: 'tensor 0' },
    ],
    [
      'an empty tensor name',
      header({ tensors: 1 }, tensor({ name: '' })),
      { problem: /empty/, offset: 24, where: 'tensor 0' },
    ],
    [
      'a tensor name twice',
      header({ tensors: 2 }, (w) => [0, 32].forEach((offset) => void tensor({ offset })(w)), 64),
      { problem: /twice/, offset: 57, where: 'tensor a' },
    ],
    [
      'no dimension',
      header({ tensors: 1 }, tensor({ shape: [] })),
      { problem: /1 to 4 dimensions/, offset: 33, where: 'tensor a' },
    ],
    [
      'five dimensions',
      header({ tensors: 1 }, tensor({ shape: [1, 1, 1, 1, 1] })),
      { problem: /not 5/, offset: 33, where: 'tensor a' },
    ],
    [
      'a dimension of zero',
      header({ tensors: 1 }, tensor({ shape: [2, 0] })),
      { problem: /zero/, offset: 45, where: 'tensor a' },
    ],
    [
      'dimensions whose product overflows',
      header({ tensors: 1 }, tensor({ shape: [2 ** 32, 2 ** 32] })),
      { problem: /overflows/, offset: 45, where: 'tensor a' },
    ],
    [
      'an unknown tensor type',
      header({ tensors: 1 }, tensor({ type: 4 })),
      { problem: /tensor type 4/, where: 'tensor a' },
    ],
    [
      'half a block',
      header({ tensors: 1 }, tensor({ shape: [48], type: 8 })),
      { problem: /whole blocks of Q8_0/, offset: 45, where: 'tensor a' },
    ],
    [
      'data behind the end',
      header({ tensors: 1 }, tensor({ shape: [9] }), 35),
      { problem: /after the file/, offset: 24, where: 'tensor a' },
    ],
    [
      'an offset behind the end',
      header({ tensors: 1 }, tensor({ offset: largest }), 32),
      { problem: /after the file/, offset: 24, where: 'tensor a' },
    ],
    [
      'an offset that is not aligned',
      header({ tensors: 1 }, tensor({ offset: 8 }), 32),
      { problem: /not at 0/, offset: 24, where: 'tensor a' },
    ],
    [
      'two tensors on one place',
      header({ tensors: 2 }, (w) => ['a', 'b'].forEach((name) => void tensor({ name })(w)), 64),
      { problem: /not at 32/, offset: 57, where: 'tensor b' },
    ],
  ])('%s', (_, bytes, { problem, offset, where }) => {
    const refusal = refusalOf(bytes);
    expect(refusal.details.problem).toMatch(problem);
    expect(refusal.details.where).toBe(where);
    expect(refusal.details.offset).toBe(offset);
    expect(refusal.code).toBe(offset === undefined ? 'TGL_GGUF_UNSUPPORTED' : 'TGL_GGUF_INVALID');
  });

  test('a number above 2^53 is shown exactly', () => {
    const bytes = header({ tensors: 1 });
    new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(8, 2n ** 64n - 1n, true);
    expect(refusalOf(bytes).message).toContain('18446744073709551615');
  });
});

test('a valid file cut off at any byte of its header is refused', () => {
  const bytes = bytesOfGguf(tinyModel({ type: 'Q8_0', configuration: { width: 32, layers: 1 } }));
  const dataStart = parseGguf(bytes).tensors[0]!.offset;
  for (let length = 0; length <= dataStart; length++) {
    expect(refusalOf(bytes.subarray(0, length)).code).toBe('TGL_GGUF_INVALID');
  }
  expect(refusalOf(bytes.subarray(0, bytes.length - 32)).details.where).toBe('tensor output_norm.weight');
});

describe('openGguf', () => {
  test('reads the header alone, and tensors as they are asked for', () => {
    using directory = temporaryDirectory();
    const path = join(directory.path, 'model.gguf');
    const content = tinyModel();
    writeFileSync(path, bytesOfGguf(content));
    using gguf = openGguf(path);
    writeFileSync(path, new Uint8Array(gguf.source.size));
    expect(gguf.tensors.map(({ name }) => name)).toEqual(content.tensors.map(({ name }) => name));
    expect(readTensor(gguf, 'output_norm.weight')).toEqual(new Float32Array(64));
    writeFileSync(path, new Uint8Array(100));
    expect(() => readTensor(gguf, 'output_norm.weight')).toThrow(/became shorter.*output_norm\.weight/);
    expect(() => readTensor(gguf, 'output.weight')).toThrow(/missing.*output\.weight/);
  });

  test('what is not a file is refused at once', () => {
    using directory = temporaryDirectory();
    mkdirSync(join(directory.path, 'folder'));
    for (const path of ['/dev/zero', join(directory.path, 'folder'), join(directory.path, 'absent')]) {
      expect(() => openGguf(path)).toThrow(expect.objectContaining({ code: 'TGL_FILE_NOT_FOUND' }));
    }
  });

  test('a vocabulary of 150,000 tokens takes less than a second and 256 MB', () => {
    const tokens = Array.from({ length: 150_000 }, (_, index) => `token-${index}-Äpfel`);
    const merges = Array.from({ length: 150_000 }, (_, index) => `a${index} b${index}`);
    const scores = new Float32Array(150_000);
    const bytes = bytesOfGguf({
      metadata: new Map([
        ['tokens', { type: 'array', elementType: 'string', value: tokens }],
        ['merges', { type: 'array', elementType: 'string', value: merges }],
        ['scores', { type: 'array', elementType: 'float32', value: scores }],
      ]),
      tensors: [],
    });
    using directory = temporaryDirectory();
    const path = join(directory.path, 'large.gguf');
    writeFileSync(path, bytes);
    const before = process.memoryUsage();
    const start = systemClock.monotonic();
    using gguf = openGguf(path);
    const elapsed = systemClock.monotonic() - start;
    const after = process.memoryUsage();
    expect(requireStrings(gguf, 'tokens').join()).toBe(tokens.join());
    expect(elapsed).toBeLessThan(1000);
    expect(after.heapUsed + after.external - before.heapUsed - before.external).toBeLessThan(256e6);
  });
});
