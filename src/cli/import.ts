// `tiegel import`: takes in what lies on a disk here, which puts it into quarantine.

import { readFileSync, statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { TiegelError } from '../base/index.ts';
import { nameOf, nameOfAdapted, openCatalog } from '../catalog/index.ts';
import { findModel } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { printImported } from './print-variant.ts';

type ImportFlags = { readonly name?: string; readonly card?: string; readonly base?: string };

const largestCard = 512 * 1024;

export async function runImport(
  { environment, terminal, clock }: CommandContext,
  path: string,
  flags: ImportFlags,
): Promise<ExitCode> {
  const catalog = openCatalog({ home: environment.home, clock });
  const stem = basename(path).replace(/-\d{5}-of-\d{5}\.gguf$/, '');
  const base = flags.base === undefined ? undefined : await findModel(catalog, flags.base);
  const variant = await catalog.variants.importFile(path, {
    name: flags.name ?? (base === undefined ? nameOf(stem) : nameOfAdapted(base, stem)),
    source: resolve(path),
    base,
    card: flags.card === undefined ? undefined : readCard(flags.card),
  });
  printImported(terminal, variant);
  return 0;
}

function readCard(path: string): string {
  const entry = statSync(path, { throwIfNoEntry: false });
  if (!entry?.isFile() || entry.size > largestCard) {
    const reason = entry?.isFile() ? `a card has at most ${largestCard} bytes` : 'no file';
    throw new TiegelError('TGL_FILE_NOT_FOUND', { path, reason });
  }
  return readFileSync(path, 'utf8');
}
