// `tiegel assess verify`: whether evidence was made by somebody who is trusted, with what this program has, and says what follows
// from its lines. Exit code 4 where it is not, else that of the verdict.
import {
  checkSignature,
  differencesFromInstalled,
  exitCodeOf,
  fullBattery,
  type Verified,
  verifyOnce,
  withSeed,
} from '../assess/index.ts';
import { type Catalog, openCatalog } from '../catalog/index.ts';
import { findEvidence } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { type KeyFlags, trustedKeys } from './trusted-keys.ts';

export async function runAssessVerify(
  { environment, terminal, clock }: CommandContext,
  evidence: string,
  flags: KeyFlags,
): Promise<ExitCode> {
  const catalog = openCatalog({ home: environment.home, clock });
  const trusted = trustedKeys(catalog, flags);
  const path = findEvidence(environment.home, evidence);
  const { verification, read } = verifyOnce(path);
  if (!verification.valid || read === null) {
    terminal.result({ path, ...verification });
    const problem = verification.valid ? 'it cannot be read' : verification.problem;
    terminal.print(`${terminal.bad('Not valid')}: ${problem}`);
    return 4;
  }
  const signature = checkSignature(
    path,
    trusted.map(({ key }) => key),
    read,
  );
  const { registration, ...verified } = verification;
  const differences = registration === null ? [] : differencesIn(registration);
  const admission = admissionBy(verification, catalog);
  const [difference] = differences ?? [];
  const problem = difference ?? signatureProblem(signature);
  terminal.result({
    path,
    ...verified,
    valid: problem === undefined,
    problem,
    signature,
    differences,
    admission,
  });
  if (problem !== undefined) {
    const isUnsigned = difference === undefined && signature.state !== 'wrong';
    terminal.print(`${terminal.bad(isUnsigned ? 'Not signed by anybody trusted' : 'Not valid')}: ${problem}`);
    if (isUnsigned)
      terminal.print('Its figures and its verdict follow from its lines, which anybody can write.');
    return 4;
  }
  const { id, model, verdict, trials, root, digest, withheld } = verified;
  terminal.print(`${terminal.good('Valid')}: ${id} of ${model}, verdict ${verdict}, ${trials} trials`);
  if (registration !== null) terminal.print(`Policy: ${policyText(registration.policy, differences)}`);
  terminal.print(`Withheld texts: ${withheldTexts[withheld]}`);
  terminal.print(`Admission: ${admissionTexts[admission]}`);
  const key = signature.state === 'trusted' ? signature.key : '';
  const whose = trusted.find((each) => each.key === key)?.name ?? '';
  terminal.print(`Signed by ${whose}, with the key ${key}`);
  terminal.print(terminal.dim(`Merkle root ${root}\nSHA-256     ${digest}`));
  return exitCodeOf(verdict);
}

function differencesIn(registration: NonNullable<Verified['registration']>): readonly string[] | null {
  const { policy, subject } = registration;
  const remote = !('weights' in subject);
  const battery = fullBattery({ policy, remote });
  return differencesFromInstalled(
    registration,
    remote ? withSeed(battery, registration.battery.seed) : battery,
  );
}

function signatureProblem(signature: ReturnType<typeof checkSignature>): string | undefined {
  switch (signature.state) {
    case 'trusted':
      return undefined;
    case 'unsigned':
      return 'there is no attestation.intoto.jsonl beside it';
    case 'untrusted':
      return `it is signed with the key ${signature.key}; if you know whose it is, say \`tiegel officer trust ${signature.key} --name WHOSE\`, or once --public-key`;
    case 'wrong':
      return `the attestation does not match: ${signature.problem}`;
  }
}

/** Whether it is this evidence by which the subject is admitted on this machine. */
function admissionBy(
  { model, subject, digest }: Verified,
  { admissions }: Catalog,
): keyof typeof admissionTexts {
  const record = admissions.standingRecord(model, subject);
  if (record === undefined) return 'none';
  return record.evidence === digest ? 'by-this' : 'by-other';
}

function policyText(
  { name, version }: { readonly name: string; readonly version: string },
  differences: readonly string[] | null,
): string {
  const compared =
    differences === null
      ? 'another version of the program made it, so that probes and judges were not compared'
      : 'probes, attacks and judges are those that are here';
  return `${name} ${version}; ${compared}`;
}

const admissionTexts = {
  'by-this': 'what it was about is admitted here by this evidence',
  'by-other': 'what it was about is admitted here by other evidence',
  none: 'what it was about is not admitted here',
} as const;

const withheldTexts = {
  none: 'none',
  compared: 'they match the evidence',
  absent: 'not available, so not checked',
} as const;
