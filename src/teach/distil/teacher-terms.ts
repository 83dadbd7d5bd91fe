// Whether a teacher's outputs may be used for training, as far as that is known here: dated data, not legal advice. Whatever is
// not known counts as not permitted, unless the operator makes a statement, which the record then includes.
import { type Digest, digestOfFile, lookUp, TiegelError } from '../../base/index.ts';
import { openGguf, optionalString } from '../../formats/index.ts';
import type { LocalTeacher, RemoteTeacher } from '../stages/distil-stage.ts';
import { weightsFile } from '../starting-weights.ts';

/** What the training record says about a teacher. */
export type TeacherRecord = {
  readonly name: string;
  /** SHA-256 of the weights, if they are on this machine. */
  readonly digest: Digest | null;
  readonly licence: string | null;
  /** What permits or forbids learning from it, with source and date. */
  readonly terms: string;
  readonly permitted: boolean;
  /** The operator's statement; null if there is none. */
  readonly permission: string | null;
};

/** Licences of weights that put no condition on what the model writes. */
const openLicences: readonly string[] = ['apache-2.0', 'mit'];

/** Services by host whose terms forbid it, as read on the date. */
const forbidding: Readonly<Record<string, string>> = {
  'api.openai.com':
    'the Terms of Use of OpenAI, effective 31 January 2024 (openai.com/policies/terms-of-use, read 2026-11-21 in a copy), forbid using output to develop models that compete with it',
};

/** @throws TGL_TEACHER_FORBIDS when neither the terms nor the operator permit it; TGL_START_INVALID, TGL_GGUF_INVALID */
export async function permittedTeacher(teacher: LocalTeacher | RemoteTeacher): Promise<TeacherRecord> {
  const record = { ...(await termsOf(teacher)), permission: teacher.permission ?? null };
  if (record.permitted || record.permission !== null) return record;
  throw new TiegelError('TGL_TEACHER_FORBIDS', { teacher: record.name, terms: record.terms });
}

async function termsOf(teacher: LocalTeacher | RemoteTeacher): Promise<Omit<TeacherRecord, 'permission'>> {
  if ('from' in teacher) {
    const path = weightsFile(teacher.from);
    using gguf = openGguf(path);
    const licence = optionalString(gguf, 'general.license') ?? null;
    return {
      name: teacher.from,
      digest: await digestOfFile(path),
      licence,
      ...byLicence(licence, 'in its file'),
    };
  }
  const licence = teacher.licence ?? null;
  const facts = { name: `${teacher.model} at ${teacher.endpoint}`, digest: null, licence };
  const terms = lookUp(forbidding, new URL(teacher.endpoint).hostname);
  return terms === undefined
    ? { ...facts, ...byLicence(licence, 'as the recipe states it') }
    : { ...facts, terms, permitted: false };
}

function byLicence(licence: string | null, source: string): Pick<TeacherRecord, 'terms' | 'permitted'> {
  if (licence === null) return { terms: 'its licence is not known', permitted: false };
  return openLicences.includes(licence.toLowerCase())
    ? { terms: `${licence} (${source}) puts no condition on outputs`, permitted: true }
    : { terms: `what ${licence} (${source}) says of outputs is not known here`, permitted: false };
}
