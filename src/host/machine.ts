// What the fit of a model depends on, asked of this machine.
import { type Machine, machineMemory } from '../catalog/index.ts';
import type { RuntimeFacts } from '../engine/index.ts';

/** @param bytesPerSecond of memory, where it was measured. */
export function machineOf(runtime: RuntimeFacts, bytesPerSecond: number | null): Machine {
  const { gpuMemory, cpuFeatures } = runtime;
  return {
    memory: machineMemory(),
    gpu: gpuMemory === null ? null : { total: gpuMemory.total, available: gpuMemory.free },
    cpuFeatures,
    bytesPerSecond,
  };
}
