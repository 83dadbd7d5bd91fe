// `tiegel audit`: the log of changes, read here, and checked anywhere.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { TiegelError, writeFileAtomically } from '../base/index.ts';
import { type AuditEntry, verifyAudit } from '../store/index.ts';
import { verifiesSignature } from './audit-signature.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { wholeNumber } from './numbers.ts';
import { type StoreFlags, timeText, withStore } from './with-store.ts';

export async function runAuditList(
  context: CommandContext,
  flags: StoreFlags & { readonly limit?: string; readonly system?: true },
): Promise<ExitCode> {
  const limit = wholeNumber('--limit', flags.limit, 1, 10_000) ?? 20;
  return withStore(context, flags, async ({ store, organisation }) => {
    const entries = await store.audit.list(flags.system ? 'system' : organisation, { limit });
    for (const entry of entries) context.terminal.print(lineOf(entry));
    context.terminal.result({ entries });
    return 0;
  });
}

function lineOf({ at, actor, action, target, refused, reason }: AuditEntry): string {
  const who = actor.type === 'key' ? actor.key : actor.type === 'principal' ? actor.principal : actor.type;
  const what = refused === null ? '' : `  refused: ${refused}`;
  return `${timeText(at)}  ${who}  ${action}  ${target.id}${what}${reason === null ? '' : `  (${reason})`}`;
}

export async function runAuditExport(context: CommandContext, file: string): Promise<ExitCode> {
  return withStore(context, {}, async ({ store }) => {
    const lines = await Array.fromAsync(store.audit.export(), (row) =>
      Buffer.from(`${JSON.stringify(row)}\n`),
    );
    writeFileAtomically(file, lines, { mode: 0o600 });
    const rows = lines.length;
    context.terminal.print(`Wrote ${rows} rows to ${file}. To check them: tiegel audit verify ${file}`);
    context.terminal.result({ file, rows });
    return 0;
  });
}

export async function runAuditVerify(
  { terminal }: CommandContext,
  file: string,
  { publicKey }: { readonly publicKey?: string },
): Promise<ExitCode> {
  const stream = createReadStream(file);
  const opened = new Promise<void>((resolve, reject) => {
    stream.once('open', () => resolve()).once('error', reject);
  });
  await opened.catch((cause: NodeJS.ErrnoException) => {
    throw new TiegelError('TGL_USAGE', { problem: `${file} cannot be read: ${cause.code}` }, { cause });
  });
  const keys = new Set<string>();
  const result = await verifyAudit(
    createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }),
    (key, text, signature) => {
      const holds = (publicKey === undefined || publicKey === key) && verifiesSignature(key, text, signature);
      if (holds) keys.add(key);
      return holds;
    },
  );
  for (const { chain, rows } of result.chains) terminal.print(`${chain}  ${rows} rows`);
  for (const { line, chain, problem } of result.problems)
    terminal.print(`${terminal.bad('Problem')} in line ${line} (${chain}): ${problem}`);
  const signed = `${result.signatures} signed heads`;
  if (publicKey === undefined)
    for (const key of keys)
      terminal.print(`Signed with the key ${key}, which is anybody's until you name it with --public-key.`);
  terminal.print(
    result.problems.length === 0 ? `The log is whole; ${signed} hold.` : `${signed} were checked.`,
  );
  terminal.result({ ...result, keys: [...keys] });
  return result.problems.length === 0 ? 0 : 4;
}
