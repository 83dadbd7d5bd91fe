// Revocations: signed in-toto statements that a model is not to be served any more, whatever records it has. They are
// about the weights with the adapters that are applied to them, or about the place of a model on a server, so that no
// other configuration of it slips through. One that cannot be read counts as a revocation.
import { readFileSync } from 'node:fs';
import { canonicalJson, type Digest, digestOfJson, type Json, TiegelError } from '../../base/index.ts';
import type { Layout } from '../storage/layout.ts';
import { digestOfFiles } from '../variant/manifest.ts';
import type { Decision } from './decision-entry.ts';
import type { DecisionLog } from './decision-log.ts';
import { openEnvelope, sealEnvelope } from './dsse.ts';
import { inTotoPayload, type Statement } from './in-toto.ts';
import type { SigningKey } from './signing-key.ts';
import { admissionKeyOf, type Subject } from './subject.ts';

export type Revocation = {
  readonly model: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly time: string;
  /** False where it was lifted again. */
  readonly revoked: boolean;
  /** The policy by which an assessment rejected it; absent where a person revoked it. */
  readonly policy?: string;
  /** That policy itself, by which it is known whether another is as strong. */
  readonly rejectedBy?: RejectingPolicy;
};

export type RejectingPolicy = { readonly digest: Digest; readonly document: Json };

/** The type of the predicate; there is no published one for it. */
const predicateType = 'urn:tiegel:predicate:revocation:v1';

/** What a revocation of this subject is about. */
export function revocationTarget(subject: Subject): Digest {
  if ('weights' in subject) return digestOfFiles(subject.weights, subject.adapters);
  const { server, endpoints, model } = subject.remote;
  return digestOfJson({ server, endpoints, model });
}

/**
 * What a rejection by a policy is about: this configuration only. The answers of a server vary a little, so that its
 * fingerprint is left out; otherwise another run would not meet the rejection.
 */
export function rejectionTarget(subject: Subject): Digest {
  return admissionKeyOf(rejectable(subject));
}

/** Subjects had another name for their content filters up to schema 1 of records; what was rejected then stays rejected. */
function rejectionTargets(subject: Subject): readonly Digest[] {
  const { filters, ...rest } = rejectable(subject);
  return [rejectionTarget(subject), digestOfJson({ ...rest, guardChain: filters })];
}

/**
 * Where it is declared to run changes nothing of what it says, nor does by which key its tokens are drawn, which coins are in it, or
 * how its numbers are rounded.
 */
function rejectable(given: Subject): Subject {
  const { place: _place, watermark: _watermark, coins: _coins, attention: _attention, ...subject } = given;
  if ('weights' in subject) return subject;
  const { places: __, ...remote } = subject.remote;
  return { ...subject, remote, fingerprint: [] };
}

/** Of the model as such, of what lies below its adapters or drafts for it, else of this configuration, if of any. */
export function standingRevocation(
  subject: Subject,
  { layout, key, decisions }: RevocationContext,
): Revocation | null {
  const log = decisions.read();
  if (!log.sound) return { ...nobody, reason: log.problem };
  const below =
    'weights' in subject
      ? [
          ...subject.adapters.map((_, count) =>
            digestOfFiles(subject.weights, subject.adapters.slice(0, count)),
          ),
          ...(subject.draft === undefined ? [] : [subject.draft]),
        ]
      : [];
  for (const target of [revocationTarget(subject), ...below, ...rejectionTargets(subject)]) {
    const revocation = revocationOf(target, log.last('revocation', target), { layout, key });
    if (revocation !== null) return revocation;
  }
  return null;
}

/** The rejections of this configuration that stand, by what they are about. */
export function standingRejections(
  subject: Subject,
  { layout, key, decisions }: RevocationContext,
): readonly { readonly target: Digest; readonly rejection: Revocation }[] {
  const log = decisions.read();
  return rejectionTargets(subject).flatMap((target) => {
    const logged = log.sound ? log.last('revocation', target) : undefined;
    const rejection = revocationOf(target, logged, { layout, key });
    return rejection === null ? [] : [{ target, rejection }];
  });
}

export type RevocationContext = {
  readonly layout: Layout;
  readonly key: SigningKey;
  readonly decisions: DecisionLog;
};

/** What the log says counts, whatever became of the file; a file that the log does not know of can only revoke. */
function revocationOf(
  target: Digest,
  logged: Decision | undefined,
  { layout, key }: Pick<RevocationContext, 'layout' | 'key'>,
): Revocation | null {
  if (logged?.kind === 'revocation' && logged.revocation.revoked) return logged.revocation;
  const file = readRevocation(target, layout, key);
  if (file === null || file.revoked) return file;
  const isLogged = logged?.kind === 'revocation' && canonicalJson(logged.revocation) === canonicalJson(file);
  return isLogged ? null : unreadable('the log of decisions does not know of what lifts it');
}

/** The text of its file: an envelope, as one line. */
export function revocationText(target: Digest, revocation: Revocation, key: SigningKey): string {
  const { model, ...predicate } = revocation;
  const statement: Statement = {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: model, digest: { sha256: target } }],
    predicateType,
    predicate,
  };
  return `${JSON.stringify(sealEnvelope(JSON.stringify(statement), inTotoPayload, key))}\n`;
}

/** Null where there is none. */
function readRevocation(target: Digest, layout: Layout, key: SigningKey): Revocation | null {
  const path = layout.revocation(target);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    return unreadable(`it cannot be opened (${(cause as NodeJS.ErrnoException).code})`);
  }
  const statement = statementIn(text, key);
  if (typeof statement === 'string') return unreadable(statement);
  const [subject] = statement.subject;
  if (statement.predicateType !== predicateType || subject?.digest.sha256 !== target)
    return unreadable('it is about something else');
  return { model: subject.name, ...(statement.predicate as Omit<Revocation, 'model'>) };
}

/** What a client and an operator are told. */
export function revokedError(model: string, { reason, time, policy }: Revocation): TiegelError {
  if (policy === undefined) return new TiegelError('TGL_MODEL_REVOKED', { model, reason, time });
  return new TiegelError('TGL_MODEL_REJECTED', { model, reason, time, policy });
}

function statementIn(text: string, key: SigningKey): Statement | string {
  let envelope: unknown;
  try {
    envelope = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  const opened = openEnvelope(envelope, inTotoPayload, key);
  return opened.sound ? (JSON.parse(opened.payload) as Statement) : opened.problem;
}

const nobody = { model: '', time: 'an unknown time', revoked: true } as const;

function unreadable(problem: string): Revocation {
  return { ...nobody, reason: `there is a revocation that cannot be read: ${problem}` };
}
