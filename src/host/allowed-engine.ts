// Data policies for what no account asks: assessments, their judges, the recognition of servers, the chat on this machine. Such
// requests carry no data of an account, so that an engine is out of reach only where the policies of all organisations forbid it.
import { existsSync } from 'node:fs';
import { TiegelError } from '../base/index.ts';
import { placesOfEndpoints, type RemoteModel } from '../catalog/index.ts';
import type { Engine, EngineEvent, GenerateRequest } from '../engine/index.ts';
import { effectivePolicy, type Policy, parsePolicy, permittedOf } from '../governance/index.ts';
import { storeHost } from '../store/index.ts';
import type { HostContext } from './context.ts';
import { openHostStore } from './open-store.ts';

type Surroundings = Pick<HostContext, 'environment' | 'clock'>;

/** An engine that asks before its first request leaves, and then does not ask again. */
export function askingPolicies(context: Surroundings, remote: RemoteModel, engine: Engine): Engine {
  const { within: _, ...rest } = engine;
  let asked: Promise<readonly number[]> | undefined;
  const permitted = (): Promise<readonly number[]> => {
    asked ??= permittedReplicas(context, remote);
    return asked;
  };
  return { ...rest, generate: (request, signal) => generateWithin(engine, permitted, request, signal) };
}

async function* generateWithin(
  engine: Engine,
  permitted: () => Promise<readonly number[]>,
  request: GenerateRequest,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly EngineEvent[]> {
  const indices = await permitted();
  yield* (engine.within?.(indices) ?? engine).generate(request, signal);
}

/** @throws TGL_POLICY_NO_ENGINE where no organisation's policy lets it answer, and what opening the store throws */
async function permittedReplicas(
  context: Surroundings,
  { name, manifest }: RemoteModel,
): Promise<readonly number[]> {
  const places = placesOfEndpoints(manifest);
  const asked = (await policiesOfOrganisations(context)).map(({ version, policy }) => ({
    version,
    permitted: permittedOf(policy, places),
  }));
  const indices = asked.flatMap(({ permitted }) => ('indices' in permitted ? permitted.indices : []));
  if (indices.length > 0) return [...new Set(indices)].sort((one, other) => one - other);
  const forbidden = asked.flatMap(({ permitted }) => ('forbidden' in permitted ? permitted.forbidden : []));
  const version = Math.max(...asked.map((one) => one.version));
  throw new TiegelError('TGL_POLICY_NO_ENGINE', {
    model: name,
    version,
    rules: [...new Set(forbidden)].join('; '),
  });
}

/** Those of organisations as a whole; the default before there is a store. */
async function policiesOfOrganisations(
  context: Surroundings,
): Promise<readonly { readonly version: number; readonly policy: Policy }[]> {
  const byDefault = { version: 0, policy: effectivePolicy(undefined) };
  const { database } = context.environment;
  if (storeHost(database) === null && !existsSync(database)) return [byDefault];
  await using opened = await openHostStore(context);
  const organisations = await opened.store.organisations.list();
  const current = await opened.store.policies.allCurrent();
  if (organisations.length === 0) return [byDefault];
  return organisations.map(({ id }) => {
    const stored = current.find(({ organisation, account }) => organisation === id && account === null);
    if (stored === undefined) return byDefault;
    return { version: stored.version, policy: effectivePolicy(parsePolicy(stored.document)) };
  });
}
