// The shipped model behind the embedded engine as a server that is watched, and which goes on with the same file or with a copy of it in
// another type.
import { mkdtempDisposableSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simulateWatch } from '../../src/assess/recognition/simulation.ts';
import { createLlamaEngine, type LlamaEngine } from '../../src/engine/index.ts';
import {
  openGguf,
  tensorStretches,
  tiegelTemplate,
  type WritableType,
  writeGguf,
} from '../../src/formats/index.ts';

const shipped = join(import.meta.dirname, '..', '..', 'models', 'tiegel-nano', 'tiegel-nano.q8_0.gguf');

/** Questions from the change until it was withdrawn, null where it was not within so many, of each simulation. */
export async function watchShipped(
  becomes: WritableType | 'same',
  simulations: number,
  within: number,
): Promise<readonly (number | null)[]> {
  using directory = mkdtempDisposableSync(join(tmpdir(), 'tiegel-recognition-'));
  const path = becomes === 'same' ? shipped : copyIn(join(directory.path, 'copy.gguf'), becomes);
  await using admitted = await engineOf(shipped);
  await using other = await engineOf(path);
  const found: (number | null)[] = [];
  for (let seed = 0; seed < simulations; seed++) {
    const after = 20 * (seed % 5);
    let answering = admitted;
    found.push(
      await simulateWatch(seed, {
        ...{ after, questions: after + within, hasProbabilities: true, template: tiegelTemplate },
        engine: () => answering,
        onChange: () => {
          answering = other;
        },
      }),
    );
  }
  return found;
}

function engineOf(modelPath: string): Promise<LlamaEngine> {
  return createLlamaEngine({ model: 'nano', modelPath, compared: [], slots: 1, contextLength: 512 });
}

/** The copy in that type. */
function copyIn(path: string, type: WritableType): string {
  using gguf = openGguf(shipped);
  const tensors = gguf.tensors.map(({ name, shape, ...tensor }) => {
    const stretches = [...tensorStretches(gguf, { name, shape, ...tensor })];
    return { name, shape, type, data: Float32Array.from(stretches.flatMap((stretch) => [...stretch])) };
  });
  writeGguf(path, { metadata: gguf.metadata, tensors });
  return path;
}
