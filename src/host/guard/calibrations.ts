// Calibrations as they lie in the store: statements that the key of a machine has signed, over the score that they hold for.
import { type Json, TiegelError } from '../../base/index.ts';
import { type Catalog, openAttestation } from '../../catalog/index.ts';
import { type Calibration, type GuardScore, parseCalibration } from '../../guard/index.ts';

/** The type of the predicate; there is no published one for it. */
const predicateType = 'urn:tiegel:predicate:guard-calibration:v1';

type Attestations = Catalog['attestations'];

export function signCalibration(attestations: Attestations, calibration: Calibration): string {
  const envelope = attestations.sign({
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: 'guard score', digest: { sha256: calibration.score } }],
    predicateType,
    predicate: calibration as unknown as { readonly [name: string]: Json },
  });
  return `${JSON.stringify(envelope)}\n`;
}

/** @throws TGL_GUARD_CALIBRATION_INVALID for one that this machine has not signed, or of another score */
export function openCalibration(attestations: Attestations, text: string, score: GuardScore): Calibration {
  const refuse = (problem: string): TiegelError =>
    new TiegelError('TGL_GUARD_CALIBRATION_INVALID', { problem });
  let envelope: unknown;
  try {
    envelope = JSON.parse(text);
  } catch {
    throw refuse('it is not JSON');
  }
  const opened = openAttestation(envelope, attestations.publicKey);
  if (!opened.sound) throw refuse(opened.problem);
  const statement = JSON.parse(opened.payload) as { predicateType?: unknown; predicate?: unknown };
  if (statement.predicateType !== predicateType) throw refuse('it is a statement about something else');
  const calibration = parseCalibration(statement.predicate);
  if (calibration.score !== score.digest)
    throw refuse('it was made for another score; calibrate again with this version of the program');
  return calibration;
}
