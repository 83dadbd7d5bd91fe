// The progress of long work as one line: how much is done, at what rate, and how long the rest will take. All commands
// show it by this, whatever they count.
import { type Clock, type Progress, progressMeter } from '../base/index.ts';
import type { WorkProgress } from '../host/index.ts';
import { duration, formatBytes, type Terminal } from './terminal.ts';

/** Milliseconds between two updates of the same work. */
const pause = 200;

type Current = {
  readonly doing: string;
  readonly total: number | undefined;
  readonly began: number;
  readonly measure: (done: number) => Progress;
};

/**
 * A function to be called as work goes on, and with null once it is over. Work of another name or total is measured anew.
 * Work that is not counted shows every second how long it has taken so far, until it is over.
 */
export function createProgressDisplay({
  terminal,
  clock,
}: {
  readonly terminal: Pick<Terminal, 'progress' | 'clearProgress'>;
  readonly clock: Clock;
}): (work: WorkProgress | null) => void {
  let current: Current | undefined;
  let shown = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  return (work) => {
    clearInterval(timer);
    if (work === null) {
      current = undefined;
      terminal.clearProgress();
      return;
    }
    const { doing, count, detail } = work;
    const total = count?.total;
    const now = clock.monotonic();
    if (current?.doing !== doing || current.total !== total) {
      current = { doing, total, began: now, measure: progressMeter(clock, total ?? 0) };
      shown = Number.NEGATIVE_INFINITY;
    }
    const { began, measure } = current;
    const ending = detail === undefined ? '' : ` · ${detail}`;
    if (count === undefined) {
      const show = (): void =>
        terminal.progress(`${doing} … ${duration((clock.monotonic() - began) / 1000)}${ending}`);
      show();
      timer = setInterval(show, 1000).unref();
      return;
    }
    const measured = measure(count.done);
    if (now - shown < pause) return;
    shown = now;
    const secondsLeft = count.secondsLeft ?? measured.secondsLeft;
    terminal.progress(`${doing}: ${progressText({ ...measured, secondsLeft }, count.unit)}${ending}`);
  };
}

function progressText({ done, total, perSecond, secondsLeft }: Progress, unit: string): string {
  const left = secondsLeft === null ? '' : `, ${duration(secondsLeft)} left`;
  const percent = `${Math.floor((100 * done) / Math.max(1, total))} %`;
  if (unit === 'percent') return `${percent}${left}`;
  const amount = (value: number): string => (unit === 'bytes' ? formatBytes(value) : String(value));
  const counted = unit === 'bytes' ? '' : ` ${unit}`;
  const rate = perSecond === null ? '' : `, ${rateText(perSecond, unit)}`;
  return `${amount(done)} of ${amount(total)}${counted} (${percent})${rate}${left}`;
}

function rateText(perSecond: number, unit: string): string {
  if (unit === 'bytes') return `${formatBytes(perSecond)}/s`;
  return perSecond >= 1 ? `${perSecond.toFixed(1)}/s` : `${(60 * perSecond).toFixed(1)}/min`;
}
