// Running average power limit (RAPL) through the Linux power capping framework: counters of microjoules for each processor
// package, its memory and, on some laptops, the whole platform (psys). A package contains its cores, so that core and uncore
// are left out; psys contains everything and replaces the packages. Since Linux 5.10 only root may read them.
import type { Clock } from '../../base/index.ts';
import { accumulateCounter } from './accumulate.ts';
import type { EnergyReader, SystemFiles } from './energy.ts';

const root = '/sys/class/powercap';

/** A 32-bit counter of 15.3 microjoules, the smallest there is, has come round after 65 kJ: 218 s at 300 W. */
const longestGapMs = 120_000;

type Zone = { readonly path: string; readonly name: string };

/**
 * One reader for each counter that is to be summed; none where the machine has none.
 *
 * @param files reading a counter without permission is told when it is read
 */
export async function powercapReaders(files: SystemFiles, clock: Clock): Promise<readonly EnergyReader[]> {
  const zones = await zonesOf(files);
  const platform = zones.filter(({ name }) => name === 'psys');
  const counted =
    platform.length > 0
      ? platform
      : zones.filter(({ name }) => name.startsWith('package') || name === 'dram');
  return counted.map(({ path, name }) => {
    const source = `powercap ${name}`;
    return {
      source,
      part: name === 'psys' ? 'machine' : 'processor',
      longestGapMs,
      read: accumulateCounter({ source, longestGapMs, clock }, async () => ({
        joules: (await microjoules(files, `${path}/energy_uj`)) / 1e6,
        range: (await microjoules(files, `${path}/max_energy_range_uj`)) / 1e6,
      })),
    };
  });
}

async function zonesOf(files: SystemFiles): Promise<readonly Zone[]> {
  const entries = await files.list(root).catch((): readonly string[] => []);
  const zones: Zone[] = [];
  for (const entry of entries.filter((name) => /^intel-rapl:\d+(:\d+)?$/.test(name)).toSorted()) {
    const path = `${root}/${entry}`;
    const name = await files.read(`${path}/name`).catch(() => null);
    if (name !== null) zones.push({ path, name: name.trim() });
  }
  return zones;
}

/** @throws with what to do where only root may read it */
async function microjoules(files: SystemFiles, file: string): Promise<number> {
  const text = await files.read(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EACCES' || error.code === 'EPERM')
      throw new Error(
        `${file} may be read by root only; a udev rule that gives it to a group (GROUP="power", MODE="0440") lets this user read it`,
      );
    throw error;
  });
  const value = Number(text.trim());
  if (!/^\d+$/.test(text.trim()) || !Number.isSafeInteger(value))
    throw new Error(
      `${file} holds ${JSON.stringify(text.trim().slice(0, 40))}, which is no count of microjoules`,
    );
  return value;
}
