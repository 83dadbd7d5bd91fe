// Models on servers are recognised for as long as they are served: behind a share of ordinary requests, drawn at random and after a
// random pause, the model is asked a question of the operator's own through the same engine and in the same form. Once the answers say
// that it is no longer the model that was admitted, it is withdrawn everywhere at once.
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import {
  answersTested,
  askRecognition,
  drawQuestion,
  hasChanged,
  type KnownAnswers,
  questionAt,
  readKnownAnswers,
  withAnswer,
  withdrawChanged,
  writeKnownAnswers,
} from '../../assess/index.ts';
import { type Clock, type Entropy, reasonOf, seededRandom } from '../../base/index.ts';
import type { AdmittedRemote, Catalog, RemoteModel } from '../../catalog/index.ts';
import type { Engine } from '../../engine/index.ts';
import type { ModelDirectory, ServedModel } from '../../gateway/index.ts';
import type { RequestObserver, RequestRecord } from '../../traffic/index.ts';

/** What the operator spends on it. */
export type WatchSetting = {
  /** Share of requests behind which a question is asked; 0 asks none. */
  readonly share: number;
  /** Of prompts and answers together, each day by UTC. */
  readonly tokensPerDay: number;
};

export type AskedQuestion = {
  readonly model: string;
  readonly served: ServedModel;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly at: number;
  readonly durationMs: number;
};

export type WatchOptions = {
  readonly catalog: Pick<Catalog, 'admissions' | 'remotes' | 'home'>;
  readonly models: Pick<ModelDirectory, 'resolve'>;
  readonly setting: WatchSetting;
  /** An engine that asks data policies before it asks the server. */
  readonly permitted: (remote: RemoteModel, engine: Engine) => Engine;
  /** Puts a question into the ledger. */
  readonly charge: (asked: AskedQuestion) => Promise<void>;
  /** Told once a model was withdrawn. */
  readonly onWithdrawn: (model: string, reason: string) => Promise<void>;
  readonly clock: Clock;
  readonly entropy: Entropy;
  readonly logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** Longest pause behind a request. @default 20 s */
  readonly longestPauseMs?: number;
};

export type ServerWatch = AsyncDisposable & {
  readonly observer: RequestObserver;
  /** Resolves once nothing is being asked. */
  readonly idle: () => Promise<void>;
};

const dayMs = 86_400_000;

export function watchServers(options: WatchOptions): ServerWatch {
  const { models, setting, clock, entropy, logger, longestPauseMs = 20_000 } = options;
  const random = seededRandom(Buffer.from(entropy(6)).readUIntBE(0, 6));
  const stop = new AbortController();
  const asking = new Map<string, Promise<void>>();
  const spent = { day: 0, tokens: 0 };

  const spend = (tokens: number): void => {
    const day = Math.floor(clock.now() / dayMs);
    if (spent.day !== day) Object.assign(spent, { day, tokens: 0 });
    spent.tokens += tokens;
  };
  const ask = async (name: string): Promise<void> => {
    const served = await models.resolve(name);
    if (served === undefined || 'notAdmitted' in served || !('remote' in served.admitted)) return;
    await pause(random.next() * longestPauseMs, undefined, { signal: stop.signal, ref: false });
    spend(0);
    if (served.withdrawn?.aborted || spent.tokens >= setting.tokensPerDay) return;
    const { admitted } = served;
    spend(await askOne(options, served, admitted, random, stop.signal));
  };
  const consider = ({ model, outcome }: RequestRecord): void => {
    if (model === null || outcome.type !== 'finished' || asking.has(model)) return;
    if (random.next() >= setting.share) return;
    const done = ask(model)
      .catch((err: unknown) => {
        // A server that is away is for its engine to notice, and says nothing of its model.
        if (!stop.signal.aborted) logger.warn({ model, reason: reasonOf(err) }, 'not recognised this time');
      })
      .finally(() => asking.delete(model));
    asking.set(model, done);
  };
  return {
    observer: {
      ended: (record) => {
        if (record.isSpread !== true) consider(record);
      },
      tierEnded: consider,
    },
    idle: async () => void (await Promise.all(asking.values())),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await Promise.all(asking.values());
    },
  };
}

/** Returns how many tokens it took. */
async function askOne(
  { catalog, permitted, charge, onWithdrawn, clock, logger }: WatchOptions,
  served: ServedModel,
  { remote, serving, record }: AdmittedRemote,
  random: ReturnType<typeof seededRandom>,
  signal: AbortSignal,
): Promise<number> {
  const { name } = remote;
  const known = readKnownAnswers(catalog.home, name);
  if (known === undefined) {
    logger.error({ model: name }, 'the answers by which it is recognised are missing; assess it again');
    return 0;
  }
  const at = clock.now();
  const index = drawQuestion(known, random);
  const { manner, ...question } = questionAt(known, index);
  const engine = permitted(remote, served.engine);
  const tuple = { serving, template: served.template };
  const { answer, ...tokens } = await askRecognition(engine, tuple, question, manner, signal);
  await charge({ model: name, served, ...tokens, at, durationMs: clock.now() - at });
  const since = withAnswer(known, index, answer);
  if (hasChanged(since)) {
    const reason = reasonOfChange(since);
    withdrawChanged(catalog, remote, record.subject, reason);
    logger.error({ model: name, reason }, 'a model on a server was withdrawn');
    await onWithdrawn(name, reason);
  } else writeKnownAnswers(catalog.home, name, since);
  return tokens.promptTokens + tokens.completionTokens;
}

function reasonOfChange(known: KnownAnswers): string {
  return `its server answers as another model than the one that was admitted (${answersTested(known)} answers compared)`;
}
