// Progress of work that counts its parts: how many are done, at what rate, and how long the rest will take.
import { type Clock, type Progress, progressMeter } from '../base/index.ts';
import { duration, type Terminal } from './terminal.ts';

/**
 * Shows parts of a work on the terminal. What is done may change on the way, such as from one probe to the next, and
 * is then counted anew.
 *
 * @param unit what is counted, in the plural
 */
export function countedProgress(
  { terminal, clock }: { readonly terminal: Pick<Terminal, 'progress'>; readonly clock: Clock },
  unit: string,
): (doing: string, done: number, total: number) => void {
  let current: { readonly doing: string; readonly measure: ReturnType<typeof progressMeter> } | undefined;
  return (doing, done, total) => {
    if (current?.doing !== doing) current = { doing, measure: progressMeter(clock, total) };
    terminal.progress(`${doing}: ${progressText(current.measure(done), unit)}`);
  };
}

function progressText({ done, total, perSecond, secondsLeft }: Progress, unit: string): string {
  const share = `${done} of ${total} ${unit} (${Math.floor((100 * done) / Math.max(1, total))} %)`;
  if (perSecond === null || secondsLeft === null) return share;
  const [rate, per] = perSecond >= 1 ? [perSecond, 's'] : [60 * perSecond, 'min'];
  return `${share}, ${rate.toFixed(1)}/${per}, ${duration(secondsLeft)} left`;
}
