// What can be assessed: a variant of the catalog, or a model on a server, each with its subject and the way to examine it.
import { systemEntropy } from '../../base/index.ts';
import type { Fingerprint, Subject } from '../../catalog/index.ts';
import type { Engine } from '../../engine/index.ts';
import { openGguf, templateWithDigest } from '../../formats/index.ts';
import type { ServedTuple } from '../../reasoning/index.ts';
import { reviewFile } from '../probes/file/file-review.ts';
import { admissibleTemplate } from '../probes/file/template.ts';
import { comparePublished } from '../probes/published.ts';
import { drawKey } from '../recognition/assessment-secrets.ts';
import { judgeFingerprint, takeFingerprint } from '../recognition/fingerprint.ts';
import type { FingerprintSettings } from '../terms/battery.ts';
import type { AssessOptions, RemoteAssessOptions } from './assess-options.ts';
import type { Examined } from './session.ts';

export type Target = { readonly subject: Subject; readonly examined: Examined };

export async function localTarget(options: Omit<AssessOptions, 'battery'>): Promise<Target> {
  const { catalog, variant, serving, startEngine, allowedTemplate, clock } = options;
  const { weightsPath, adapterPaths, draftPath } = await catalog.variants.filesOf(variant);
  const furtherPaths = draftPath === null ? adapterPaths : [...adapterPaths, draftPath];
  const subject = await catalog.admissions.subjectOf(variant, serving);
  const examined: Examined = {
    model: variant.name,
    review: {
      probe: 'file-review',
      run: (report) => {
        const runtime = { build: serving.runtimeBuild, now: clock.now() };
        return reviewFile(weightsPath, report, { allowedTemplate, runtime, furtherPaths });
      },
    },
    startEngine: () => startEngine(weightsPath),
    template: () => {
      using gguf = openGguf(weightsPath);
      return admissibleTemplate(gguf, allowedTemplate);
    },
  };
  return { subject, examined };
}

export type RemoteTarget = Target &
  AsyncDisposable & {
    readonly fingerprint: Fingerprint;
    readonly fingerprintKey: string;
    readonly engine: Engine;
    readonly tuple: ServedTuple;
  };

/**
 * Takes the fingerprint first; disposing it stops the engine.
 *
 * @param ownKey under which the questions of a model that is not recognised are drawn
 */
export async function remoteTarget(
  options: Omit<RemoteAssessOptions, 'battery'>,
  { repeats, pairs = 0, seed = 0 }: Omit<FingerprintSettings, 'probe'>,
  ownKey: string = drawKey(systemEntropy),
): Promise<RemoteTarget> {
  const { catalog, remote, serving, startEngine, signal } = options;
  const { template: digest, fingerprintKey: known } = remote.manifest;
  const template = digest === undefined ? null : templateWithDigest(digest);
  const tuple = { serving, template };
  await using starting = new AsyncDisposableStack();
  const engine = starting.use(await startEngine());
  const take = (key: string): Promise<Fingerprint> =>
    takeFingerprint(engine, tuple, { key, times: repeats }, signal);
  // A recognised model keeps the key of its records, whichever of its answers differed this time; others get questions of their own.
  const repeated = known === undefined ? [] : await take(known);
  const recognised = known !== undefined && catalog.remotes.recognises(remote, repeated);
  const fingerprintKey = recognised ? known : ownKey;
  const answers = recognised ? repeated : await take(fingerprintKey);
  const fingerprint = recognised ? remote.manifest.fingerprint : answers;
  const subject = catalog.remotes.subjectOf(remote, serving, fingerprint);
  const examined: Examined = {
    model: remote.name,
    review: {
      probe: 'fingerprint',
      run: async (report) => {
        const judged = judgeFingerprint(answers);
        if (judged.verdict !== 'pass' || pairs === 0) return judged;
        const asking = { engine, serving, template, report, signal };
        const compared = await comparePublished({ seed, pairs }, asking);
        const { verdict, trials, figures } = compared;
        return {
          verdict,
          reason: `${judged.reason}; ${compared.reason}`,
          trials: judged.trials + trials,
          figures: { ...judged.figures, ...figures },
        };
      },
    },
    fingerprintKey,
    // It is asked once more behind the assessment, whose end closes what it was given.
    startEngine: async () => ({ ...engine, [Symbol.asyncDispose]: async () => {} }),
    template: () => template,
  };
  const resources = starting.move();
  const dispose = { [Symbol.asyncDispose]: () => resources.disposeAsync() };
  return { subject, examined, fingerprint, fingerprintKey, engine, tuple, ...dispose };
}
