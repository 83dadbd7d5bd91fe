// `tiegel doctor`: whether this machine and its data directory can do what the other commands need. Each check says
// what it found; a check that fails says what to do.

import { accessSync, constants, existsSync } from 'node:fs';
import { cpus, freemem, totalmem } from 'node:os';
import { type Clock, makeDirectory, TiegelError } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import {
  gpuSupport,
  installedLibraries,
  llamaDoctor,
  type RuntimeFacts,
  usefulPackages,
} from '../engine/index.ts';
import { energyOfMachine, shippedModel } from '../host/index.ts';
import { createTensorRuntime } from '../tensor/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { describePackages, installGpuPackages } from './doctor-packages.ts';

type Finding = { readonly check: string; readonly ok: boolean; readonly found: string };
type Check = { readonly name: string; readonly look: () => string | Promise<string> };

type DoctorFlags = { readonly gpu?: string };

export async function runDoctor(context: CommandContext, { gpu }: DoctorFlags): Promise<ExitCode> {
  const { terminal } = context;
  if (gpu !== undefined) installGpuPackages(gpu);
  const findings: Finding[] = [];
  for (const { name, look } of checksOf(context)) {
    const finding = await findingOf(name, look);
    findings.push(finding);
    terminal.print(
      `${finding.ok ? terminal.good('ok') : terminal.bad('no')}  ${name.padEnd(16)} ${finding.found}`,
    );
  }
  const healthy = findings.every(({ ok }) => ok);
  terminal.print(
    healthy
      ? '\nThis machine has everything that Tiegel needs.'
      : '\nFix the lines marked "no", then run doctor again.',
  );
  terminal.result({ healthy, findings });
  return healthy ? 0 : 1;
}

function checksOf({ environment, clock }: CommandContext): readonly Check[] {
  const gibibytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  return [
    { name: 'node', look: () => `${process.version} on ${process.platform}-${process.arch}` },
    {
      name: 'machine',
      look: () =>
        `${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}, ${gibibytes(freemem())} of ${gibibytes(totalmem())} free`,
    },
    {
      name: 'data directory',
      look: () => {
        makeDirectory(environment.home, 0o700);
        accessSync(environment.home, constants.R_OK | constants.W_OK);
        return environment.home;
      },
    },
    {
      name: 'catalog',
      look: () => {
        const { variants, damaged } = openCatalog({ home: environment.home, clock }).variants.list();
        if (damaged.length > 0)
          throw new Error(`damaged: ${damaged.map(({ name, problem }) => `${name}: ${problem}`).join('; ')}`);
        return variants.length === 0 ? 'empty' : variants.map(({ name }) => name).join(', ');
      },
    },
    {
      name: 'shipped model',
      look: () => {
        if (!existsSync(shippedModel.path))
          throw new Error(`${shippedModel.path} is missing; the checkout is incomplete`);
        return shippedModel.path;
      },
    },
    {
      name: 'kernels',
      look: async () => {
        const { build, nativePassedOver } = await createTensorRuntime({ bytes: 2 ** 23 });
        const products =
          nativePassedOver === undefined ? 'OpenBLAS' : `WebAssembly (addon: ${nativePassedOver})`;
        return `WebAssembly SIMD, ${build} build; matrix products by ${products}`;
      },
    },
    { name: 'packages', look: packagesHere },
    { name: 'runtime', look: async () => describeRuntime(await llamaDoctor()) },
    { name: 'energy', look: () => describeEnergy(clock) },
    { name: 'address', look: () => `${environment.host}:${environment.port}` },
  ];
}

/** That a machine shows nothing of its energy keeps nobody from anything. */
async function describeEnergy(clock: Clock): Promise<string> {
  const { read, sources } = await energyOfMachine(clock);
  if (sources.length > 0) return `measured: ${sources.join(', ')}`;
  const { parts } = await read();
  return `unknown: ${parts.map((part) => (part.method === 'unknown' ? part.reason : part.source)).join('; ')}`;
}

function packagesHere(): string {
  const support = gpuSupport();
  const useful = usefulPackages(process.platform, process.arch, support, 'auto');
  return describePackages(installedLibraries(), useful, support);
}

async function findingOf(check: string, look: Check['look']): Promise<Finding> {
  try {
    return { check, ok: true, found: await look() };
  } catch (error) {
    const found = TiegelError.isInstance(error)
      ? `${error.message} ${error.fix}`
      : String((error as Error).message);
    return { check, ok: false, found };
  }
}

function describeRuntime({ binding, llamaCpp, gpu, gpuDevices, cpuFeatures }: RuntimeFacts): string {
  const device = gpu === 'none' ? 'no GPU' : `${gpu} (${gpuDevices.join(', ')})`;
  return `llama.cpp ${llamaCpp} through koffi ${binding}, ${device}, CPU: ${cpuFeatures.join(' ')}`;
}
