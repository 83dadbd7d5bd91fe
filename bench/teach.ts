// Training speed, in three parts. Tokens per CPU-second of one whole step (forward, backward, AdamW) of our model, with and
// without the native addon, of PyTorch on one thread and of jax-js: same model, same start, same batch, and the bench
// checks that all see the same loss. Steps by the clock of two workers over one. Batched decoding over node-llama-cpp by
// CPU time. Sides run one at a time, in alternating rounds. PyTorch is as fast as its BLAS. Where only the unoptimised
// reference BLAS is installed (Debian's default) the ratio flatters us: `torchGemmGflops` and a warning on stderr say so.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../src/base/index.ts';
import { createModel, initialise, type ModelShape } from '../src/teach/model.ts';
import { createTensorRuntime } from '../src/tensor/index.ts';
import { type BenchResult, median, rounded } from './bench.ts';
import type { Problem } from './teach/problem.ts';
import { type Side, startSide } from './teach/side.ts';
import { scaleWorkers } from './teach/workers.ts';

const rounds = 5;
const batch = 16;
const length = 128;
const shape: ModelShape = {
  vocabularySize: 512,
  width: 192,
  layers: 4,
  heads: 6,
  keyValueHeads: 2,
  feedForward: 512,
  contextLength: 128,
  ropeBase: 10000,
  normEpsilon: 1e-6,
};

/** The speeds of one round, by the name of the side. */
type Round<Name extends string> = Readonly<Partial<Record<Name, number>>>;

