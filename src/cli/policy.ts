// `tiegel policy show | set | record`: where requests may be answered and what is kept, as the store has it.
import { readFileSync } from 'node:fs';
import { type EnginePlace, oneLine, TiegelError } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import {
  effectivePolicy,
  isPreset,
  modelsUnder,
  type PlacedModel,
  type Policy,
  type PolicyDocument,
  parsePolicy,
  permittedOf,
  policyOf,
  presets,
  processingRecord,
  strictestOf,
} from '../governance/index.ts';
import { placedModels } from '../host/index.ts';
import { parseIdentifier } from '../store/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { printProcessingRecord } from './print-processing-record.ts';
import type { Terminal } from './terminal.ts';
import { type StoreFlags, withStore } from './with-store.ts';

type SetFlags = StoreFlags & { readonly account?: string };

export async function runPolicyShow(context: CommandContext, flags: StoreFlags): Promise<ExitCode> {
  return withStore(context, flags, async ({ store, organisation }) => {
    const { terminal } = context;
    const current = await store.policies.current(organisation);
    const { name: organisationName } = await store.organisations.get(organisation);
    const models = modelsOf(context);
    const whole = current.find(({ account }) => account === null);
    const shown = [
      { account: null, name: `Organisation ${organisationName}` },
      ...(await store.accounts.list(organisation)).map(({ id, name }) => ({
        account: id,
        name: `Account ${name}`,
      })),
    ].flatMap(({ account, name }) => {
      const stored = current.find((policy) => policy.account === account);
      return stored === undefined && account !== null ? [] : [{ name, account, ...policyOf(whole, stored) }];
    });
    for (const { name, version, policy } of shown) {
      const which = version === 0 ? 'default, none was set' : `version ${version}`;
      terminal.print(terminal.bold(`${oneLine(name)} (${which})`));
      printPolicy(terminal, policy);
      for (const model of models) terminal.print(`  ${model.name}: ${verdict(policy, model.places)}`);
    }
    terminal.result({
      organisation,
      policies: shown.map(({ name: _, ...policy }) => ({
        ...policy,
        models: modelsUnder(policy.policy, models),
      })),
    });
    return 0;
  });
}

export async function runPolicySet(
  context: CommandContext,
  sources: readonly string[],
  { account: given, ...flags }: SetFlags,
): Promise<ExitCode> {
  const document = strictestOf(sources.map(readSource));
  const account = given === undefined ? null : parseIdentifier('account', given);
  return withStore(context, flags, async ({ store, organisation, author }) => {
    const { terminal } = context;
    const stored = await store.policies.set(organisation, account, author, document);
    const whole = (await store.policies.current(organisation)).find((policy) => policy.account === null);
    const { policy } = policyOf(whole, stored);
    terminal.print(`Version ${stored.version} holds for ${account ?? organisation}:`);
    printPolicy(terminal, policy);
    const models = modelsOf(context);
    for (const { name, places } of models) {
      const permitted = permittedOf(policy, places);
      if ('forbidden' in permitted)
        terminal.note(`${name} may no longer answer: ${permitted.forbidden.join('; ')}`);
    }
    terminal.result({ ...stored, policy, models: modelsUnder(policy, models) });
    return 0;
  });
}

export async function runPolicyRecord(context: CommandContext, flags: StoreFlags): Promise<ExitCode> {
  return withStore(context, flags, async ({ store, keys, organisation }) => {
    const { terminal, clock } = context;
    const accounts = await store.accounts.list(organisation);
    const held = await Promise.all(
      [null, ...accounts.map(({ id }) => id)].map((id) => keys.list(organisation, id)),
    );
    const whole = (await store.policies.current(organisation)).find(({ account }) => account === null);
    const document = whole === undefined ? undefined : parsePolicy(whole.document);
    const record = processingRecord({
      organisation: (await store.organisations.get(organisation)).name,
      at: new Date(clock.now()).toISOString(),
      policy: effectivePolicy(document),
      policyVersion: whole?.version ?? 0,
      statement: document?.statement ?? {},
      models: modelsOf(context),
      store: store.database.shown,
      people: {
        accounts: accounts.length,
        principals: (await store.principals.list(organisation)).length,
        keys: held.flat().length,
      },
    });
    printProcessingRecord(terminal, record);
    terminal.result(record);
    return 0;
  });
}

/** A preset by its name, or a document in a file. @throws TGL_DATA_POLICY_INVALID */
function readSource(source: string): PolicyDocument {
  if (isPreset(source)) return presets[source].document;
  const refuse = (problem: string): TiegelError => new TiegelError('TGL_DATA_POLICY_INVALID', { problem });
  let text: string;
  try {
    text = readFileSync(source, 'utf8');
  } catch (cause) {
    const known = Object.keys(presets).join(', ');
    const { code } = cause as NodeJS.ErrnoException;
    throw refuse(`${source} is none of the presets ${known}, and as a file it cannot be read (${code})`);
  }
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw refuse(`${source} is not JSON`);
  }
  return parsePolicy(document);
}

/** The models of the catalog here and on servers, whether or not they are admitted. */
function modelsOf({ environment, clock }: CommandContext): readonly PlacedModel[] {
  return placedModels(environment, openCatalog({ home: environment.home, clock }));
}

function verdict(policy: Policy, places: readonly EnginePlace[]): string {
  const permitted = permittedOf(policy, places);
  if ('forbidden' in permitted) return `may not answer: ${oneLine(permitted.forbidden.join('; '))}`;
  const { length } = permitted.indices;
  return length === places.length ? 'may answer' : `may answer on ${length} of ${places.length} replicas`;
}

function printPolicy(terminal: Terminal, { retention, engines, egress }: Policy): void {
  const days = (count: number): string => (count === 0 ? 'not kept' : `${count} days`);
  const list = (allowed: readonly string[] | 'any'): string =>
    allowed === 'any' ? 'any' : allowed.map(oneLine).join(', ') || 'none';
  const lines = [
    ['regions', list(engines.regions)],
    ['operators', list(engines.operators)],
    ['countries of operators', list(engines.operatorCountries)],
    ['egress', egress],
    ['content', days(retention.contentDays)],
    ['stored answers', retention.idempotencyHours === 0 ? 'not kept' : `${retention.idempotencyHours} hours`],
    ['audit log, ledger', `${days(retention.auditDays)}, ${days(retention.ledgerDays)}`],
  ] as const;
  for (const [what, text] of lines) terminal.print(`  ${what.padEnd(22)} ${text}`);
}
