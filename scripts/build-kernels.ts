// Compiles the tensor kernels (AssemblyScript) into the two binaries that are committed: `relaxed` uses fused
// multiply-add and a 6×8 tile, `plain` neither. The compiler runs in this process, so its version is the lockfile's.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import asc from 'assemblyscript/asc';

const kernels = join(import.meta.dirname, '..', 'src', 'tensor', 'kernels');

/** The bytes of one build; what the test compares with the committed file. */
export async function compileKernels(build: 'relaxed' | 'plain'): Promise<Uint8Array> {
  const features = ['--enable', 'simd', ...(build === 'relaxed' ? ['--enable', 'relaxed-simd'] : [])];
  const options = [
    '--optimizeLevel',
    '3',
    '--noAssert',
    '--runtime',
    'stub',
    '--importMemory',
    '--use',
    'abort=',
  ];
  const outputs = new Map<string, Uint8Array | string>();
  const { error, stderr } = await asc.main(
    ['index.ts', '--baseDir', kernels, '--outFile', 'kernels.wasm', ...features, ...options],
    { writeFile: (name, contents) => void outputs.set(name, contents) },
  );
  const binary = outputs.get('kernels.wasm');
  if (error || !(binary instanceof Uint8Array))
    throw new Error(`The kernels do not compile:\n${stderr.toString()}`);
  return binary;
}

if (import.meta.main) {
  mkdirSync(join(kernels, 'build'), { recursive: true });
  for (const build of ['relaxed', 'plain'] as const) {
    const binary = await compileKernels(build);
    writeFileSync(join(kernels, 'build', `${build}.wasm`), binary);
    process.stdout.write(`${build}.wasm: ${binary.length} bytes\n`);
  }
}
