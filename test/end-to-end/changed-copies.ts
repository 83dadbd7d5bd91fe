// Copies of a model in which something is different: valid files that nobody has assessed.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readTensor } from '../../src/formats/gguf/read-tensor.ts';
import { openGgufFile, type WritableType, writeGguf } from '../../src/formats/index.ts';

/** One of its weights is another one. */
export function damagedCopy(path: string): string {
  const bytes = readFileSync(path);
  // The last tensor is the output norm in F32: 1.0 in place of one of its values keeps every number finite.
  bytes.writeFloatLE(1, bytes.length - 4);
  const copy = copyPath();
  writeFileSync(copy, bytes);
  return copy;
}

/** The same weights as far as the type can hold them, and the same texts but for what is said of the template. */
export function rewrittenCopy(
  path: string,
  type: WritableType,
  template: (text: string) => string = (same) => same,
): string {
  using gguf = openGgufFile(path);
  const key = 'tokenizer.chat_template';
  const text = template(String(gguf.metadata.get(key)?.value));
  const copy = copyPath();
  writeGguf(copy, {
    metadata: new Map([...gguf.metadata, [key, { type: 'string', value: text }]]),
    tensors: gguf.tensors.map(({ name, shape }) => ({ name, shape, type, data: readTensor(gguf, name) })),
  });
  return copy;
}

function copyPath(): string {
  return join(mkdtempSync(join(tmpdir(), 'tiegel-copy-')), 'copy.gguf');
}
