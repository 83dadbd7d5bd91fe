// `tiegel guard calibrate`: a calibration on honest traffic, signed and in force on every server of the store within seconds.
import { digestOfFile, TiegelError, writeFileAtomically } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import {
  type Calibration,
  calibrateClasses,
  collectLimits,
  honestWeeksOf,
  shippedGuardScore,
  weeksNeeded,
} from '../guard/index.ts';
import { calibrateOnObserved, signCalibration } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { replayFile } from './traffic-log.ts';
import { type StoreFlags, withStore } from './with-store.ts';

type CalibrateFlags = StoreFlags & { readonly rate?: string; readonly out?: string };

const usualRate = 0.001;

export async function runGuardCalibrate(
  context: CommandContext,
  file: string | undefined,
  flags: CalibrateFlags,
): Promise<ExitCode> {
  const { terminal, environment, clock } = context;
  const rate = rateOf(flags.rate);
  const score = shippedGuardScore();
  const onLog = file === undefined ? undefined : await calibrateOnLog(context, file, rate);
  return withStore(context, flags, async ({ store, author }) => {
    const calibration = onLog ?? (await calibrateOnObserved(store, score, { clock, rate }));
    const classes = Object.entries(calibration.classes);
    if (classes.length === 0)
      throw new TiegelError('TGL_USAGE', {
        problem:
          'No finished week of a class that is judged has ten requests; there is nothing to calibrate on.',
      });
    const { attestations } = openCatalog({ home: environment.home, clock });
    const envelope = signCalibration(attestations, calibration);
    const version = await store.guard.addCalibration(envelope, author);
    if (flags.out !== undefined) writeFileAtomically(flags.out, envelope);
    terminal.print(`Calibration ${version} on ${calibration.traffic.weeks} weeks, rate ${rate}`);
    const needed = weeksNeeded(rate);
    for (const [useClass, { maxima, kinds }] of classes)
      terminal.print(
        `  ${useClass}: ${maxima.length} honest weeks of ${kinds.length} kinds${maxima.length < needed ? `; nothing can alarm before there are ${needed}` : ''}`,
      );
    terminal.result({ version, rate, needed, classes: classesOf(calibration), out: flags.out ?? null });
    return 0;
  });
}

function classesOf({ classes }: Calibration): object {
  return Object.fromEntries(
    Object.entries(classes).map(([useClass, { maxima, kinds, margin }]) => [
      useClass,
      { honestWeeks: maxima.length, kinds, margin },
    ]),
  );
}

async function calibrateOnLog({ clock }: CommandContext, file: string, rate: number): Promise<Calibration> {
  const score = shippedGuardScore();
  const linkage = collectLimits();
  const weeks = await replayFile(file, score, linkage.look);
  const observed = weeks.map((week) => ({ ...week, looks: week.looks.map(({ look }) => look) }));
  const traffic = { source: 'log', weeks: weeks.length, digest: await digestOfFile(file) } as const;
  const made = new Date(clock.now()).toISOString();
  return calibrateClasses(score, honestWeeksOf(observed), {
    ...{ made, rate, traffic },
    ...linkage.limits(),
  });
}

/** @throws TGL_USAGE */
function rateOf(text: string | undefined): number {
  const rate = text === undefined ? usualRate : Number(text);
  if (rate > 0 && rate <= 0.2) return rate;
  throw new TiegelError('TGL_USAGE', { problem: `--rate is a number above 0 and up to 0.2; got ${text}.` });
}
