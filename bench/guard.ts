// What does the guard find, what does it cost, and whom does it accuse? Simulated weeks of accounts: clients of ServeGen's
// DeepSeek-R1 traffic, prompts of public data and generated ones, scored and decided by `src/guard`, with sources of text, clients
// and prompts of extraction kept apart between training, calibration and report. Then what watching costs beside the MMD window
// test. TIEGEL_DATA names the validation data. `--rotations N` (5), `--weeks N` honest weeks a class, row and rotation (600),
// `--longest N` requests of an account (3000).
import { parseArgs } from 'node:util';
import { type BenchResult, rounded } from './bench.ts';
import { createLibrary } from './guard/accounts.ts';
import { readClients } from './guard/clients.ts';
import { countRotation, emptyTally, figuresOf } from './guard/detection.ts';
import { type Corpus, corpora, extractionPrompts, type Wrapping, wrappers } from './guard/extraction.ts';
import { honestTexts } from './guard/honest-texts.ts';
import { classes, honestKinds } from './guard/kinds.ts';
import { foldsOf, rotate, type Stolen, type World } from './guard/rotation.ts';
import { measureSpeed } from './guard/speed.ts';

/** @see BenchResult */
export async function bench(args: readonly string[]): Promise<BenchResult> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rotations: { type: 'string', default: '5' },
      weeks: { type: 'string', default: '600' },
      longest: { type: 'string', default: '3000' },
    },
  });
  const [rotations, weeks] = [Number(values.rotations), Number(values.weeks)];
  const data = dataDirectory();
  const speed = measureSpeed(honestTexts(data));
  const world = worldOf(data, Number(values.longest));
  printSplit(world);
  const tally = emptyTally();
  for (let index = 0; index < rotations; index++) {
    countRotation(tally, rotate(world, index), index, { honest: weeks, thieves: Math.ceil(weeks / 8) });
    process.stderr.write(`rotation ${index + 1} of ${rotations}: ${JSON.stringify(figuresOf(tally))}\n`);
  }
  for (const [kind, { weeks: seen, asks, measures }] of tally.kinds)
    if (asks > 0) process.stderr.write(`${kind}: ${asks} asked, ${measures} measured of ${seen} weeks\n`);
  return {
    ratios: { eventsPerCoreSecondOverMmd: rounded(speed.eventsPerCoreSecond / speed.mmdEventsPerCoreSecond) },
    figures: {
      ...figuresOf(tally),
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

function worldOf(data: string, mostRequests: number): World {
  const library = createLibrary();
  const tenants = honestKinds(data).map((kind) => ({ ...kind, prompts: library.add(kind.prompts) }));
  const half = (which: 0 | 1): Stolen => {
    const prompts = extractionPrompts(data, which);
    const wrapped = (corpus: Corpus, wrapping: Wrapping) =>
      wrappers[wrapping].map((wrap) => library.add(prompts[corpus].map(wrap)));
    return Object.fromEntries(
      corpora.map((corpus) => [
        corpus,
        {
          none: wrapped(corpus, 'none'),
          known: wrapped(corpus, 'known'),
          unknown: which === 0 ? [] : wrapped(corpus, 'unknown'),
        },
      ]),
    ) as unknown as Stolen;
  };
  return {
    ...{ library, tenants, mostRequests },
    clients: readClients(data),
    stolen: [half(0), half(1)],
    // The fewest that allow an alarm at 0.001.
    calibrationWeeks: 1020,
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

function dataDirectory(): string {
  const { TIEGEL_DATA } = process.env;
  if (TIEGEL_DATA === undefined) throw new Error('Set TIEGEL_DATA to the directory of the validation data.');
  return TIEGEL_DATA;
}
