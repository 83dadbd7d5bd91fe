// `tiegel bundle`: a model as one file, for machines that have no network. What is imported waits in quarantine, and a
// record of another machine is shown, not believed.

import { openCatalog } from '../catalog/index.ts';
import { findModel } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { printImported } from './print-variant.ts';
import { formatBytes } from './terminal.ts';

export async function runBundleExport(
  { environment, terminal, clock }: CommandContext,
  model: string,
  flags: { readonly out?: string },
): Promise<ExitCode> {
  const catalog = openCatalog({ home: environment.home, clock });
  const variant = await findModel(catalog, model);
  const path = flags.out ?? `${variant.name}.tar`;
  const bytes = await catalog.bundles.exportVariant(variant, path);
  terminal.print(`Wrote ${path} (${formatBytes(bytes)}). On the other machine: tiegel bundle import ${path}`);
  terminal.result({ model: variant.name, path, bytes });
  return 0;
}

export async function runBundleImport(
  { environment, terminal, clock }: CommandContext,
  path: string,
  flags: { readonly name?: string },
): Promise<ExitCode> {
  const catalog = openCatalog({ home: environment.home, clock });
  const variant = await catalog.bundles.importVariant(path, flags.name);
  printImported(terminal, variant);
  return 0;
}
