// A turn that asks the model now and then, while it thinks, what it would answer, and lets it answer once the answers allow it.
// The reply is written in stretches: a stretch ends where a probe is due, the probe answers behind what was thought so far, and
// the next stretch goes on there. So one place of the engine is enough, nothing depends on how fast either is, and what probes
// cost is counted to the token. An engine that keeps prompts reads most of the second prompt from its cache.
import type { TokenUsage } from '../../traffic/index.ts';
import type { RunningTurn } from '../converse.ts';
import { filteredTurn } from '../filter/filtered-turn.ts';
import type { ConverseEnd, ConverseRequest, StreamPart } from '../parts.ts';
import { rewordedTurn } from '../reworded-turn.ts';
import { answerReserveOf } from '../thinking-request.ts';
import { type AnswerFrom, answerKey } from './answer-key.ts';
import { confidenceOf, type ExitRule, hesitates, mayExit, type ProbedAnswer } from './exit-rule.ts';
import { answerOf, answerTokensOf, keyOfParts, sumOfUsages, withoutTokens } from './sample-parts.ts';
import type { SampledTurn, SampledTurnOptions, SampleReport, StrategyReport } from './sampled-turn.ts';

export type EarlyExit = {
  readonly type: 'early';
  /** Tokens of thinking between two probes, at least. */
  readonly every: number;
  /** Probes only where a paragraph has ended since the one before. @default wherever the tokens are */
  readonly atParagraphs?: boolean;
  readonly maxProbes: number;
  readonly rule: ExitRule;
};

export type ProbedStrategy = EarlyExit & {
  /** What of the answers is compared. */
  readonly answer: AnswerFrom;
  readonly probe: {
    /** How the answer begins, so that a short probe has what counts in it, such as `\boxed{`; may be empty. */
    readonly begins: string;
    readonly maxTokens: number;
  };
};

export type EarlyTurnOptions = Pick<SampledTurnOptions, 'place' | 'signal'> & {
  readonly converse: (request: ConverseRequest, signal: AbortSignal) => RunningTurn;
  readonly strategy: ProbedStrategy;
  readonly request: ConverseRequest;
};

type Probe = ProbedAnswer & {
  readonly turn: RunningTurn;
  readonly parts: readonly StreamPart[];
  readonly end: ConverseEnd | undefined;
};

/** What was begun so far. Stretches are those of the reply, in their order. */
type Run = {
  readonly stretches: RunningTurn[];
  readonly probes: Probe[];
  /** Text of the thinking, as it stands in the next prompt. */
  thought: string;
  /** Of it, what came with the last probe or before. */
  probed: number;
  end: ConverseEnd | undefined;
};

/** Nothing runs before the parts are read, which throws what the model, its place and the signal throw. */
export function earlyTurn(options: EarlyTurnOptions): SampledTurn {
  const run: Run = { stretches: [], probes: [], thought: '', probed: 0, end: undefined };
  const { filters = [], rewording, ...plain } = options.request;
  const written = (): RunningTurn['parts'] => replyParts({ ...options, request: plain }, run);
  const parts = (): RunningTurn['parts'] =>
    rewording === undefined ? written() : rewordedTurn(rewording, options.request, written());
  return {
    // Filters hold back what they see until its end, and what is reworded is no longer what the model goes on from.
    parts: filters.length === 0 ? parts() : filteredTurn(filters, options.request, parts),
    usage: () => usageOf(run),
    samples: () => reportsOf(run),
  };
}

