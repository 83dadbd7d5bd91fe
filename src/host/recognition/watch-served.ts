// The watch over models on servers with what a running server has: its store, its ledger, its data policies.
import { systemEntropy } from '../../base/index.ts';
import type { Author } from '../../store/index.ts';
import { noUsage } from '../../traffic/index.ts';
import { askingPolicies } from '../allowed-engine.ts';
import type { HostContext } from '../context.ts';
import type { Metering } from '../metering/metering.ts';
import type { HostStore } from '../open-store.ts';
import { type ServerWatch, type WatchOptions, watchServers } from './watch-servers.ts';

export type ServedContext = Pick<WatchOptions, 'catalog' | 'models' | 'logger'> & {
  readonly store: HostStore['store'];
  readonly recordOwn: Metering['recordOwn'];
};

/** The account of the operator's own questions, so that they stand apart from everybody's use. */
const accountName = 'recognition of servers';

const server: Author = {
  actor: { type: 'server' },
  request: null,
  reason: 'recognition of models on servers',
};

export function watchServed(
  context: Pick<HostContext, 'environment' | 'clock'>,
  { store, recordOwn, ...watched }: ServedContext,
): ServerWatch {
  let place: ReturnType<typeof placeIn> | undefined;
  return watchServers({
    ...watched,
    setting: context.environment.serverQuestions,
    clock: context.clock,
    entropy: systemEntropy,
    permitted: (remote, engine) => askingPolicies(context, remote, engine),
    charge: async ({ model, served, promptTokens, completionTokens, at, durationMs }) => {
      place ??= placeIn(store);
      const request = `recognition_${Buffer.from(systemEntropy(12)).toString('hex')}`;
      const usage = { ...noUsage, promptTokens, completionTokens };
      await recordOwn({ ...(await place), request, model, served, usage, at, durationMs });
    },
    onWithdrawn: (model, reason) =>
      store.audit.record(
        'system',
        { ...server, reason },
        { action: 'model.withdrawn', target: { type: 'model', id: model }, refused: null },
      ),
  });
}

/** Of the oldest organisation, which is the operator's. */
async function placeIn(
  store: HostStore['store'],
): Promise<{ readonly organisation: string; readonly account: string }> {
  const [operator] = await store.organisations.list();
  if (operator === undefined) throw new TypeError('placeIn: there is no organisation yet');
  const accounts = await store.accounts.list(operator.id);
  const known = accounts.find(({ name, state }) => name === accountName && state === 'active');
  const account = known ?? (await store.accounts.create(operator.id, server, { name: accountName }));
  return { organisation: operator.id, account: account.id };
}
