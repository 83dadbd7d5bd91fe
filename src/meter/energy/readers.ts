// Which readers account for this machine, each of its parts once and by what knows best: a reading of the whole machine stands
// before those of its parts, a measurement before a model, and what nobody can read is unknown.
import type { Clock } from '../../base/index.ts';
import { type Energy, type EnergyReader, type EnergySum, type SystemFiles, sumEnergy } from './energy.ts';
import { batteryReaders, hwmonReaders, nvidiaReaders, wallPlugReader } from './gauges.ts';
import { powercapReaders } from './powercap.ts';
import { type CoreWatts, processorTimeReader } from './processor-time.ts';

export type EnergySources = {
  readonly files: SystemFiles;
  readonly clock: Clock;
  /** @see nvidiaReaders */
  readonly nvidia?: () => Promise<string>;
  /** The operator's own measurement. */
  readonly wallPlug?: { readonly source: string; readonly ask: () => Promise<number> };
  /** For machines on which nothing can be read. */
  readonly model?: { readonly watts: CoreWatts; readonly processorSeconds: () => number };
};

/** A first reading is taken: what cannot be read now is left out for what can, and the reason is kept. */
export async function openEnergy(sources: EnergySources): Promise<EnergyMeter> {
  const { files, clock, nvidia, wallPlug, model } = sources;
  const plug = wallPlug === undefined ? [] : [wallPlugReader(wallPlug.source, wallPlug.ask, clock)];
  const failures: Energy[] = [];
  const working = async (readers: readonly EnergyReader[]): Promise<readonly EnergyReader[]> => {
    const first = await Promise.all(readers.map((reader) => reader.read()));
    failures.push(...first.filter(({ method }) => method === 'unknown'));
    return readers.filter((_, index) => first[index]?.method !== 'unknown');
  };
  const machine = await working([...plug, ...(plug.length > 0 ? [] : await batteryReaders(files, clock))]);
  const counters = await working(await powercapReaders(files, clock));
  const whole = [...machine, ...counters.filter(({ part }) => part === 'machine')].slice(0, 1);
  if (whole.length > 0) return meterOf(whole, []);
  const graphics = await working([
    ...(await hwmonReaders(files, clock)),
    ...(nvidia === undefined ? [] : await nvidiaReaders(nvidia, clock)),
  ]);
  const modelled =
    model === undefined ? [] : await working([processorTimeReader(model.watts, model.processorSeconds)]);
  const processor = counters.length > 0 ? counters : modelled;
  const readers = [...processor, ...graphics];
  const none: Energy = {
    method: 'unknown',
    source: 'this machine',
    reason: 'it shows no counter and no power',
  };
  return meterOf(readers, processor.length > 0 ? [] : failures.length > 0 ? failures : [none]);
}

export type EnergyMeter = {
  readonly sources: readonly string[];
  /** Of the whole machine as far as it is known, since it was opened. */
  readonly read: () => Promise<{ readonly parts: readonly Energy[]; readonly sum: EnergySum }>;
  /** Milliseconds between two readings at most. */
  readonly longestGapMs: number;
};

function meterOf(readers: readonly EnergyReader[], unknown: readonly Energy[]): EnergyMeter {
  return {
    sources: readers.map(({ source }) => source),
    longestGapMs: Math.min(...readers.map(({ longestGapMs }) => longestGapMs), Number.POSITIVE_INFINITY),
    read: async () => {
      const parts = [...(await Promise.all(readers.map((reader) => reader.read()))), ...unknown];
      return { parts, sum: sumEnergy(parts) };
    },
  };
}
