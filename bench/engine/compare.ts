// Rounds in which two sides do the same work in turns, and which of them count. A round in which others took more than a tenth
// of the machine on either side counts for neither; where too many are disturbed, so that nothing would be known at all, the
// rest of them counts as it is and is said to have been disturbed.
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/base/index.ts';
import { machineTime, wasDisturbed } from '../../src/engine/speed/disturbance.ts';
import { median, rounded } from '../bench.ts';

/** So many rounds may be disturbed for each that counts. */
const disturbedPerRound = 3;

export type ComparedSide = {
  /** Processor time that its processes have taken so far; null where the system does not tell. */
  readonly cpuMilliseconds: () => number | null;
};

export type Effort = {
  /** Rounds that count. */
  readonly rounds: number;
  /** No round begins after so many seconds, but for the first one. */
  readonly seconds: number;
};

/** What was measured of one side, and the processor time that it took, where that is known. */
export type Sample<Measured> = {
  readonly measured: Measured;
  readonly cpuMilliseconds: number | null;
  readonly disturbed: boolean;
};

export type Round<Measured> = { readonly ours: Sample<Measured>; readonly theirs: Sample<Measured> };

export type Comparison<Measured> = {
  readonly counted: readonly Round<Measured>[];
  readonly discarded: number;
  /** Of those that count. */
  readonly disturbed: number;
};

export type Telling<Measured> = {
  /** Of one side in one round. */
  readonly shown: (measured: Measured) => string;
  /** What is known after each round, so that a run that is cut short has figures all the same. */
  readonly soFar: (comparison: Comparison<Measured>) => string;
};

export async function compare<Side extends ComparedSide, Measured>(
  what: string,
  [ours, theirs]: readonly [Side, Side],
  { rounds, seconds }: Effort,
  measure: (side: Side) => Promise<Measured>,
  { shown, soFar }: Telling<Measured>,
): Promise<Comparison<Measured>> {
  const until = systemClock.monotonic() + seconds * 1000;
  const counted: Round<Measured>[] = [];
  const discarded: Round<Measured>[] = [];
  let disturbed = 0;
  for (let round = 0; counted.length < rounds; round++) {
    if (round > 0 && systemClock.monotonic() > until) break;
    const first = round % 2 === 0 ? await sample(ours, theirs, measure) : undefined;
    const other = await sample(theirs, ours, measure);
    const own = first ?? (await sample(ours, theirs, measure));
    const isDisturbed = own.disturbed || other.disturbed;
    process.stderr.write(
      `  ${what} round ${round + 1}: ours ${shown(own.measured)}, theirs ${shown(other.measured)}${isDisturbed ? ', disturbed by other work' : ''}\n`,
    );
    const isDiscarded = isDisturbed && discarded.length < disturbedPerRound * rounds;
    (isDiscarded ? discarded : counted).push({ ours: own, theirs: other });
    if (isDisturbed && !isDiscarded) disturbed++;
    process.stderr.write(`    so far: ${soFar(comparisonOf(counted, discarded, disturbed))}\n`);
  }
  return comparisonOf(counted, discarded, disturbed);
}

function comparisonOf<Measured>(
  counted: readonly Round<Measured>[],
  discarded: readonly Round<Measured>[],
  disturbed: number,
): Comparison<Measured> {
  // Where there was no quiet round, the others are all there is.
  if (counted.length === 0) return { counted: discarded, discarded: 0, disturbed: discarded.length };
  return { counted, discarded: discarded.length, disturbed };
}

/** The median of a ratio over rounds with its lowest and highest value, as members of `figures` under `key`. */
export function ratioWithSpread<Measured>(
  key: string,
  { counted, discarded, disturbed }: Comparison<Measured>,
  ratioOf: (round: Round<Measured>) => number,
): { readonly ratio: number; readonly figures: Readonly<Record<string, number>> } {
  const ratios = counted.map(ratioOf);
  const figures = {
    [`${key}Lowest`]: rounded(Math.min(...ratios)),
    [`${key}Highest`]: rounded(Math.max(...ratios)),
    [`${key}Rounds`]: ratios.length,
    [`${key}Discarded`]: discarded,
    [`${key}Disturbed`]: disturbed,
  };
  return { ratio: rounded(median(ratios)), figures };
}

async function sample<Side extends ComparedSide, Measured>(
  side: Side,
  other: Side,
  measure: (side: Side) => Promise<Measured>,
): Promise<Sample<Measured>> {
  await atRest(other);
  const machine = machineTime();
  const before = side.cpuMilliseconds();
  const measured = await measure(side);
  const after = side.cpuMilliseconds();
  const cpuMilliseconds = before === null || after === null ? null : after - before;
  return { measured, cpuMilliseconds, disturbed: wasDisturbed(machine, machineTime(), cpuMilliseconds) };
}

/** llama-server's threads wait for more work in a loop, for half a second, on a core that the other side needs. */
async function atRest(side: ComparedSide): Promise<void> {
  let before = side.cpuMilliseconds();
  while (before !== null) {
    await pause(100);
    const after = side.cpuMilliseconds();
    if (after === null || after - before < 10) return;
    before = after;
  }
}
