import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { calledFunctions } from '../../src/engine/llama/ffi/interface.ts';
import { installedLibraries } from '../../src/engine/llama/ffi/library-files.ts';
import { readSharedLibrary } from './exported-symbols.ts';

/** A 64-bit Mach-O library whose symbols have these types and names. */
function machO(symbols: readonly (readonly [type: number, name: string])[]): Buffer {
  const names = Buffer.from(`\0${symbols.map(([, name]) => `${name}\0`).join('')}`);
  const bytes = Buffer.alloc(56 + 16 * symbols.length);
  bytes.writeUInt32LE(0xfeedfacf, 0);
  bytes.writeUInt32LE(0x0100000c, 4);
  bytes.writeUInt32LE(1, 16);
  for (const [index, value] of [2, 24, 56, symbols.length, bytes.length, names.length].entries())
    bytes.writeUInt32LE(value, 32 + 4 * index);
  for (const [index, [type, name]] of symbols.entries()) {
    bytes.writeUInt32LE(names.indexOf(`\0${name}\0`) + 1, 56 + 16 * index);
    bytes.writeUInt8(type, 60 + 16 * index);
  }
  return Buffer.concat([bytes, names]);
}

/** A PE32+ library with one section, whose content lies elsewhere in the file than in memory. */
function pe(exported: readonly string[]): Buffer {
  const [header, inMemory, inFile] = [64, 0x1000, 512];
  const bytes = Buffer.alloc(1024);
  bytes.writeUInt16LE(0x5a4d, 0);
  bytes.writeUInt32LE(header, 60);
  bytes.writeUInt32LE(0x4550, header);
  bytes.writeUInt16LE(0x8664, header + 4);
  bytes.writeUInt16LE(1, header + 6);
  bytes.writeUInt16LE(240, header + 20);
  bytes.writeUInt16LE(0x20b, header + 24);
  bytes.writeUInt32LE(inMemory, header + 24 + 112);
  const section = header + 24 + 240;
  for (const [index, value] of [512, inMemory, 512, inFile].entries())
    bytes.writeUInt32LE(value, section + 8 + 4 * index);
  bytes.writeUInt32LE(exported.length, inFile + 24);
  bytes.writeUInt32LE(inMemory + 40, inFile + 32);
  let at = 40 + 4 * exported.length;
  for (const [index, name] of exported.entries()) {
    bytes.writeUInt32LE(inMemory + at, inFile + 40 + 4 * index);
    at += bytes.write(`${name}\0`, inFile + at);
  }
  return bytes;
}

describe('functions that a library exports', () => {
  test('ELF: what is installed here is for this processor and has everything that the engine calls', () => {
    for (const { directory, names } of installedLibraries())
      for (const [library, file] of Object.entries(names)) {
        const { arch, exports } = readSharedLibrary(readFileSync(join(directory, file)));
        expect(arch).toBe(process.arch);
        const called = calledFunctions[library as keyof typeof calledFunctions];
        expect(called.filter((name) => !exports.has(name))).toEqual([]);
        // It takes from another library what it does not define itself.
        expect(exports.has('malloc')).toBe(false);
      }
  });

  test('Mach-O: external symbols that are defined, without the underscore of C', () => {
    const bytes = machO([
      [0x0f, '_llama_decode'],
      [0x01, '_malloc'],
      [0x1f, '_hidden'],
      [0x0e, '_local'],
      [0x24, '_for_a_debugger'],
    ]);
    expect(readSharedLibrary(bytes)).toEqual({
      format: 'Mach-O',
      arch: 'arm64',
      exports: new Set(['llama_decode']),
    });
  });

  test('PE: the names of the export directory', () => {
    const names = ['llama_decode', 'llama_free'];
    expect(readSharedLibrary(pe(names))).toEqual({ format: 'PE', arch: 'x64', exports: new Set(names) });
  });

  test('other files are refused', () => {
    for (const bytes of [Buffer.alloc(0), Buffer.alloc(100), Buffer.from(`\x7fELF\x01${'\0'.repeat(100)}`)])
      expect(() => readSharedLibrary(bytes)).toThrow(/shared library/);
  });
});
