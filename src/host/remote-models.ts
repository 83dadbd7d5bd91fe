// Models on servers and the way one of them comes to be served: connect, take its fingerprint, assess it where no valid
// record exists, admit it.
import {
  type Assessment,
  assessRemote,
  type Battery,
  type RemoteAssessOptions,
  readKnownAnswers,
  remoteBattery,
  type TrialOptions,
  takeFingerprint,
} from '../assess/index.ts';
import { TiegelError } from '../base/index.ts';
import type { AdmittedRemote, Catalog, RemoteModel, ServingConfiguration } from '../catalog/index.ts';
import {
  createRemoteEngine,
  type Engine,
  remoteRuntimeBuild,
  serverKind,
  statedContextLength,
} from '../engine/index.ts';
import { type ChatTemplate, templateWithDigest } from '../formats/index.ts';
import { createOutbound, type Outbound } from '../outbound/index.ts';
import { type ContentFilter, collect, converse, servedTurn } from '../reasoning/index.ts';
import { askingPolicies } from './allowed-engine.ts';
import type { HostContext } from './context.ts';
import type { Environment } from './environment.ts';
import { exposedEngine, servedCoins } from './exposed-engine.ts';
import { assessWhereDue, type Readiness, showTrials } from './readiness.ts';

/** Tokens of a reply that sets no limit, where the context of the server leaves that much. */
const longestReply = 4096;

/** What a request gets that names nothing else: what DeepSeek recommends for R1, and most reasoners after it. */
export function remoteServing(
  { coins }: Pick<Environment, 'coins'>,
  { manifest }: RemoteModel,
  filters: readonly ContentFilter[] = [],
): ServingConfiguration {
  const maxTokens = Math.min(longestReply, Math.floor(manifest.contextLength / 2));
  return {
    runtimeBuild: remoteRuntimeBuild(serverKind(manifest.server)),
    sampling: { temperature: 0.6, topP: 0.95, maxTokens },
    thinkingBudget: null,
    systemPrompt: null,
    filters: filters.map(({ digest }) => digest),
    ...(coins && { coins: servedCoins }),
  };
}

/** The model on a server that an argument names, if it names one. */
export function findRemote(catalog: Catalog, argument: string | undefined): RemoteModel | undefined {
  if (argument === undefined) return undefined;
  const { models, damaged } = catalog.remotes.list();
  // Reading it says what is wrong with it.
  if (damaged.some(({ name }) => name === argument)) return catalog.remotes.find(argument);
  return models.find(({ name }) => name === argument);
}

/** @throws TGL_CAPABILITY_MISSING where a draft model is wanted: its server runs it as it was started */
export function requireNoDraft({ name }: RemoteModel, draft: string | undefined): void {
  if (draft === undefined) return;
  throw new TiegelError('TGL_CAPABILITY_MISSING', { model: name, feature: 'a draft model' });
}

/** What renders its prompts here, or null where its server does. */
export function remoteTemplate({ manifest }: RemoteModel): ChatTemplate | null {
  return manifest.template === undefined ? null : templateWithDigest(manifest.template);
}

/**
 * An engine over the model's server. Disposing it closes its connections.
 *
 * @throws TGL_ENVIRONMENT_INVALID when the variable with the key is not set
 */
export function startRemoteEngine(
  { environment, clock }: Pick<HostContext, 'environment' | 'clock'>,
  { name, manifest }: RemoteModel,
): Engine {
  const { endpoints, server, model, contextLength, opensThinking, template } = manifest;
  const { keyVariable, allowPrivate } = manifest;
  const key = keyVariable === null ? undefined : environment.keyIn(keyVariable);
  if (keyVariable !== null && key === undefined) {
    const expected = `the key of the server of ${name}`;
    throw new TiegelError('TGL_ENVIRONMENT_INVALID', { name: keyVariable, received: 'not set', expected });
  }
  const outbound = outboundTo(environment, { endpoints, allowPrivate });
  const engine = createRemoteEngine({
    ...{ model: name, remoteModel: model, endpoints, server: serverKind(server) },
    ...{ contextLength, opensThinking, clientSideTemplate: template !== undefined, outbound, clock },
    ...(key === undefined ? {} : { key }),
  });
  return {
    ...exposedEngine(environment, engine),
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]();
      await outbound[Symbol.asyncDispose]();
    },
  };
}

/** The same for whatever no account asks. Its first request throws TGL_POLICY_NO_ENGINE where no data policy allows the server. */
export function startAskingEngine(
  context: Pick<HostContext, 'environment' | 'clock'>,
  remote: RemoteModel,
): Engine {
  return askingPolicies(context, remote, startRemoteEngine(context, remote));
}

type Reach = Pick<RemoteModel['manifest'], 'endpoints' | 'allowPrivate'>;

function outboundTo({ offline }: HostContext['environment'], { endpoints, allowPrivate }: Reach): Outbound {
  return createOutbound({ offline, allowedOrigins: allowPrivate ? endpoints : [] });
}

