// A ZIP archive of small files, stored without compression (PKWARE's APPNOTE 6.3.9, without its 64-bit parts). The same
// files give the same bytes: no times, and names in order.
import { crc32 } from 'node:zlib';

const epoch = { time: 0, date: 0x0021 };
const unicodeNames = 0x0800;

/** @throws TypeError if the archive would be too large for the format */
export function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const parts: Buffer[] = [];
  const entries: Buffer[] = [];
  let offset = 0;
  for (const name of Object.keys(files).sort()) {
    const content = Buffer.from(files[name] as string);
    const head = headOf(name, content);
    const local = Buffer.concat([numbers([0x04034b50, 4]), head, Buffer.from(name)]);
    const place = [
      [0, 2],
      [0, 2],
      [0, 2],
      [0, 4],
      [offset, 4],
    ] as const;
    entries.push(
      Buffer.concat([numbers([0x02014b50, 4], [20, 2]), head, numbers(...place), Buffer.from(name)]),
    );
    parts.push(local, content);
    offset += local.length + content.length;
    if (offset > 2 ** 31) throw new TypeError(`the files have more than ${2 ** 31} bytes`);
  }
  const directory = Buffer.concat(entries);
  const counts = [
    [0, 2],
    [0, 2],
    [entries.length, 2],
    [entries.length, 2],
  ] as const;
  const end = numbers([0x06054b50, 4], ...counts, [directory.length, 4], [offset, 4], [0, 2]);
  return Buffer.concat([...parts, directory, end]);
}

/** What both headers of a file have in common: from the version to the lengths of its name and its extra field. */
function headOf(name: string, content: Buffer): Buffer {
  const { time, date } = epoch;
  const sizes = [
    [crc32(content), 4],
    [content.length, 4],
    [content.length, 4],
  ] as const;
  return numbers(
    [20, 2],
    [unicodeNames, 2],
    [0, 2],
    [time, 2],
    [date, 2],
    ...sizes,
    [Buffer.byteLength(name), 2],
    [0, 2],
  );
}

/** Little-endian numbers of 2 or 4 bytes. */
function numbers(...fields: readonly (readonly [value: number, bytes: 2 | 4])[]): Buffer {
  return Buffer.concat(
    fields.map(([value, bytes]) => {
      const field = Buffer.alloc(bytes);
      field.writeUIntLE(value, 0, bytes);
      return field;
    }),
  );
}
