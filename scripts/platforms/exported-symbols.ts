// The functions that a shared library exports, read from its file, for 64-bit ELF, Mach-O and PE in little-endian order:
// https://refspecs.linuxfoundation.org/elf/gabi4+/contents.html, <mach-o/loader.h> and <mach-o/nlist.h>, and Microsoft's
// "PE Format". Nothing of the library is loaded, so that those of other platforms can be read.

export type SharedLibrary = {
  readonly format: 'ELF' | 'Mach-O' | 'PE';
  /** As `process.arch` says it, or the number that the file has for it. */
  readonly arch: string;
  readonly exports: ReadonlySet<string>;
};

/** @throws Error for bytes that are no such library */
export function readSharedLibrary(bytes: Buffer): SharedLibrary {
  if (bytes.length < 64) throw new Error(`${bytes.length} bytes are no shared library`);
  if (bytes.readUInt32BE(0) === 0x7f454c46 && bytes[4] === 2 && bytes[5] === 1) return readElf(bytes);
  if (bytes.readUInt32LE(0) === 0xfeedfacf) return readMachO(bytes);
  const header = bytes.readUInt16LE(0) === 0x5a4d ? bytes.readUInt32LE(60) : 0;
  if (header > 0 && bytes.readUInt32LE(header) === 0x4550) return readPe(bytes, header);
  throw new Error(`a file that begins with ${bytes.toString('hex', 0, 4)} is no 64-bit shared library`);
}

const architectures: Readonly<Record<string, string>> = {
  'ELF 62': 'x64',
  'ELF 183': 'arm64',
  'Mach-O 16777223': 'x64',
  'Mach-O 16777228': 'arm64',
  'PE 34404': 'x64',
  'PE 43620': 'arm64',
};

function library(
  format: SharedLibrary['format'],
  machine: number,
  exports: readonly string[],
): SharedLibrary {
  return {
    format,
    arch: architectures[`${format} ${machine}`] ?? String(machine),
    exports: new Set(exports),
  };
}

function textAt(bytes: Buffer, offset: number): string {
  return bytes.toString('latin1', offset, bytes.indexOf(0, offset));
}

function readElf(bytes: Buffer): SharedLibrary {
  const headers = Number(bytes.readBigUInt64LE(40));
  const size = bytes.readUInt16LE(58);
  const section = (index: number) => {
    const at = headers + index * size;
    return {
      type: bytes.readUInt32LE(at + 4),
      offset: Number(bytes.readBigUInt64LE(at + 24)),
      length: Number(bytes.readBigUInt64LE(at + 32)),
      link: bytes.readUInt32LE(at + 40),
    };
  };
  const sections = Array.from({ length: bytes.readUInt16LE(60) }, (_, index) => section(index));
  const dynamicSymbols = 11;
  const exports = sections
    .filter(({ type }) => type === dynamicSymbols)
    .flatMap(({ offset, length, link }) => {
      const names = (sections[link] as { readonly offset: number }).offset;
      return Array.from({ length: length / 24 }, (_, index) => offset + 24 * index)
        .filter((at) => isElfExport(bytes, at))
        .map((at) => textAt(bytes, names + bytes.readUInt32LE(at)));
    });
  return library('ELF', bytes.readUInt16LE(18), exports);
}

/** Defined in a section, global or weak, and not hidden. */
function isElfExport(bytes: Buffer, symbol: number): boolean {
  const binding = bytes.readUInt8(symbol + 4) >> 4;
  const visibility = bytes.readUInt8(symbol + 5) & 3;
  return bytes.readUInt16LE(symbol + 6) !== 0 && (binding === 1 || binding === 2) && visibility % 3 === 0;
}

function readMachO(bytes: Buffer): SharedLibrary {
  const exports: string[] = [];
  const symbolTable = 2;
  let command = 32;
  for (let left = bytes.readUInt32LE(16); left > 0; left--) {
    if (bytes.readUInt32LE(command) === symbolTable) {
      const [symbols, count, names] = [8, 12, 16].map((at) => bytes.readUInt32LE(command + at)) as [
        number,
        number,
        number,
      ];
      for (let at = symbols; at < symbols + 16 * count; at += 16)
        // External, defined in a section, and neither private nor for a debugger. C's names have an underscore before them.
        if (bytes.readUInt8(at + 4) === 0x0f)
          exports.push(textAt(bytes, names + bytes.readUInt32LE(at)).slice(1));
    }
    command += bytes.readUInt32LE(command + 4);
  }
  return library('Mach-O', bytes.readUInt32LE(4), exports);
}

function readPe(bytes: Buffer, header: number): SharedLibrary {
  const machine = bytes.readUInt16LE(header + 4);
  const optional = header + 24;
  if (bytes.readUInt16LE(optional) !== 0x20b) throw new Error('a library for 32 bits');
  const firstSection = optional + bytes.readUInt16LE(header + 20);
  const sections = Array.from(
    { length: bytes.readUInt16LE(header + 6) },
    (_, index) => firstSection + 40 * index,
  );
  const fileOffset = (address: number): number => {
    const section = sections.find((at) => {
      const begin = bytes.readUInt32LE(at + 12);
      return address >= begin && address < begin + bytes.readUInt32LE(at + 16);
    });
    if (section === undefined) throw new Error(`no section holds the address ${address}`);
    return address - bytes.readUInt32LE(section + 12) + bytes.readUInt32LE(section + 20);
  };
  const directory = bytes.readUInt32LE(optional + 112);
  if (directory === 0) return library('PE', machine, []);
  const table = fileOffset(directory);
  const names = fileOffset(bytes.readUInt32LE(table + 32));
  const exports = Array.from({ length: bytes.readUInt32LE(table + 24) }, (_, index) =>
    textAt(bytes, fileOffset(bytes.readUInt32LE(names + 4 * index))),
  );
  return library('PE', machine, exports);
}