/** What the server says itself, if it can be asked and says so. */
export async function contextLengthOnServer(
  { environment, signal }: Pick<HostContext, 'environment' | 'signal'>,
  server: Reach & Pick<RemoteModel['manifest'], 'model' | 'keyVariable'>,
): Promise<number | undefined> {
  await using outbound = outboundTo(environment, server);
  const { endpoints, model, keyVariable } = server;
  const key = keyVariable === null ? undefined : environment.keyIn(keyVariable);
  const access = key === undefined ? {} : { key };
  return await statedContextLength({ endpoints, remoteModel: model, outbound, signal, ...access });
}

/** Admits a model on a server, assessing it first where that is due. */
export async function admitRemoteModel(
  context: HostContext,
  catalog: Catalog,
  remote: RemoteModel,
  filters: readonly ContentFilter[] = [],
): Promise<Readiness<AdmittedRemote>> {
  const readiness = await assessWhereDue(context, remote.name, {
    officer: catalog.officer,
    // An assessment notes the fingerprint that it took.
    admit: () => recogniseRemote(context, catalog, catalog.remotes.find(remote.name) ?? remote, filters),
    assess: () => assessRemoteModel(context, catalog, remote, remoteBattery, {}, filters),
  });
  return readiness.ready ? { ready: true, admitted: readiness.admitted.remote } : readiness;
}

/** Asks the server once and looks for a record that fits its answers. */
export async function recogniseRemote(
  context: HostContext,
  catalog: Catalog,
  remote: RemoteModel,
  filters: readonly ContentFilter[] = [],
): Promise<ReturnType<Catalog['remotes']['admit']>> {
  const { fingerprint, fingerprintKey: key } = remote.manifest;
  if (fingerprint.length === 0 || key === undefined)
    return catalog.remotes.admit(remote, remoteServing(context.environment, remote, filters), []);
  await using engine = startAskingEngine(context, remote);
  const serving = remoteServing(context.environment, remote, filters);
  const asked = { key, times: 1 };
  const answers = await takeFingerprint(
    engine,
    { serving, template: remoteTemplate(remote) },
    asked,
    context.signal,
  );
  const admission = catalog.remotes.admit(remote, serving, answers);
  if (!admission.admitted || readKnownAnswers(catalog.home, remote.name) !== undefined) return admission;
  return {
    ...{ admitted: false, state: 'quarantined' },
    reason: 'its answers to the questions by which it is watched are missing; assess it again',
  };
}

/** A model as it would be assessed, for making trials again. */
export function remoteAssessmentTarget(
  context: HostContext,
  remote: RemoteModel,
  filters: readonly ContentFilter[],
): Pick<RemoteAssessOptions, 'remote' | 'serving' | 'startEngine'> {
  return {
    remote,
    serving: remoteServing(context.environment, remote, filters),
    startEngine: async () => startAskingEngine(context, remote),
  };
}

/** Runs a battery on a model on a server, and tells of its progress. */
export async function assessRemoteModel(
  context: HostContext,
  catalog: Catalog,
  remote: RemoteModel,
  battery: Battery = remoteBattery,
  trials: TrialOptions = {},
  filters: readonly ContentFilter[] = [],
): Promise<Assessment> {
  const { clock, signal, onProgress } = context;
  const serving = remoteServing(context.environment, remote, filters);
  await requireReadableReplies(context, remote, serving);
  const assessment = await assessRemote({
    ...{ catalog, remote, clock, signal, battery, trials, filters },
    serving,
    startEngine: async () => startAskingEngine(context, remote),
    onProgress: showTrials(context),
  });
  onProgress(null);
  return assessment;
}

/** Tokens of the one reply below: more than a reasoner needs for it. */
const mostTrialTokens = 1024;

/**
 * One easy turn before a battery: a server that gives its thinking as the answer, whose replies have an unknown form or that
 * is set up wrongly is named at once, and not by every trial. What may be otherwise next time is left to the trials.
 *
 * @throws TGL_THINKING_UNOPENED, TGL_UPSTREAM_UNREADABLE, TGL_UPSTREAM_UNUSABLE, TGL_UPSTREAM_REFUSED
 */
async function requireReadableReplies(
  context: HostContext,
  remote: RemoteModel,
  serving: ServingConfiguration,
): Promise<void> {
  await using engine = startAskingEngine(context, remote);
  const turn = servedTurn(
    { serving, template: remoteTemplate(remote) },
    {
      messages: [{ role: 'user', content: 'What is 6 * 7? Answer with the number.' }],
      maxTokens: Math.min(mostTrialTokens, serving.sampling.maxTokens),
    },
  );
  try {
    await collect(converse(engine, turn, context.signal));
  } catch (cause) {
    if (!TiegelError.isInstance(cause) || !cause.retryable) throw cause;
  }
}
