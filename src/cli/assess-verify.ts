// `tiegel assess verify`: checks the evidence of an assessment and derives its verdict again. Exit code 4 where anything
// differs, else that of the verdict.

import { checkAttestation, exitCodeOf, verifyAssessment } from '../assess/index.ts';
import { openCatalog } from '../catalog/index.ts';
import { findEvidence } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';

export async function runAssessVerify(
  { environment, terminal, clock }: CommandContext,
  evidence: string,
): Promise<ExitCode> {
  const path = findEvidence(environment.home, evidence);
  const verification = verifyAssessment(path);
  if (!verification.valid) {
    terminal.result({ path, ...verification });
    terminal.print(`${terminal.bad('Not valid')}: ${verification.problem}`);
    return 4;
  }
  const attestation = checkAttestation(path, openCatalog({ home: environment.home, clock }).attestations);
  terminal.result({ path, ...verification, attestation });
  if (attestation.state === 'wrong') {
    terminal.print(`${terminal.bad('Not valid')}: the attestation does not match: ${attestation.problem}`);
    return 4;
  }
  const { id, model, verdict, trials, root, digest, withheld } = verification;
  terminal.print(`${terminal.good('Valid')}: ${id} of ${model}, verdict ${verdict}, ${trials} trials`);
  terminal.print(`Withheld texts: ${withheldTexts[withheld]}`);
  terminal.print(`Attestation: ${attestationTexts[attestation.state]}`);
  terminal.print(terminal.dim(`Merkle root ${root}\nSHA-256     ${digest}`));
  return exitCodeOf(verdict);
}

const attestationTexts = {
  valid: 'signed with the key of this machine',
  absent: 'none',
  foreign: 'signed with the key of another machine, not checked',
} as const;

const withheldTexts = {
  none: 'none',
  compared: 'they match the evidence',
  absent: 'not available, so not checked',
} as const;
