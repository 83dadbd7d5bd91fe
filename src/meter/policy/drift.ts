// Whether what a calibrated strategy does has changed since: how often it settles a question (a vote that ends early, an answer that
// passes or is sure, thinking that is ended) beside how often it did on the tasks that it was selected on. It is looked at after
// every reply, so that both tests are e-values, which may be.
import { testRate, wilsonInterval } from '../../stats/index.ts';

/** How often it settled a question when it was calibrated, over so many of them. */
export type SettledShare = { readonly share: number; readonly tasks: number };

export type Drift = 'settles fewer' | 'settles more';

export type DriftWatch = {
  readonly add: (settled: boolean) => void;
  /** Null while nothing shows it; what has been found once stays. */
  readonly found: () => Drift | null;
};

/** Of a false alarm in either direction, however long it is watched, where the share lies within its interval. */
const alpha = 0.005;

/** The share is known no better than by its 95 % interval, so that it has drifted where it lies outside that. */
export function watchDrift({ share, tasks }: SettledShare): DriftWatch {
  const { lower, upper } = wilsonInterval(Math.round(share * tasks), tasks);
  const fewer = lower > 0 ? testRate('below', lower) : undefined;
  const more = upper < 1 ? testRate('above', upper) : undefined;
  const isShown = (test: typeof fewer): boolean => (test?.logEvidence() ?? 0) >= Math.log(1 / alpha);
  let found: Drift | null = null;
  return {
    add: (settled) => {
      fewer?.add(Number(settled));
      more?.add(Number(settled));
      found ??= isShown(fewer) ? 'settles fewer' : isShown(more) ? 'settles more' : null;
    },
    found: () => found,
  };
}
