// `tiegel guard examine` and `verify`: whether a model learned from outputs of one of ours, and whether somebody's word on that holds;
// `expose`, which draws the coins that an examination looks for.
import { readFileSync } from 'node:fs';
import { oneLine, TiegelError, writeFileAtomically } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import { type Examination, examine, exposeReply, verifyCaseFile, verifyExamination } from '../guard/index.ts';
import {
  exposureKey,
  forensicKeys,
  gatherMaterial,
  openSignedFile,
  pepperOf,
  readKeys,
  type SignedFile,
  signExamination,
  writtenKeys,
} from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { wholeNumber } from './numbers.ts';
import type { Terminal } from './terminal.ts';
import { type KeyFlags, trustedKeys } from './trusted-keys.ts';

type ExamineFlags = {
  readonly model?: string;
  readonly control?: string;
  readonly prompts?: string;
  readonly traps?: string;
  readonly tokens?: string;
  readonly quarters?: string;
  readonly reference?: readonly string[];
  readonly otherTeacher?: readonly string[];
  readonly out?: string;
  readonly keysOut?: string;
};

const usualTokens = 200_000;
const usualQuarters = 4;

export async function runGuardExamine(
  context: CommandContext,
  suspect: string,
  flags: ExamineFlags,
): Promise<ExitCode> {
  const { environment, clock, terminal } = context;
  const { model, control, reference = [], otherTeacher = [] } = flags;
  if (model === undefined) throw usage('--model names the model whose outputs were marked.');
  if (flags.prompts !== undefined && control === undefined)
    throw usage(
      '--prompts need --control, a model that cannot have learned from marked text: without one nothing is said.',
    );
  if (reference.length + otherTeacher.length > 0 && flags.prompts === undefined)
    throw usage('--reference and --other-teacher need --prompts, which all of them are asked.');
  const tokens = wholeNumber('--tokens', flags.tokens, 1000, 10_000_000) ?? usualTokens;
  const quarters = wholeNumber('--quarters', flags.quarters, 1, 16) ?? usualQuarters;
  const prompts = flags.prompts === undefined ? [] : promptsIn(flags.prompts);
  const traps = flags.traps === undefined ? [] : promptsIn(flags.traps);
  if (prompts.length + traps.length === 0) throw usage('--prompts or --traps say what the suspect is asked.');
  const catalog = openCatalog({ home: environment.home, clock });
  const keys = forensicKeys(pepperOf(environment), clock.now(), quarters);
  const wishes = { suspect, model, control: control ?? null, prompts, traps, tokens };
  const material = await gatherMaterial(context, catalog, {
    ...wishes,
    references: reference,
    otherTeachers: otherTeacher,
  });
  const examination = examine(material, keys, new Date(clock.now()).toISOString());
  if (flags.out !== undefined)
    writeFileAtomically(flags.out, signExamination(catalog.attestations, examination), { mode: 0o600 });
  if (flags.keysOut !== undefined) writeFileAtomically(flags.keysOut, writtenKeys(keys), { mode: 0o600 });
  printExamination(terminal, examination);
  terminal.result({ ...summaryOf(examination), out: flags.out ?? null });
  return exitCodeOf(examination);
}

export async function runGuardVerify(
  { environment, clock, terminal }: CommandContext,
  file: string,
  { keys, ...flags }: KeyFlags & { readonly keys?: string },
): Promise<ExitCode> {
  const trusted = trustedKeys(openCatalog({ home: environment.home, clock }), flags);
  const opened = openSignedFile(
    readFile(file),
    trusted.map(({ key }) => key),
  );
  if (opened.about === 'case') return verifyCase(terminal, opened);
  const known =
    keys === undefined
      ? forensicKeys(pepperOf(environment), madeAt(opened.said) ?? clock.now(), 16)
      : readKeys(readFile(keys));
  const examination = verifyExamination(opened.said, known);
  terminal.print(`${terminal.good('Valid')}: made again from its material, it comes to the same.`);
  printExamination(terminal, examination);
  terminal.print(terminal.dim(`Signed with the key ${opened.publicKey}`));
  terminal.result({ valid: true, publicKey: opened.publicKey, ...summaryOf(examination) });
  return exitCodeOf(examination);
}

