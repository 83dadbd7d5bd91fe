// A console of one page and one script, for the tests that go over all routes.
import { hash } from 'node:crypto';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { ConsoleFile, ConsoleFiles } from './console-files.ts';

const encode = {
  identity: (text: string) => new TextEncoder().encode(text),
  gzip: (text: string) => gzipSync(text),
  br: (text: string) => brotliCompressSync(text),
};

function textFile(type: string, text: string, namedByContent: boolean): ConsoleFile {
  return {
    ...{ type, digest: hash('sha256', text), namedByContent, compressible: true },
    encoded: async (encoding) => encode[encoding](text),
  };
}

const files = new Map<string, ConsoleFile>([
  ['index.html', textFile('text/html; charset=utf-8', '<!doctype html><title>Tiegel</title>', false)],
  ['assets/example', textFile('text/javascript; charset=utf-8', 'export {};', true)],
]);

export const exampleConsole: ConsoleFiles = { read: async (name) => files.get(name) };
