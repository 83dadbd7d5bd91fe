// Files that the guard gives away, to be checked elsewhere: who signed them, and what they are about.
import { TiegelError } from '../../base/index.ts';
import { openAttestation } from '../../catalog/index.ts';
import { casePredicate } from './case-files.ts';
import { examinationPredicate } from './examinations.ts';

/** What a file says, still to be made again. */
export type SignedFile = {
  readonly about: 'examination' | 'case';
  readonly said: unknown;
  readonly publicKey: string;
};

/** @param trusted public keys in hexadecimal @throws TGL_GUARD_EXAMINATION_INVALID */
export function openSignedFile(text: string, trusted: readonly string[]): SignedFile {
  const refuse = (problem: string): TiegelError =>
    new TiegelError('TGL_GUARD_EXAMINATION_INVALID', { problem });
  let envelope: { readonly signatures?: readonly { readonly keyid?: unknown }[] };
  try {
    envelope = Object(JSON.parse(text));
  } catch {
    throw refuse('the file is not JSON');
  }
  const key = envelope.signatures?.[0]?.keyid;
  const publicKey = trusted.find((each) => each === key);
  if (publicKey === undefined)
    throw refuse(
      `it is signed with ${typeof key === 'string' ? `the key ${key}, which is not trusted` : 'no key'}`,
    );
  const opened = openAttestation(envelope, publicKey);
  if (!opened.sound) throw refuse(opened.problem);
  const statement = JSON.parse(opened.payload) as { predicateType?: unknown; predicate?: unknown };
  const said = statement.predicate;
  if (statement.predicateType === examinationPredicate) return { about: 'examination', said, publicKey };
  if (statement.predicateType === casePredicate) return { about: 'case', said, publicKey };
  throw refuse('it is a statement about something else');
}
