// Models on servers, their manifests and their admission. Nobody can see the bytes of such a model, so it is recognised
// by its answers. That finds an exchanged model, quantisation or template; a server that wants to deceive can replay.
import { existsSync, readdirSync } from 'node:fs';
import { digestOfJson, removeDurably, TiegelError, writeFileAtomically } from '../../base/index.ts';
import {
  admitRemoteSubject,
  quarantined,
  type RecordContext,
  type RemoteAdmission,
} from '../admission/admit.ts';
import { remoteSubjectFrom, type ServingConfiguration, type Subject } from '../admission/subject.ts';
import {
  decodeRemoteManifest,
  type Fingerprint,
  type RemoteDescription,
  type RemoteManifest,
  type RemoteModel,
  readRemoteManifest,
  remoteManifestText,
} from './remote-manifest.ts';

/** What is there; a manifest that cannot be read is named, never left out. */
export type RemoteListing = {
  readonly models: readonly RemoteModel[];
  readonly damaged: readonly { readonly name: string; readonly problem: string }[];
};

export type RemoteModels = {
  /**
   * Notes a model under a name, quarantined; one of the same name is replaced, unless it is described alike: then it stays as it is.
   * @throws TGL_MODEL_NAME_INVALID, TGL_REMOTE_INVALID, also where a variant has the name, TGL_DISK_FULL
   */
  readonly add: (name: string, description: RemoteDescription) => RemoteModel;
  /** Whether there was one. */
  readonly remove: (name: string) => boolean;
  readonly list: () => RemoteListing;
  /** @throws TGL_MODEL_NAME_INVALID, TGL_MANIFEST_INVALID */
  readonly find: (name: string) => RemoteModel | undefined;
  /** Whether these answers are those of its assessment, as far as answers of a server repeat themselves. */
  readonly recognises: (remote: RemoteModel, answers: Fingerprint) => boolean;
  /** Stores how it answered when it was assessed, and under which key the questions were drawn. */
  readonly recordFingerprint: (remote: RemoteModel, fingerprint: Fingerprint, key: string) => RemoteModel;
  /** Forgets how it answered: it has to be assessed again. */
  readonly forgetFingerprint: (remote: RemoteModel) => RemoteModel;
  /** The served tuple with that fingerprint. */
  readonly subjectOf: (
    remote: RemoteModel,
    serving: ServingConfiguration,
    fingerprint: Fingerprint,
  ) => Subject;
  /** Whether it may be served in this configuration, having just answered like this. */
  readonly admit: (
    remote: RemoteModel,
    serving: ServingConfiguration,
    answers: Fingerprint,
  ) => RemoteAdmission;
};

/**
 * Share of the answers that have to be as they were. Not all: servers that put several requests into one batch round
 * differently from time to time, which may turn an answer.
 */
const shareOfSameAnswers = 0.75;

export function createRemoteModels(context: RecordContext): RemoteModels {
  const { layout, disk, clock } = context;
  const store = (manifest: RemoteManifest): RemoteModel => {
    // It holds the key of the questions.
    writeFileAtomically(layout.remote(manifest.name), remoteManifestText(manifest), { disk, mode: 0o600 });
    return { name: manifest.name, manifest };
  };
  const find = (name: string): RemoteModel | undefined => {
    const manifest = readRemoteManifest(layout.remote(name), name);
    return manifest === undefined ? undefined : { name, manifest };
  };
  const subjectOf: RemoteModels['subjectOf'] = ({ manifest }, serving, fingerprint) =>
    remoteSubjectFrom({ remote: manifest, fingerprint }, serving);

  return {
    add: (name, description) => {
      const refuse = (problem: string): never => {
        throw new TiegelError('TGL_REMOTE_INVALID', { model: name, problem });
      };
      if (existsSync(layout.manifest(name))) refuse('a model on this machine has the name');
      const created = new Date(clock.now()).toISOString();
      const manifest = decodeRemoteManifest(
        { schema: 1, name, fingerprint: [], created, ...description },
        refuse,
      );
      const known = listRemotes(layout.remotes, find).models.find((remote) => remote.name === name);
      return known !== undefined && isDescribedAlike(known.manifest, manifest) ? known : store(manifest);
    },
    remove: (name) => {
      const path = layout.remote(name);
      if (!existsSync(path)) return false;
      removeDurably(path, disk);
      return true;
    },
    list: () => listRemotes(layout.remotes, find),
    find,
    recognises: ({ manifest: { fingerprint, fingerprintKey } }, answers) => {
      if (fingerprintKey === undefined) return false;
      const { known, same } = compared(fingerprint, answers);
      return known > 0 && same >= shareOfSameAnswers * known;
    },
    recordFingerprint: ({ manifest }, fingerprint, fingerprintKey) =>
      store({ ...manifest, fingerprint, fingerprintKey }),
    forgetFingerprint: ({ manifest: { fingerprintKey: _, ...manifest } }) =>
      store({ ...manifest, fingerprint: [] }),
    subjectOf,
    admit: (remote, serving, answers) => {
      const { fingerprint, fingerprintKey } = remote.manifest;
      const { known, same } = compared(fingerprint, answers);
      if (known === 0) return quarantined('it has not been assessed');
      if (fingerprintKey === undefined)
        return quarantined('it is known by its answers to published questions only; assess it again');
      if (same < shareOfSameAnswers * known)
        return quarantined(`it gives ${same} of ${known} answers as it did when it was assessed`);
      return admitRemoteSubject(remote, subjectOf(remote, serving, fingerprint), serving, context);
    },
  };
}

function isDescribedAlike(one: RemoteManifest, other: RemoteManifest): boolean {
  const { fingerprint, fingerprintKey, created } = one;
  const known = { fingerprint, created, ...(fingerprintKey !== undefined && { fingerprintKey }) };
  return digestOfJson({ ...other, ...known }) === digestOfJson(one);
}

function compared(fingerprint: Fingerprint, answers: Fingerprint): { known: number; same: number } {
  const known = fingerprint.flatMap((digest, index) => (digest === null ? [] : [index]));
  const same = known.filter((index) => answers[index] === fingerprint[index]);
  return { known: known.length, same: same.length };
}

function listRemotes(directory: string, find: (name: string) => RemoteModel | undefined): RemoteListing {
  const models: RemoteModel[] = [];
  const damaged: { name: string; problem: string }[] = [];
  for (const file of readdirSync(directory).sort()) {
    if (!file.endsWith('.json') || file.startsWith('.')) continue;
    const name = file.slice(0, -'.json'.length);
    try {
      const model = find(name);
      if (model !== undefined) models.push(model);
    } catch (cause) {
      if (!TiegelError.isInstance(cause)) throw cause;
      damaged.push({ name, problem: cause.message });
    }
  }
  return { models, damaged };
}
