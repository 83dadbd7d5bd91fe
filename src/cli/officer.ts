// `tiegel officer`: which policies admit a model to be served here, by the word of a person who answers for it.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadPolicy, policyDigest } from '../assess/index.ts';
import { type Json, oneLine, TiegelError } from '../base/index.ts';
import {
  type Catalog,
  type OfficersWord,
  openCatalog,
  openSigningKey,
  type SigningKey,
} from '../catalog/index.ts';
import { subjectNamed } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { wholeNumber } from './numbers.ts';

export type KeyFlag = { readonly keyFile?: string };

const day = 24 * 60 * 60 * 1000;
const longestText = 500;

export async function runOfficerInit(
  { environment, terminal, clock }: CommandContext,
  { name, keyFile }: KeyFlag & { readonly name: string },
): Promise<ExitCode> {
  const catalog = openCatalog({ home: environment.home, clock });
  if (catalog.officer.read().state !== 'none')
    throw new TiegelError('TGL_OFFICER_INVALID', {
      problem: 'there is one already, or it cannot be relied on',
    });
  const path = keyPath(catalog, keyFile);
  const key = openSigningKey(path);
  const word: OfficersWord = {
    schema: 1,
    officer: { name: text('--name', name), publicKey: key.publicKey },
    accepted: [],
  };
  catalog.officer.give(word, key);
  terminal.print(
    `${word.officer.name} answers for what is served here. Key: ${terminal.bold(path)}, which belongs elsewhere.`,
  );
  terminal.print('No policy is accepted yet, so that nothing is served. Next: tiegel officer accept general');
  terminal.result({ officer: word.officer, key: path });
  return 0;
}

export async function runOfficerAccept(
  { environment, terminal, clock }: CommandContext,
  nameOrPath: string,
  flags: KeyFlag & { readonly asStrong?: boolean; readonly days: string; readonly lift: string },
): Promise<ExitCode> {
  const catalog = openCatalog({ home: environment.home, clock });
  const { word, key } = ownWord(catalog, flags);
  const days = wholeNumber('--days', flags.days, 1, 3650) as number;
  const { lift } = flags;
  if (lift !== 'policy' && lift !== 'officer')
    throw new TiegelError('TGL_USAGE', { problem: `--lift is ${lift}; expected policy or officer.` });
  const policy = loadPolicy(nameOrPath);
  const digest = policyDigest(policy);
  const accepted = {
    ...{ name: policy.name, version: policy.version, digest, document: policy as unknown as Json },
    ...({ minimum: flags.asStrong ? 'as-strong' : 'this-policy', lift } as const),
    accepted: new Date(clock.now()).toISOString(),
    expires: new Date(clock.now() + days * day).toISOString(),
  };
  const others = word.accepted.filter((one) => one.digest !== digest);
  catalog.officer.give({ ...word, accepted: [...others, accepted] }, key);
  const { document: _, ...shown } = accepted;
  terminal.print(
    `${word.officer.name} accepts ${policy.name} ${policy.version} until ${accepted.expires}${flags.asStrong ? ', and every policy that is as strong' : ''}.`,
  );
  terminal.result(shown);
  return 0;
}

export async function runOfficerShow({ environment, terminal, clock }: CommandContext): Promise<ExitCode> {
  const catalog = openCatalog({ home: environment.home, clock });
  const state = catalog.officer.read();
  const log = catalog.decisions.read();
  if (state.state === 'none')
    terminal.print(
      'Nobody has given a word: by the built-in default a pass of any battery admits, also of quick, which says nothing about harm.',
    );
  else if (state.state === 'unsound') terminal.print(terminal.bad(oneLine(state.problem)));
  else printWord(terminal, state.word, clock.now());
  terminal.print(
    log.sound ? `Log of decisions: entry ${log.number}, ${log.digest}` : terminal.bad(oneLine(log.problem)),
  );
  terminal.print(
    terminal.dim(
      'Keep number and digest elsewhere: a copy of the whole directory that is put back shows by them.',
    ),
  );
  terminal.result({
    officer: state.state === 'given' ? withoutDocuments(state.word) : state,
    log: log.sound ? { number: log.number, digest: log.digest } : log,
  });
  return log.sound && state.state !== 'unsound' ? 0 : 4;
}

