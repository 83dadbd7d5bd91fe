// A copy of a model whose last weights are changed: a valid file that nobody has assessed.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function damagedCopy(path: string): string {
  const bytes = readFileSync(path);
  // The last tensor is the output norm in F32: 1.0 in place of one of its values keeps every number finite.
  bytes.writeFloatLE(1, bytes.length - 4);
  const copy = join(mkdtempSync(join(tmpdir(), 'tiegel-copy-')), 'copy.gguf');
  writeFileSync(copy, bytes);
  return copy;
}
