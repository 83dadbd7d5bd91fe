// What can be assessed: a variant of the catalog, or a model on a server, each with its subject and the way to examine it.
import type { Fingerprint, Subject } from '../../catalog/index.ts';
import { openGguf, templateWithDigest } from '../../formats/index.ts';
import { reviewFile } from '../probes/file/file-review.ts';
import { admissibleTemplate } from '../probes/file/template.ts';
import { judgeFingerprint, takeFingerprint } from '../probes/fingerprint.ts';
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

/** Takes the fingerprint first; disposing it stops the engine. */
export async function remoteTarget(
  options: Omit<RemoteAssessOptions, 'battery'>,
  repeats: number,
): Promise<Target & AsyncDisposable & { readonly fingerprint: Fingerprint }> {
  const { catalog, remote, serving, startEngine, signal } = options;
  const { template: digest } = remote.manifest;
  await using starting = new AsyncDisposableStack();
  const engine = starting.use(await startEngine());
  const answers = await takeFingerprint(engine, repeats, signal);
  // A recognised model keeps the key of its records, whichever of its answers differed this time.
  const recognised = catalog.remotes.recognises(remote, answers);
  const fingerprint = recognised ? remote.manifest.fingerprint : answers;
  const subject = catalog.remotes.subjectOf(remote, serving, fingerprint);
  const examined: Examined = {
    model: remote.name,
    review: { probe: 'fingerprint', run: async () => judgeFingerprint(answers) },
    startEngine: async () => engine,
    template: () => (digest === undefined ? null : templateWithDigest(digest)),
  };
  const resources = starting.move();
  return { subject, examined, fingerprint, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}
