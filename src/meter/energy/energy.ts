// Energy that was used, always with how it is known. What nobody could read is unknown, and never 0; a sum with an unknown part
// is "at least".

export type Energy =
  /** Read off a counter, or from power that was read often enough. */
  | { readonly method: 'measured'; readonly source: string; readonly joules: number }
  /** From a formula over inputs that are named; a range, since they are. */
  | { readonly method: 'modelled'; readonly source: string; readonly low: number; readonly high: number }
  | { readonly method: 'unknown'; readonly source: string; readonly reason: string };

export type EnergySum = {
  /** Joules. */
  readonly low: number;
  /** Null where a part is unknown: it is at least `low`. */
  readonly high: number | null;
  /** The weakest of its parts. */
  readonly method: Energy['method'];
};

const strength = { measured: 2, modelled: 1, unknown: 0 } as const;

/** The sum of energies of different parts of a machine or of different times; unknown where there are none. */
export function sumEnergy(parts: readonly Energy[]): EnergySum {
  let [low, high]: [number, number | null] = [0, 0];
  let method: Energy['method'] = parts.length === 0 ? 'unknown' : 'measured';
  for (const part of parts) {
    if (strength[part.method] < strength[method]) method = part.method;
    if (part.method !== 'unknown') low += part.method === 'measured' ? part.joules : part.low;
    if (high !== null)
      high = part.method === 'unknown' ? null : high + (part.method === 'measured' ? part.joules : part.high);
  }
  return { low, high: parts.length === 0 ? null : high, method };
}

/** What a reader accounts for, so that nothing is counted twice. */
export type EnergyPart = 'processor' | 'graphics' | 'machine';

export type EnergyReader = {
  /** Such as `powercap package-0`. */
  readonly source: string;
  readonly part: EnergyPart;
  /**
   * Joules since the first reading, which gives 0. Counters that wrap have to be read before they have come round, power often
   * enough for what it is to show; how often says {@link EnergyReader.longestGapMs}.
   *
   * @returns what is known; a reading that fails makes the time since the one before it unknown, for good
   */
  readonly read: () => Promise<Energy>;
  /** Milliseconds between two readings at most. */
  readonly longestGapMs: number;
};

/** Files of the system, as far as readers need them. Errors have the codes of Node's file system. */
export type SystemFiles = {
  /** @throws where there is no such directory */
  readonly list: (directory: string) => Promise<readonly string[]>;
  /** @throws where it cannot be read */
  readonly read: (file: string) => Promise<string>;
};