async function* replyParts(options: EarlyTurnOptions, run: Run): RunningTurn['parts'] {
  const { strategy, place, signal } = options;
  using _held = await place(signal);
  for (;;) {
    const stretch = begin(options, run, nextRequest(options.request, run));
    if ((yield* readStretch(stretch, strategy, run)) === 'ended')
      return yield [endOf(options.request, run, 'model')];
    const probe = await probeAt(options, run);
    if (!mayExit(strategy.rule, run.probes)) continue;
    const edit = withoutThought(run);
    if (isWhole(strategy, probe)) {
      run.end = probe.end;
      yield probe.parts.flatMap(edit);
    } else {
      const answer = begin(options, run, answerRequest(options.request, run));
      for await (const batch of answer.parts) {
        run.end ??= endIn(batch);
        const edited = batch.flatMap(edit).filter(({ type }) => type !== 'end');
        if (edited.length > 0) yield edited;
      }
    }
    return yield [endOf(options.request, run, 'rule')];
  }
}

function begin({ converse, signal }: EarlyTurnOptions, run: Run, request: ConverseRequest): RunningTurn {
  const turn = converse(request, signal);
  run.stretches.push(turn);
  return turn;
}

/** Gives out what a stretch adds, until it has ended or a probe is due. */
async function* readStretch(
  { parts, usage }: RunningTurn,
  { every, atParagraphs = false, maxProbes }: EarlyExit,
  run: Run,
): AsyncGenerator<readonly StreamPart[], 'ended' | 'due', undefined> {
  const edit = withoutThought(run);
  let thinks = true;
  for await (const batch of parts) {
    run.end ??= endIn(batch);
    const edited = batch.flatMap(edit).filter(({ type }) => type !== 'end');
    for (const part of edited) {
      if (part.type === 'reasoning-delta') run.thought += part.text;
      else if (part.type !== 'reasoning-start') thinks = false;
    }
    if (edited.length > 0) yield edited;
    const isDue =
      usage().reasoningTokens >= every &&
      run.probes.length < maxProbes &&
      (!atParagraphs || run.thought.slice(run.probed).includes('\n\n'));
    if (thinks && run.end === undefined && isDue && run.thought.length > run.probed) return 'due';
  }
  return 'ended';
}

/** Takes out what the prompt of the turn brought: the beginning of the thinking, once it was given out. */
function withoutThought({ thought }: Run): (part: StreamPart) => readonly StreamPart[] {
  let left = thought.length;
  return (part) => {
    if (part.type === 'reasoning-start') return thought === '' ? [part] : [];
    if (part.type !== 'reasoning-delta' || left === 0) return [part];
    const dropped = Math.min(left, part.text.length);
    left -= dropped;
    return dropped === part.text.length ? [] : [{ ...part, text: part.text.slice(dropped) }];
  };
}

/** The rest of the reply, behind what was thought. What is left of tokens is what the stretches before have left. */
function nextRequest(request: ConverseRequest, run: Run): ConverseRequest {
  const streamed = { ...request, nonStreaming: undefined };
  if (run.thought === '') return streamed;
  const spent = sumOfUsages(run.stretches.map(({ usage }) => usage()));
  const { budget, ...thinking } = request.thinking;
  // What is kept for the answer is decided once, for the whole reply.
  const most = Math.min(
    budget ?? Number.POSITIVE_INFINITY,
    request.maxTokens - answerReserveOf(request.maxTokens),
  );
  return {
    ...streamed,
    thinking: { ...thinking, budget: Math.max(0, most - spent.reasoningTokens) },
    maxTokens: Math.max(1, request.maxTokens - spent.completionTokens),
    prefill: { reasoning: run.thought },
  };
}

const noThinking = { mode: 'closed', budget: 0 } as const;

function answerRequest(request: ConverseRequest, run: Run, begins = ''): ConverseRequest {
  const { maxTokens } = nextRequest(request, run);
  return { ...request, maxTokens, thinking: noThinking, prefill: { reasoning: run.thought, answer: begins } };
}

