// Draws samples of one question in waves and looks at them in the order in which they were begun. Once enough is known, what
// still runs is aborted. Who draws counts what each sample used, the aborted ones included.

/** Begins a sample; aborting the signal ends it, and what it used up to then counts. */
export type DrawSample<Sample> = (index: number, signal: AbortSignal) => Promise<Sample>;

export type Drawing<Sample> = {
  readonly draw: DrawSample<Sample>;
  /** Samples that there are at most. */
  readonly most: number;
  /** How many are begun together, wave by wave; the last size goes on. @default one by one */
  readonly waves?: readonly number[];
  /** Whether another wave may begin: false where a limit on tokens, time or money is reached. @default always */
  readonly mayGoOn?: () => boolean;
};

export type Drawn<Sample> = {
  /** Those that were looked at, in their order. */
  readonly samples: readonly Sample[];
  /** Samples that were begun. */
  readonly begun: number;
  readonly stoppedBy: 'rule' | 'most' | 'limit';
};

/**
 * Draws until `enough` says so.
 *
 * @param enough is asked after each sample, with all that were looked at
 * @throws what drawing a sample throws, once everything else is aborted and has ended; TypeError for less than one sample
 */
export async function drawSamples<Sample>(
  { draw, most, waves = [1], mayGoOn = () => true }: Drawing<Sample>,
  enough: (samples: readonly Sample[]) => boolean,
  signal: AbortSignal,
): Promise<Drawn<Sample>> {
  if (!(most >= 1 && waves.length > 0 && waves.every((size) => size >= 1)))
    throw new TypeError(`cannot draw ${most} samples in waves of ${waves.join(', ')}`);
  const samples: Sample[] = [];
  let begun = 0;
  for (let wave = 0; begun < most; wave++) {
    if (begun > 0 && !mayGoOn()) return { samples, begun, stoppedBy: 'limit' };
    const size = Math.min(waves[Math.min(wave, waves.length - 1)] as number, most - begun);
    const ended = await drawWave(
      draw,
      begun,
      size,
      (sample) => {
        samples.push(sample);
        return enough(samples);
      },
      signal,
    );
    begun += size;
    if (ended) return { samples, begun, stoppedBy: 'rule' };
  }
  return { samples, begun, stoppedBy: 'most' };
}

/** Whether a sample of the wave was enough. Nothing of it runs any more when this has returned or thrown. */
async function drawWave<Sample>(
  draw: DrawSample<Sample>,
  from: number,
  size: number,
  isEnough: (sample: Sample) => boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const rest = new AbortController();
  const either = AbortSignal.any([signal, rest.signal]);
  const running = Array.from({ length: size }, (_, index) => draw(from + index, either));
  try {
    for (const sample of running) if (isEnough(await sample)) return true;
    return false;
  } finally {
    rest.abort();
    await Promise.allSettled(running);
  }
}