function verifyCase(terminal: Terminal, { said, publicKey }: SignedFile): ExitCode {
  const { file, madeAgain } = verifyCaseFile(said);
  const { case: found, evidence, taken } = file;
  terminal.print(
    madeAgain
      ? `${terminal.good('Valid')}: made again from its material, it comes to the same.`
      : `${terminal.good('Signed')}: its material is not in it, so that it cannot be made again.`,
  );
  terminal.print(terminal.bold(`${oneLine(found.id)} of ${oneLine(found.account)}, taken ${taken}`));
  terminal.print(oneLine(evidence.verdict));
  terminal.print(terminal.dim(`Signed with the key ${publicKey}`));
  terminal.result({ valid: true, madeAgain, publicKey, case: found, evidence });
  return 0;
}

/** Rewrites replies that are given away so that they carry coins. */
export async function runGuardExpose(
  { environment, terminal }: CommandContext,
  file: string,
  { out }: { readonly out?: string },
): Promise<ExitCode> {
  if (out === undefined) throw usage('--out names the file that the replies are written to.');
  const key = exposureKey(pepperOf(environment));
  let changed = 0;
  const lines = objectsIn(file, ['prompt', 'reply']).map((exchange) => {
    const { prompt, reply } = exchange as { readonly prompt: string; readonly reply: string };
    const exposed = exposeReply(key, prompt, reply);
    if (exposed !== reply) changed++;
    return `${JSON.stringify({ ...exchange, reply: exposed })}\n`;
  });
  writeFileAtomically(out, lines.join(''));
  terminal.print(`${changed} of ${lines.length} replies say the same in another way.`);
  terminal.result({ replies: lines.length, changed, out });
  return 0;
}

/** 3 where a control failed, so that there is no verdict. */
function exitCodeOf({ verdict: { grade } }: Examination): ExitCode {
  return grade === 'refused' ? 3 : 0;
}

function madeAt(examination: unknown): number | undefined {
  const time = Date.parse(String(Object(examination).made));
  return Number.isNaN(time) ? undefined : time;
}

function summaryOf({ made, material, findings, verdict, commitments }: Examination): object {
  const { suspect, model } = material;
  return { made, suspect, model, findings, verdict, commitments };
}

function printExamination(terminal: Terminal, { made, material, findings, verdict }: Examination): void {
  const { suspect, model } = material;
  terminal.print(terminal.bold(`${suspect.name}: ${verdict.grade}`));
  terminal.print(verdict.sentence);
  terminal.print(`Of outputs of ${model.name}, examined ${made}`);
  const { mark, exposure, references } = findings;
  for (const { cohort, pairs, mean, logP } of mark?.tried ?? [])
    terminal.print(
      `  mark of ${cohort}: ${pairs} tokens, ${mean.toFixed(4)} on average, p = 10^${(logP / Math.LN10).toFixed(1)}`,
    );
  if (exposure !== null)
    terminal.print(
      `  coins: ${exposure.hits} of ${exposure.trials} hit, ${exposure.expected.toFixed(1)} expected, p = ${exposure.p.toPrecision(2)}`,
    );
  if (references !== null)
    terminal.print(
      `  nearness: ${references.similarity.toFixed(3)}, p = ${references.p.toPrecision(2)} among ${references.references.length} references`,
    );
  for (const { name, passed, p } of verdict.controls)
    terminal.print(`  control ${passed ? 'passed' : 'failed'}: ${name} (p = ${p.toPrecision(2)})`);
  for (const assumption of verdict.assumptions) terminal.print(`Assumes that ${assumption}`);
  for (const alternative of verdict.alternatives)
    terminal.print(`Would be explained as well if ${alternative}`);
}

function promptsIn(file: string): readonly string[] {
  const prompts = objectsIn(file, ['prompt']).map(({ prompt }) => String(prompt));
  if (prompts.length === 0) throw usage(`${file} has no prompts.`);
  return [...new Set(prompts)];
}

/** Of a file of JSON lines. @throws TGL_USAGE where one lacks a text that is needed */
function objectsIn(file: string, texts: readonly string[]): readonly Readonly<Record<string, unknown>>[] {
  return readFile(file)
    .split('\n')
    .flatMap((line, index) => {
      if (line.trim() === '') return [];
      const found = objectOf(line);
      const missing = texts.find((name) => typeof found[name] !== 'string');
      if (missing === undefined) return [found];
      throw usage(`Line ${index + 1} of ${file} is no JSON object with a text as its ${missing}.`);
    });
}

function objectOf(line: string): Readonly<Record<string, unknown>> {
  try {
    return Object(JSON.parse(line)) as Readonly<Record<string, unknown>>;
  } catch {
    return {};
  }
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TiegelError(
      'TGL_USAGE',
      { problem: `${path} cannot be read: ${(cause as NodeJS.ErrnoException).code}` },
      { cause },
    );
  }
}

function usage(problem: string): TiegelError {
  return new TiegelError('TGL_USAGE', { problem });
}
