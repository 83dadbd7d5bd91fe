// The text of a file that the operator named: bounded, and UTF-8 throughout.
import { openRegularFile } from '../../../catalog/index.ts';
import { invalidData } from './invalid-data.ts';

/** Far above the public sets, of which the largest has a few megabytes. */
const maxBytes = 64 * 2 ** 20;

/** @throws TGL_FILE_NOT_FOUND, TGL_DATA_SET_INVALID */
export async function readText(path: string): Promise<string> {
  await using file = await openRegularFile(path);
  const { size } = await file.stat();
  if (size > maxBytes)
    invalidData(
      { file: path, line: 1, column: 1 },
      `it has ${size} bytes`,
      `keep it below ${maxBytes} bytes`,
    );
  return decode(await file.readFile(), path);
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return decodeStrictly(bytes);
  } catch {
    const { line, column } = firstInvalid(bytes);
    return invalidData({ file, line, column }, 'it is not UTF-8 from here on', 'save the file as UTF-8');
  }
}

function decodeStrictly(bytes: Uint8Array): string {
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Decodes line by line, since a line feed is never part of a longer character. */
function firstInvalid(bytes: Uint8Array): { readonly line: number; readonly column: number } {
  let start = 0;
  for (let line = 1; ; line++) {
    const feed = bytes.indexOf(0x0a, start);
    const end = feed < 0 ? bytes.length : feed;
    try {
      decodeStrictly(bytes.subarray(start, end));
    } catch {
      const text = new TextDecoder().decode(bytes.subarray(start, end));
      return { line, column: text.indexOf('\uFFFD') + 1 };
    }
    if (feed < 0) return { line, column: 1 };
    start = feed + 1;
  }
}
