// What does the guard find, what does it cost, and whom does it accuse? Simulated weeks of accounts: clients of ServeGen's
// DeepSeek-R1 traffic, prompts of public data and generated ones, scored and decided by `src/guard`, with sources of text, clients
// and prompts of extraction kept apart between training, calibration and report. Then what watching costs beside the MMD window
// test. TIEGEL_DATA names the validation data. `--rotations N` (5), `--weeks N` honest weeks a class, row and rotation (600),
// `--longest N` requests of an account (3000), `--population N` honest accounts that a thief's third as many are hidden among, in the first
// rotation (3000).
import { parseArgs } from 'node:util';
import { type BenchResult, rounded } from './bench.ts';
import { countRotation, emptyTally, figuresOf } from './guard/detection.ts';
import { honestTexts } from './guard/honest-texts.ts';
import { classes } from './guard/kinds.ts';
import { foldsOf, rotate, type World } from './guard/rotation.ts';
import { measureSpeed } from './guard/speed.ts';
import { sybilFigures } from './guard/sybil.ts';
import { dataDirectory, worldOf } from './guard/world.ts';

/** @see BenchResult */
export async function bench(args: readonly string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rotations: { type: 'string', default: '5' },
      weeks: { type: 'string', default: '600' },
      longest: { type: 'string', default: '3000' },
      population: { type: 'string', default: '3000' },
    },
  });
  const [rotations, weeks] = [Number(values.rotations), Number(values.weeks)];
  const data = dataDirectory();
  const speed = measureSpeed(honestTexts(data));
  const world = worldOf(data, Number(values.longest));
  printSplit(world);
  const tally = emptyTally();
  let sybil: Record<string, number> = {};
  for (let index = 0; index < rotations; index++) {
    const rotation = rotate(world, index);
    if (index === 0)
      sybil = sybilFigures(rotation, {
        honest: Number(values.population),
        thieves: Number(values.population) / 3,
      });
    countRotation(tally, rotation, index, { honest: weeks, thieves: Math.ceil(weeks / 8) });
    process.stderr.write(`rotation ${index + 1} of ${rotations}: ${JSON.stringify(figuresOf(tally))}\n`);
  }
  for (const [kind, { weeks: seen, asks, measures }] of tally.kinds)
    if (asks > 0) process.stderr.write(`${kind}: ${asks} asked, ${measures} measured of ${seen} weeks\n`);
  return {
    ratios: { eventsPerCoreSecondOverMmd: rounded(speed.eventsPerCoreSecond / speed.mmdEventsPerCoreSecond) },
    figures: {
      ...figuresOf(tally),
      ...sybil,
      honestKinds: world.tenants.length,
      eventsPerCoreSecond: Math.round(speed.eventsPerCoreSecond),
      mmdEventsPerCoreSecond: Math.round(speed.mmdEventsPerCoreSecond),
      observedMedianMs: rounded(speed.medianMs),
      observed99thMs: rounded(speed.percentile99Ms),
      bytesPerAccount: speed.bytesPerAccount,
    },
    rounds: rotations,
  };
}

function printSplit({ tenants, clients, library }: World): void {
  const folds = foldsOf(tenants);
  for (const useClass of classes) {
    const its = tenants.filter((tenant) => tenant.useClass === useClass);
    const perFold = [0, 1, 2, 3, 4].map(
      (fold) => its.filter(({ source }) => folds.get(source) === fold).length,
    );
    process.stderr.write(
      `${useClass}: ${its.length} kinds of ${new Set(its.map(({ source }) => source)).size} sources, by fold ${perFold.join(', ')}\n`,
    );
  }
  const perThird = [0, 1, 2].map((third) => clients.filter(({ id }) => id % 3 === third).length);
  process.stderr.write(
    `${clients.length} clients, by third ${perThird.join(', ')}; ${library.all.length} prompts. In rotation r, the fold f of sources trains where f + r is 0 or 1 modulo 5, calibrates where it is 2 or 3, and is new where it is 4.\n`,
  );
}
