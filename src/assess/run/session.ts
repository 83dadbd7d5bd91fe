// What is examined and the engine it runs on, which is started once, when first needed, and stopped with the session.
import { TiegelError } from '../../base/index.ts';
import type { ServingConfiguration } from '../../catalog/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { ChatTemplate } from '../../formats/index.ts';
import type { ProbeOutcome, ReportProgress } from '../terms/probe.ts';

/** What is examined: the review before it is asked anything, and how it is then started. */
export type Examined = {
  readonly model: string;
  readonly review: {
    readonly probe: 'file-review' | 'fingerprint';
    readonly run: (report: ReportProgress) => Promise<ProbeOutcome>;
  };
  /** Under which the questions of the fingerprint were drawn, of a model on a server. */
  readonly fingerprintKey?: string;
  readonly startEngine: () => Promise<Engine>;
  /** Called only once the review has passed. */
  readonly template: () => ChatTemplate | null;
};

export type Session = AsyncDisposable & {
  readonly examined: Examined;
  /** @throws TGL_ENGINE_START_FAILED, also for an engine of another build than the one to be assessed */
  readonly engine: () => Promise<Engine>;
};

export function openSession(examined: Examined, serving: ServingConfiguration): Session {
  const resources = new AsyncDisposableStack();
  let starting: Promise<Engine> | undefined;
  return {
    examined,
    engine: () => {
      starting ??= startEngine(examined, serving).then((engine) => resources.use(engine));
      return starting;
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function startEngine(
  { startEngine, model }: Examined,
  { runtimeBuild }: ServingConfiguration,
): Promise<Engine> {
  const engine = await startEngine();
  if (engine.runtimeBuild === runtimeBuild) return engine;
  await engine[Symbol.asyncDispose]();
  const reason = `it is ${engine.runtimeBuild}, to be assessed is ${runtimeBuild}`;
  throw new TiegelError('TGL_ENGINE_START_FAILED', { model, reason });
}
