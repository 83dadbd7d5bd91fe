// What was withdrawn: revocations by people and rejections by policies, each in the log of decisions and in a file of its own.
import { type Digest, writeFileAtomically } from '../../base/index.ts';
import type { DecidingPolicy } from './admission-record.ts';
import type { RecordContext } from './admit.ts';
import { liftsRejection } from './officer.ts';
import {
  type RejectingPolicy,
  type Revocation,
  rejectionTarget,
  revocationTarget,
  revocationText,
  standingRejections,
  standingRevocation,
} from './revocation.ts';
import type { Subject } from './subject.ts';

export type Withdrawals = {
  /**
   * Signs that this subject, in whatever configuration, is not to be served any more, or that it may be again.
   * @throws TGL_DISK_FULL
   */
  readonly revoke: (model: string, subject: Subject, revoked: boolean, reason: string) => Revocation;
  /**
   * Signs that an assessment by a policy rejected this subject. That ends its admissions, also on running servers, until
   * a policy admits it.
   * @throws TGL_DISK_FULL
   */
  readonly reject: (
    model: string,
    subject: Subject,
    policy: RejectingPolicy & { readonly name: string },
    reason: string,
  ) => Revocation;
  /** A rejection that an admission by this policy would not lift: by a stronger one, or one that only the officer lifts. */
  readonly standingAgainst: (subject: Subject, policy: DecidingPolicy) => Revocation | null;
  /**
   * Signs that the officer lifts the rejections of this subject; returns how many there were.
   * @throws TGL_DISK_FULL
   */
  readonly liftByOfficer: (model: string, subject: Subject, reason: string) => number;
  /** Null where it is neither revoked nor rejected. */
  readonly revocationOf: (subject: Subject) => Revocation | null;
};

export function createWithdrawals(context: RecordContext): Withdrawals & {
  /** What an admission by a policy lifts. @throws TGL_DISK_FULL */
  readonly liftRejections: (model: string, subject: Subject, policy: DecidingPolicy) => void;
} {
  const { layout, disk, clock, key, decisions, officer } = context;
  const writeRevocation = (target: Digest, said: Omit<Revocation, 'time'>): Revocation => {
    const revocation = { ...said, time: new Date(clock.now()).toISOString() };
    // The log first: what it says counts, also where the file was not written.
    decisions.append({ kind: 'revocation', target, revocation });
    writeFileAtomically(layout.revocation(target), revocationText(target, revocation, key), { disk });
    return revocation;
  };
  return {
    revoke: (model, subject, revoked, reason) =>
      writeRevocation(revocationTarget(subject), { model, reason, revoked }),
    reject: (model, subject, { name: policy, digest, document }, reason) => {
      const rejectedBy = { digest, document };
      return writeRevocation(rejectionTarget(subject), { model, reason, revoked: true, policy, rejectedBy });
    },
    standingAgainst: (subject, policy) =>
      standingRejections(subject, context)
        .map(({ rejection }) => rejection)
        .find((rejection) => !liftsRejection(policy, rejection, officer.read())) ?? null,
    liftByOfficer: (model, subject, reason) => {
      const standing = standingRejections(subject, context);
      for (const { target, rejection } of standing) {
        const { policy } = rejection;
        writeRevocation(target, { model, reason, revoked: false, ...(policy !== undefined && { policy }) });
      }
      return standing.length;
    },
    revocationOf: (subject) => standingRevocation(subject, context),
    liftRejections: (model, subject, policy) => {
      for (const { target, rejection } of standingRejections(subject, context)) {
        if (!liftsRejection(policy, rejection, officer.read())) continue;
        const reason = 'a policy admitted it';
        writeRevocation(target, { model, reason, revoked: false, policy: policy.name });
      }
    },
  };
}
