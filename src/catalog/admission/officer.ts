// The officer's word: which policies admit a model to be served here, signed with the officer's own key. Its file counts if the log of
// decisions names it; where there never was one, the built-in default holds, by which any battery admits.
import { readFileSync } from 'node:fs';
import {
  canonicalJson,
  type Digest,
  digestOf,
  type Json,
  TiegelError,
  writeFileAtomically,
} from '../../base/index.ts';
import type { CatalogStorage } from '../storage/catalog-storage.ts';
import type { AdmissionRecord, DecidingPolicy } from './admission-record.ts';
import type { DecisionLog } from './decision-log.ts';
import type { Revocation } from './revocation.ts';
import { type SigningKey, verifyingKey } from './signing-key.ts';

export type AcceptedPolicy = {
  readonly name: string;
  readonly version: string;
  readonly digest: Digest;
  /** The policy itself, by which others are compared with it. */
  readonly document: Json;
  /** Whether it alone admits, or every policy that is as strong. */
  readonly minimum: 'this-policy' | 'as-strong';
  /** Who lifts a rejection by it: an admission by the same or a stronger policy, or the officer alone. */
  readonly lift: 'policy' | 'officer';
  /** ISO 8601, as is `expires`. */
  readonly accepted: string;
  readonly expires: string;
};

export type OfficersWord = {
  readonly schema: 1;
  readonly officer: { readonly name: string; readonly publicKey: string };
  readonly accepted: readonly AcceptedPolicy[];
};

export type OfficerState =
  | { readonly state: 'none' }
  | { readonly state: 'unsound'; readonly problem: string }
  | { readonly state: 'given'; readonly word: OfficersWord };

export type Officer = {
  readonly read: () => OfficerState;
  /**
   * Writes the word and notes it in the log.
   *
   * @throws TGL_OFFICER_INVALID for the key of somebody else than whose word stands, TGL_DECISIONS_DAMAGED, TGL_DISK_FULL
   */
  readonly give: (word: OfficersWord, key: SigningKey) => void;
};

const purpose = "tiegel officer's word, schema 1\n";

export function createOfficer({ layout, disk }: CatalogStorage, decisions: DecisionLog): Officer {
  const read = (): OfficerState => {
    const log = decisions.read();
    if (!log.sound) return { state: 'unsound', problem: log.problem };
    const text = textAt(layout.officer);
    if (log.officer === undefined && text === undefined) return { state: 'none' };
    const unsound = (problem: string): OfficerState => ({
      state: 'unsound',
      problem: `the officer's word cannot be relied on: ${problem}`,
    });
    if (text === undefined) return unsound(`${layout.officer} has gone`);
    if (digestOf(text) !== log.officer) return unsound('it is not the one that the log of decisions names');
    const word = wordIn(text);
    return typeof word === 'string' ? unsound(word) : { state: 'given', word };
  };
  return {
    read,
    give: (word, key) => {
      const before = read();
      if (before.state === 'unsound')
        throw new TiegelError('TGL_OFFICER_INVALID', { problem: before.problem });
      if (word.officer.publicKey !== key.publicKey)
        throw new TiegelError('TGL_OFFICER_INVALID', { problem: 'the key is not that of the officer' });
      if (before.state === 'given' && before.word.officer.publicKey !== key.publicKey)
        throw new TiegelError('TGL_OFFICER_INVALID', {
          problem: `the word that stands is that of ${before.word.officer.name}, who has another key`,
        });
      const text = `${JSON.stringify({ word, signature: key.sign(purpose + canonicalJson(word)) })}\n`;
      decisions.append({ kind: 'officer', content: digestOf(text) });
      writeFileAtomically(layout.officer, text, { mode: 0o600, disk });
    },
  };
}

/** Why the officer's word does not let a record admit, in a sentence; undefined where it does, or where there is none. */
export function refusalByOfficer(
  state: OfficerState,
  { policy }: Pick<AdmissionRecord, 'policy'>,
  now: number,
): string | undefined {
  if (state.state === 'none') return undefined;
  if (state.state === 'unsound') return state.problem;
  const { officer } = state.word;
  const inForce = acceptedAt(state.word, now);
  const admits = inForce.some(
    ({ digest, minimum }) =>
      policy !== undefined &&
      (policy.digest === digest || (minimum === 'as-strong' && policy.asStrongAs?.includes(digest))),
  );
  if (admits) return undefined;
  const by =
    policy === undefined ? 'no policy has decided on it' : `it was admitted by the policy ${policy.name}`;
  const names = inForce.map(({ name, version }) => `${name} ${version}`).join(', ');
  return `${by}, and ${officer.name} accepts ${names === '' ? 'no policy at present' : `only ${names}`}`;
}

/**
 * The policy by which a model that is not admitted has to be assessed: that of its last admission where the officer still accepts it,
 * otherwise the first that is accepted.
 *
 * @param last the policy of its last admission, if one decided
 * @returns its name; undefined where any battery admits; null where nothing that is assessed would be
 */
export function policyDue(
  state: OfficerState,
  last: string | undefined,
  now: number,
): string | null | undefined {
  if (state.state === 'none') return last;
  if (state.state === 'unsound') return null;
  const inForce = acceptedAt(state.word, now).map(({ name }) => name);
  return inForce.find((name) => name === last) ?? inForce[0] ?? null;
}

function acceptedAt({ accepted }: OfficersWord, now: number): OfficersWord['accepted'] {
  return accepted.filter(({ expires }) => Date.parse(expires) > now);
}

/** By whose word what is admitted here is served, for wherever the state of a model is shown. */
export function byWhoseWord(state: OfficerState): string {
  if (state.state === 'given') return `by the word of ${state.word.officer.name}`;
  return state.state === 'unsound'
    ? 'by nobody, since the word of the officer cannot be relied on'
    : 'by the built-in default, which accepts every battery (tiegel officer init)';
}

/** Whether an admission by a policy lifts a rejection: by the same policy or one as strong, unless only the officer may. */
export function liftsRejection(
  { name, digest, asStrongAs = [] }: DecidingPolicy,
  { policy: rejecting, rejectedBy }: Pick<Revocation, 'policy' | 'rejectedBy'>,
  state: OfficerState,
): boolean {
  // Rejections of older versions name their policy only.
  if (rejectedBy === undefined) return name === rejecting;
  const accepted = state.state === 'given' ? state.word.accepted : [];
  if (accepted.some((one) => one.digest === rejectedBy.digest && one.lift === 'officer')) return false;
  return digest === rejectedBy.digest || asStrongAs.includes(rejectedBy.digest);
}

function textAt(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cause;
  }
}

/** The word in a text that the log names, or what is wrong with it. */
function wordIn(text: string): OfficersWord | string {
  const { word, signature } = JSON.parse(text) as {
    readonly word: OfficersWord;
    readonly signature: unknown;
  };
  const sound = verifyingKey(word.officer.publicKey).verify(purpose + canonicalJson(word), signature);
  return sound ? word : 'its signature does not fit its content';
}
