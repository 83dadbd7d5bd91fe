// The built console, from the disk to the gateway: read and compressed once, when somebody first asks for a file, so that no start
// waits for it.
import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { ConsoleFile, ConsoleFiles } from '../gateway/index.ts';

/** Beside the sources, since it is a part of the checkout. */
const built: string = join(import.meta.dirname, '..', '..', 'console', 'dist');

const types: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.svg', 'image/svg+xml'],
  ['.woff2', 'font/woff2'],
]);
const alreadyCompressed: ReadonlySet<string> = new Set(['.woff2']);

/** Files of other kinds are not shown. */
export function consoleFiles(directory: string = built): ConsoleFiles {
  const once = <Key, Value>(make: (key: Key) => Promise<Value>): ((key: Key) => Promise<Value>) => {
    const made = new Map<Key, Promise<Value>>();
    return (key) => {
      const value = made.get(key) ?? make(key);
      made.set(key, value);
      return value;
    };
  };
  const names = once(async (_: 'all') => new Set(await namesIn(directory)));
  const load = once(async (name: string) => fileOf(name, await readFile(join(directory, name))));
  const fileOf = (name: string, content: Uint8Array): ConsoleFile => ({
    type: types.get(extname(name)) as string,
    digest: hash('sha256', content).slice(0, 32),
    namedByContent: /-[\w-]{8}\.\w+$/.test(name),
    compressible: !alreadyCompressed.has(extname(name)),
    encoded: once((encoding) => encode[encoding](content)),
  });
  return { read: async (name) => ((await names('all')).has(name) ? load(name) : undefined) };
}

/** Relative to the directory; none where nothing was built. */
async function namesIn(directory: string): Promise<readonly string[]> {
  const entries = await readdir(directory, { recursive: true }).catch(() => []);
  return entries.filter((name) => types.has(extname(name))).map((name) => name.split(sep).join('/'));
}

const brotli = promisify<Uint8Array, { readonly params: Record<number, number> }, Uint8Array>(brotliCompress);

const encode = {
  identity: async (content: Uint8Array): Promise<Uint8Array> => content,
  gzip: promisify<Uint8Array, Uint8Array>(gzip),
  // One below the best two, which take much longer for little.
  br: (content: Uint8Array) => brotli(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }),
};
