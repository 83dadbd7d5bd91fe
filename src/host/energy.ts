// The energy that this machine uses, from what it shows of itself.
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Clock } from '../base/index.ts';
import { type CoreWatts, type EnergyMeter, openEnergy, type SystemFiles } from '../meter/index.ts';

const files: SystemFiles = {
  list: (directory) => readdir(directory),
  read: (file) => readFile(file, 'utf8'),
};

const query = ['--query-gpu=uuid,power.draw,mig.mode.current', '--format=csv,noheader,nounits'];

/** A tool that does not answer must not hold up what is measured. */
const queryTimeoutMs = 5_000;

/** @param model what is computed with where the machine shows nothing */
export function energyOfMachine(
  clock: Clock,
  model?: { readonly watts: CoreWatts; readonly processorSeconds: () => number },
): Promise<EnergyMeter> {
  const run = promisify(execFile);
  const nvidia = async () => (await run('nvidia-smi', query, { timeout: queryTimeoutMs })).stdout;
  return openEnergy({ files, clock, nvidia, ...(model !== undefined && { model }) });
}
