// Servers of the operator that score answers, as checkers of samples: an answer passes from a score on that the operator names. What such a
// server is asked and says has the form of OpenRLHF's remote reward models. One that fails, or takes too long, leaves an answer unverified.
import type { Logger } from 'pino';
import { z } from 'zod';
import { type EnginePlace, reasonOf } from '../base/index.ts';
import type { Checkers, Gauge } from '../gateway/index.ts';
import type { Outbound } from '../outbound/index.ts';

export type ScorerSetting = {
  readonly name: string;
  readonly url: string;
  /** The score from which on an answer passes. */
  readonly least: number;
};

export type ScorerOptions = {
  readonly scorers: readonly ScorerSetting[];
  readonly token: string | undefined;
  readonly outbound: Pick<Outbound, 'request'>;
  readonly logger: Pick<Logger, 'warn'>;
  /** For one answer. @default 30,000 */
  readonly maxMs?: number;
};

export type Scorers = { readonly checkers: Checkers; readonly gauges: () => readonly Gauge[] };

const maxReplyBytes = 65_536;

const reply = z.object({ rewards: z.array(z.number()).length(1) });

export function openScorers({ scorers, token, outbound, logger, maxMs = 30_000 }: ScorerOptions): Scorers {
  const counts = new Map(scorers.map(({ name }) => [name, { scored: 0, failed: 0 }]));
  const scoreOf = async (
    url: string,
    question: string,
    answer: string,
    signal: AbortSignal,
  ): Promise<number> => {
    using response = await outbound.request({
      ...{ method: 'POST', url, maxBytes: maxReplyBytes, headers: { 'content-type': 'application/json' } },
      ...(token !== undefined && { credentials: { authorization: `Bearer ${token}` } }),
      body: JSON.stringify({ query: [question + answer], prompts: [question], labels: [''] }),
      deadlines: { totalMs: maxMs, firstByteMs: maxMs },
      signal,
    });
    if (response.status !== 200) throw new Error(`it answered ${response.status}`);
    const [score] = reply.parse(JSON.parse(await response.text())).rewards;
    return score as number;
  };
  const checkerOf = ({ name, url, least }: ScorerSetting): Parameters<Map<string, CheckerOf>['set']> => {
    const { hostname: host } = new URL(url);
    const ownHardware = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(host);
    const place: EnginePlace = { region: null, operator: null, ownHardware, host };
    return [
      name,
      (question, { signal, requirePermitted }) => {
        requirePermitted(name, place);
        return async (answer) => {
          const count = counts.get(name) ?? { scored: 0, failed: 0 };
          try {
            const score = await scoreOf(url, question, answer, signal);
            count.scored++;
            return score >= least;
          } catch (error) {
            signal.throwIfAborted();
            count.failed++;
            logger.warn({ scorer: name, reason: reasonOf(error) }, 'an answer could not be scored');
            return 'unknown';
          }
        };
      },
    ];
  };
  return {
    checkers: new Map(scorers.map(checkerOf)),
    gauges: () => (scorers.length === 0 ? [] : [gaugeOf(counts)]),
  };
}

type CheckerOf = Checkers extends ReadonlyMap<string, infer Checker> ? Checker : never;

function gaugeOf(counts: ReadonlyMap<string, Readonly<Record<'scored' | 'failed', number>>>): Gauge {
  return {
    name: 'tiegel_scorer_answers',
    help: 'Answers that servers of the operator were asked to score since the start, by what came of it.',
    values: [...counts].flatMap(([scorer, count]) =>
      (['scored', 'failed'] as const).map((outcome) => ({
        labels: { scorer, outcome },
        value: count[outcome],
      })),
    ),
  };
}
