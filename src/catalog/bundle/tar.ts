// The archive of a bundle: POSIX ustar with regular files only, one form per content. Sizes from 8 GiB on are in GNU's
// base 256. The reader writes every header again and compares, so that there is no second way to read an archive.
// Not covered: reading archives of other programs, though they read these.

export type TarEntry = { readonly name: string; readonly bytes: number };

export const blockBytes = 512;

/** Largest size that fits eleven octal digits. */
const maxOctal = 8 ** 11 - 1;
const maxNameBytes = 100;
const offsets = { name: 0, size: 124, checksum: 148 } as const;

/** The header of a file; owner, time and mode are the same in all. */
export function tarHeader({ name, bytes }: TarEntry): Uint8Array {
  const header = Buffer.alloc(blockBytes);
  if (Buffer.byteLength(name) > maxNameBytes) throw new TypeError(`tarHeader: the name is too long: ${name}`);
  header.write(name, offsets.name);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  writeSize(header, bytes);
  header.write('00000000000\0', 136);
  header.write('0', 156);
  header.write('ustar\x0000', 257);
  // The checksum is taken with blanks in its own place.
  header.write(' '.repeat(8), offsets.checksum);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, offsets.checksum);
  return header;
}

function writeSize(header: Buffer, bytes: number): void {
  if (bytes <= maxOctal) header.write(`${bytes.toString(8).padStart(11, '0')}\0`, offsets.size);
  else {
    header.writeUInt8(0x80, offsets.size);
    header.writeBigUInt64BE(BigInt(bytes), offsets.size + 4);
  }
}

/** The file that a header announces; undefined unless it is exactly as `tarHeader` writes it. */
export function readTarHeader(block: Uint8Array): TarEntry | undefined {
  const header = Buffer.from(block);
  const end = header.indexOf(0);
  const name = header.toString('utf8', 0, end < 0 ? maxNameBytes : Math.min(end, maxNameBytes));
  const bytes = readSize(header);
  if (name === '' || !Number.isSafeInteger(bytes) || Buffer.byteLength(name) > maxNameBytes) return undefined;
  return header.equals(tarHeader({ name, bytes })) ? { name, bytes } : undefined;
}

function readSize(header: Buffer): number {
  if (header.readUInt8(offsets.size) === 0x80) return Number(header.readBigUInt64BE(offsets.size + 4));
  const text = header.toString('latin1', offsets.size, offsets.size + 11);
  return /^[0-7]{11}$/.test(text) ? Number.parseInt(text, 8) : Number.NaN;
}

/** Zeros between the end of a file and the next block. */
export function tarPadding(bytes: number): Uint8Array {
  return new Uint8Array((blockBytes - (bytes % blockBytes)) % blockBytes);
}

/** What an archive ends with. */
export const tarEnd: Uint8Array = new Uint8Array(2 * blockBytes);