export async function bench(): Promise<BenchResult> {
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-bench-'));
  try {
    await writeProblem(directory);
    const steps = await part('steps', () => measureSteps(directory));
    // The clock also hears what else the machine does: more rounds.
    const scaling = await part('workers', () => scaleWorkers(directory, 2 * rounds));
    const decoding = await part('decoding', measureDecoding);
    const ofSteps = steps?.measured ?? [];
    return {
      ratios: {
        wasmOverTorch: ratio(ofSteps, 'wasm', 'torch'),
        nativeOverTorch: ratio(ofSteps, 'native', 'torch'),
        wasmOverJaxJs: ratio(ofSteps, 'wasm', 'jaxJs'),
        twoWorkersOverOne: middle(scaling?.map(({ byClock }) => byClock)),
        decodeOverNodeLlamaCpp: ratio(decoding ?? [], 'ours', 'llama'),
      },
      figures: {
        wasmTokensPerCpuSecond: figure(ofSteps, 'wasm'),
        nativeTokensPerCpuSecond: figure(ofSteps, 'native'),
        torchTokensPerCpuSecond: figure(ofSteps, 'torch'),
        jaxJsTokensPerCpuSecond: figure(ofSteps, 'jaxJs'),
        torchGemmGflops: middle(steps?.torchGemmGflops ? [steps.torchGemmGflops] : []),
        twoWorkersTokensPerCpuSecondOverOne: middle(scaling?.map(({ byCpu }) => byCpu)),
        decodeTokensPerCpuSecond: figure(decoding ?? [], 'ours'),
        nodeLlamaCppTokensPerCpuSecond: figure(decoding ?? [], 'llama'),
        loadAverage: rounded(loadavg()[0] as number),
      },
      rounds,
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** A part that fails says why on stderr and leaves its figures out; the others go on. */
async function part<Result>(name: string, measure: () => Promise<Result>): Promise<Result | undefined> {
  try {
    return await measure();
  } catch (error) {
    process.stderr.write(`not measured: ${name}: ${(error as Error).message}\n`);
    return undefined;
  }
}

function middle(values: readonly number[] = []): number | null {
  return values.length === 0 ? null : rounded(median(values));
}

function figure<Name extends string>(measured: readonly Round<Name>[], name: Name): number | null {
  return middle(measured.map((round) => round[name]).filter((speed) => speed !== undefined));
}

function ratio<Name extends string>(
  measured: readonly Round<Name>[],
  ours: Name,
  theirs: Name,
): number | null {
  const both = measured.filter((round) => round[ours] !== undefined && round[theirs] !== undefined);
  return middle(both.map((round) => (round[ours] as number) / (round[theirs] as number)));
}

async function writeProblem(directory: string): Promise<void> {
  const model = createModel(await createTensorRuntime({ bytes: 2 ** 27 }), shape);
  const random = seededRandom(1);
  initialise(model, random);
  const problem: Problem = {
    shape,
    batch,
    length,
    learningRate: 1e-3,
    beta1: 0.9,
    beta2: 0.95,
    epsilon: 1e-8,
    weightDecay: 0.1,
    parameters: [...model.parameters.tensors.values()].map(({ name, shape: dimensions }) => ({
      name,
      shape: dimensions,
    })),
  };
  const tokens = (): Int32Array =>
    Int32Array.from({ length: batch * length }, () => random.integer(0, shape.vocabularySize - 1));
  writeFileSync(join(directory, 'problem.json'), JSON.stringify(problem));
  writeFileSync(join(directory, 'parameters.bin'), model.parameters.values);
  writeFileSync(join(directory, 'tokens.bin'), tokens());
  writeFileSync(join(directory, 'targets.bin'), tokens());
}

const script = (name: string): string => join(import.meta.dirname, 'teach', name);

type StepSide = 'wasm' | 'native' | 'torch' | 'jaxJs';

async function measureSteps(
  directory: string,
): Promise<{ readonly measured: readonly Round<StepSide>[]; readonly torchGemmGflops: number | null }> {
  const sides = new Map<StepSide, Side>();
  const start = async (name: StepSide, command: string, ...args: string[]): Promise<void> => {
    const side = sides.has(name) ? undefined : await startSide(command, args);
    if (side) sides.set(name, side);
  };
  try {
    await start('wasm', process.execPath, script('wasm.ts'), directory);
    await start('native', process.execPath, script('wasm.ts'), directory, 'native');
    await start('torch', '/usr/bin/python3', script('pytorch.py'), directory);
    await start('torch', 'python3', script('pytorch.py'), directory);
    await start('jaxJs', process.execPath, script('jax.ts'), directory);
    const first: number[] = [];
    for (const side of sides.values()) first.push((await side.step()).result);
    const apart = Math.max(...first) - Math.min(...first);
    if (apart > 1e-4) throw new Error(`the sides do not compute the same loss: ${first.join(', ')}`);
    const measured = await alternate(sides, (side) =>
      side.step().then(({ cpuSeconds }) => (batch * length) / cpuSeconds),
    );
    return { measured, torchGemmGflops: sides.get('torch')?.gemmGflops ?? null };
  } finally {
    for (const side of sides.values()) side.process.kill();
  }
}

type DecodingSide = 'ours' | 'llama';

async function measureDecoding(): Promise<readonly Round<DecodingSide>[]> {
  const sides = new Map<DecodingSide, Side>();
  try {
    for (const name of ['ours', 'llama'] as const) {
      const side = await startSide(process.execPath, [script('decode.ts'), name]);
      if (side) sides.set(name, side);
    }
    for (const side of sides.values()) await side.step();
    return await alternate(sides, (side) =>
      side.step().then(({ result, cpuSeconds }) => result / cpuSeconds),
    );
  } finally {
    for (const side of sides.values()) side.process.kill();
  }
}

/** Tokens per CPU-second of every side in every round; another side begins each. */
async function alternate<Name extends string>(
  sides: ReadonlyMap<Name, Side>,
  speedOf: (side: Side) => Promise<number>,
): Promise<readonly Round<Name>[]> {
  const entries = [...sides];
  const measured: Round<Name>[] = [];
  for (let round = 0; round < rounds; round++) {
    const speeds: Partial<Record<Name, number>> = {};
    for (const place of entries.keys()) {
      const [name, side] = entries[(place + round) % entries.length] as [Name, Side];
      speeds[name] = await speedOf(side);
    }
    measured.push(speeds);
    const line = entries.map(([name]) => `${name} ${speeds[name]?.toFixed(0)}`).join(', ');
    process.stderr.write(`round ${round + 1} of ${rounds}, tokens per CPU-second: ${line}\n`);
  }
  return measured;
}