export async function runOfficerLift(
  { environment, terminal, clock }: CommandContext,
  model: string,
  { reason, keyFile }: KeyFlag & { readonly reason: string },
): Promise<ExitCode> {
  const catalog = openCatalog({ home: environment.home, clock });
  const { word } = ownWord(catalog, { ...(keyFile !== undefined && { keyFile }) });
  const { name, subject } = await subjectNamed(environment, catalog, model);
  const said = oneLine(`${word.officer.name}: ${text('--reason', reason)}`);
  const lifted = catalog.admissions.liftByOfficer(name, subject, said);
  terminal.print(
    lifted === 0
      ? `${name} is not rejected.`
      : `${name} is no longer rejected. A valid record has to admit it.`,
  );
  terminal.result({ model: name, lifted });
  return 0;
}

export async function runOfficerRestore(
  { environment, terminal, clock }: CommandContext,
  { reason }: { readonly reason: string },
): Promise<ExitCode> {
  const catalog = openCatalog({ home: environment.home, clock });
  const { number, revocations } = catalog.decisions.restore(oneLine(text('--reason', reason)));
  terminal.print(
    `The log of decisions begins anew, with ${revocations} entries that stand, and has ${number}. What was admitted has to be assessed again.`,
  );
  terminal.result({ number, revocations });
  return 0;
}

/** The word that stands and the key of whoever gave it. @throws TGL_OFFICER_INVALID */
export function ownWord(
  catalog: Catalog,
  { keyFile }: KeyFlag,
): { readonly word: OfficersWord; readonly key: SigningKey } {
  const state = catalog.officer.read();
  if (state.state !== 'given') {
    const problem = state.state === 'none' ? 'there is no officer yet (tiegel officer init)' : state.problem;
    throw new TiegelError('TGL_OFFICER_INVALID', { problem });
  }
  const path = keyPath(catalog, keyFile);
  if (!existsSync(path))
    throw new TiegelError('TGL_OFFICER_INVALID', { problem: `there is no key at ${path}` });
  const key = openSigningKey(path);
  if (key.publicKey !== state.word.officer.publicKey)
    throw new TiegelError('TGL_OFFICER_INVALID', {
      problem: `the key at ${path} is not that of ${state.word.officer.name}`,
    });
  return { word: state.word, key };
}

function keyPath({ home }: Catalog, keyFile: string | undefined): string {
  return keyFile ?? join(home, 'keys', 'officer.pem');
}

function printWord(
  terminal: CommandContext['terminal'],
  { officer, accepted }: OfficersWord,
  now: number,
): void {
  terminal.print(`${terminal.bold(officer.name)}, key ${officer.publicKey}`);
  if (accepted.length === 0) terminal.print('  accepts no policy, so that nothing is served');
  for (const { name, version, digest, minimum, lift, expires } of accepted) {
    const over =
      Date.parse(expires) <= now ? terminal.bad(`no longer, since ${expires}`) : `until ${expires}`;
    const least = minimum === 'as-strong' ? 'or one as strong' : 'this policy only';
    const who =
      lift === 'officer'
        ? 'the officer alone lifts a rejection'
        : 'the same or a stronger policy lifts a rejection';
    terminal.print(`  ${name} ${version} (${digest.slice(0, 12)}), ${least}, ${over}; ${who}`);
  }
}

function withoutDocuments({ officer, accepted }: OfficersWord): object {
  return { officer, accepted: accepted.map(({ document: _, ...rest }) => rest) };
}

/** What a flag says in words. @throws TGL_USAGE */
export function text(flag: string, given: string): string {
  if (given.trim() !== '' && given.length <= longestText) return given.trim();
  const problem = `${flag} has ${given.length} characters; expected 1 to ${longestText}.`;
  throw new TiegelError('TGL_USAGE', { problem });
}