/** What the model would answer now, at temperature 0. */
async function probeAt(options: EarlyTurnOptions, run: Run): Promise<Probe> {
  const { request, strategy, converse, signal } = options;
  const { begins, maxTokens } = strategy.probe;
  const asked = answerRequest(request, run, begins);
  const wanted = strategy.rule.type === 'confidence' ? (request.logProbabilities ?? 0) : undefined;
  const turn = converse(
    {
      ...asked,
      maxTokens: Math.min(maxTokens, asked.maxTokens),
      sampling: { ...request.sampling, temperature: 0 },
      logProbabilities: wanted ?? request.logProbabilities,
    },
    signal,
  );
  const index = run.probes.push({ turn, parts: [], end: undefined, key: null, confidence: null }) - 1;
  const parts: StreamPart[] = [];
  let end: ConverseEnd | undefined;
  for await (const batch of turn.parts)
    for (const part of batch)
      if (part.type === 'end') end = part;
      else parts.push(part);
  run.probed = run.thought.length;
  const shown = request.logProbabilities === undefined ? parts.map(withoutTokens) : parts;
  const probe = { turn, parts: shown, end, ...probedAnswer(strategy, parts, end) };
  run.probes[index] = probe;
  return probe;
}

function probedAnswer(
  { answer, rule }: ProbedStrategy,
  parts: readonly StreamPart[],
  end: ConverseEnd | undefined,
): ProbedAnswer {
  const text = answerOf(parts);
  // Of an answer that was cut off only what is closed in it can be read.
  const isReadable = end?.finish !== 'length' || answer.type === 'boxed';
  const isSure = rule.type !== 'agreement' || !hesitates(text);
  return {
    key: isReadable && isSure ? keyOfParts(parts, (read) => answerKey(read, answer)) : null,
    confidence: confidenceOf(answerTokensOf(parts)),
  };
}

/** Such an answer is the reply; asked again it would be the same. */
function isWhole({ probe: { begins } }: ProbedStrategy, { end }: Probe): boolean {
  return begins === '' && end?.finish === 'stop';
}

function endIn(batch: readonly StreamPart[]): ConverseEnd | undefined {
  return batch.find((part) => part.type === 'end');
}

function endOf({ thinking: asked }: ConverseRequest, run: Run, stoppedBy: 'model' | 'rule'): ConverseEnd {
  const { end } = run;
  if (end === undefined) throw new TypeError('earlyTurn: the reply has no end part');
  const whole = sumOfUsages(run.stretches.map(({ usage }) => usage()));
  const { thinking } = end;
  const report: StrategyReport = {
    type: 'early',
    stoppedBy,
    ...{ chosen: 0, agreement: null, verified: null, samples: reportsOf(run) },
  };
  // Later stretches have a budget that is the rest of the reply's, or of the room where it has none.
  const byRoom = thinking.stoppedBy === 'budget' && asked.budget === null;
  return {
    ...end,
    usage: usageOf(run),
    thinking: {
      ...thinking,
      outcome: thinking.outcome === 'none' && run.thought !== '' ? 'closed' : thinking.outcome,
      tokens: whole.reasoningTokens - thinking.forcedTokens,
      budget: asked.mode === 'closed' ? 0 : asked.budget,
      stoppedBy: stoppedBy === 'rule' ? 'request' : byRoom ? 'length' : thinking.stoppedBy,
    },
    strategy: report,
  };
}

function usageOf({ stretches, probes }: Run): TokenUsage {
  return sumOfUsages([...stretches, ...probes.map(({ turn }) => turn)].map(({ usage }) => usage()));
}

/** The reply itself, then every probe. */
function reportsOf({ stretches, probes, end }: Run): readonly SampleReport[] {
  if (stretches.length === 0) return [];
  const numbers = new Map<string, number>();
  const numberOf = (key: string | null): number | null => {
    if (key === null) return null;
    if (!numbers.has(key)) numbers.set(key, numbers.size);
    return numbers.get(key) ?? null;
  };
  const whole = sumOfUsages(stretches.map(({ usage }) => usage()));
  return [
    { usage: whole, finish: end?.finish ?? null, answer: null },
    ...probes.map((probe) => ({
      usage: probe.turn.usage(),
      finish: probe.end?.finish ?? null,
      answer: numberOf(probe.key),
    })),
  ];
}
