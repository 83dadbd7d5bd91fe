// Traces from a teacher on a server: one reply per sample, checked by the verifier, kept as the student's own tokens.
// Every problem is recorded as soon as it is answered, so a teacher that stops half-way costs nothing but time.
// Tokens of the teacher are not counted as compute, since its size is not known here.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { type Clock, TiegelError, writeFileAtomically } from '../../base/index.ts';
import { createRemoteEngine, type Engine, serverKind } from '../../engine/index.ts';
import { type Tokenizer, tiegelTemplate } from '../../formats/index.ts';
import { createOutbound } from '../../outbound/index.ts';
import { sampleTask } from '../../tasks/index.ts';
import { encodePrompt, type TrainingSample, trainingSampleSchema } from '../dataset.ts';
import { appendLine, readLines, rewriteLines } from '../json-lines.ts';
import { type Kept, keptFile } from '../reject.ts';
import { rolloutJobs } from '../rollout.ts';
import type { RemoteTeacher, TraceDistilStage } from '../stages/distil-stage.ts';
import type { SamplingOptions } from '../stages/stage-kind.ts';

/** The outcome of one problem, a line of traces.jsonl. */
type Answered = {
  readonly problem: number;
  readonly samples: readonly TrainingSample[];
  readonly completions: number;
  readonly accepted: number;
};

export type RemoteTraceOptions = Pick<SamplingOptions, 'directory' | 'seed' | 'subset' | 'stageIndex'> & {
  readonly tokenizer: Tokenizer;
  /** Longest sample in tokens; longer ones do not fit into the student and are dropped. */
  readonly contextLength: number;
  readonly signal?: AbortSignal | undefined;
};

/** An engine over the teacher's server. @throws TGL_SERVER_UNKNOWN, TGL_ENVIRONMENT_INVALID without its key */
export function openRemoteTeacher(
  teacher: RemoteTeacher,
  options: {
    readonly clock: Clock;
    readonly offline: boolean;
    readonly keyIn: (variable: string) => string | undefined;
  },
): Engine {
  const { endpoint, model, server, keyVariable, contextLength } = teacher;
  const key = keyVariable === undefined ? undefined : options.keyIn(keyVariable);
  if (keyVariable !== undefined && key === undefined) {
    const expected = `the key of ${endpoint}`;
    throw new TiegelError('TGL_ENVIRONMENT_INVALID', { name: keyVariable, received: 'not set', expected });
  }
  const allowedOrigins = teacher.allowPrivate ? [endpoint] : [];
  const outbound = createOutbound({ offline: options.offline, allowedOrigins });
  const engine = createRemoteEngine({
    model,
    remoteModel: model,
    endpoints: [endpoint],
    server: serverKind(server),
    contextLength,
    outbound,
    clock: options.clock,
    ...(key === undefined ? {} : { key }),
  });
  const close = async (): Promise<void> => {
    await engine[Symbol.asyncDispose]();
    await outbound[Symbol.asyncDispose]();
  };
  return { ...engine, [Symbol.asyncDispose]: close };
}

/**
 * Asks the teacher until every problem is answered, and leaves what is to be learned where `sampleAndImitate` looks for it.
 *
 * @throws TGL_TEACHER_STOPPED, after which answers are kept and not requested again; TGL_DISK_FULL, the signal's reason
 */
export async function gatherRemoteTraces(
  engine: Engine,
  stage: TraceDistilStage,
  options: RemoteTraceOptions,
): Promise<void> {
  const done = join(options.directory, keptFile);
  if (existsSync(done)) return;
  const path = join(options.directory, 'traces.jsonl');
  const answered = readAnswered(path);
  const drawn = rolloutJobs({ ...stage, ...options }, stage.problems, [options.stageIndex, 0]);
  const problems = drawn.flatMap((job) => job.problems);
  const waiting = [...problems.keys()].filter((problem) => !answered.has(problem));
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;

  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      const { task, index } = problems[next] as (typeof problems)[number];
      const answers = await askProblem(engine, stage, options, task, index, signal);
      const line = { problem: next, ...answers };
      appendLine(path, line);
      answered.set(next, line);
    }
  };
  const workers = Array.from({ length: Math.min(engine.capabilities.slots, problems.length) }, () =>
    work().catch((error: unknown) => failed.abort(error)),
  );
  await Promise.all(workers);
  options.signal?.throwIfAborted();
  if (failed.signal.aborted) {
    const cause: unknown = failed.signal.reason;
    if (!TiegelError.isInstance(cause) || cause.code === 'TGL_DISK_FULL') throw cause;
    const details = { teacher: engine.model, done: answered.size, wanted: problems.length };
    throw new TiegelError('TGL_TEACHER_STOPPED', { ...details, reason: cause.message }, { cause });
  }
  writeFileAtomically(done, JSON.stringify(keptOf([...answered.values()])));
}

const answeredLine: z.ZodType<Answered> = z.strictObject({
  problem: z.int().min(0),
  samples: z.array(trainingSampleSchema),
  completions: z.int().min(0),
  accepted: z.int().min(0),
});

/** Earlier answers by problem; a line that a crash cut off is dropped, and its problem is asked again. */
function readAnswered(path: string): Map<number, Answered> {
  const lines = readLines(path, answeredLine);
  if (existsSync(path)) rewriteLines(path, lines);
  return new Map(lines.map((line) => [line.problem, line]));
}

function keptOf(answered: readonly Answered[]): Kept {
  const sorted = answered.toSorted((a, b) => a.problem - b.problem);
  return {
    samples: sorted.flatMap(({ samples }) => samples),
    problems: sorted.length,
    completions: sorted.reduce((sum, { completions }) => sum + completions, 0),
    accepted: sorted.reduce((sum, { accepted }) => sum + accepted, 0),
    flops: 0,
  };
}

async function askProblem(
  engine: Engine,
  stage: TraceDistilStage,
  { seed, subset, tokenizer, contextLength }: RemoteTraceOptions,
  task: Parameters<typeof sampleTask>[0],
  index: number,
  signal: AbortSignal,
): Promise<Omit<Answered, 'problem'>> {
  const sample = sampleTask(task, seed, index, { split: 'train', subset });
  const messages = [{ role: 'user', content: sample.prompt }] as const;
  const promptTokens = encodePrompt(tokenizer, messages, 'open');
  const samples: TrainingSample[] = [];
  let accepted = 0;
  for (let completion = 0; completion < stage.samples; completion++) {
    const reply = await askOnce(engine, messages, stage.maxTokens, completion, signal);
    if (!reply.ended || !sample.verify(reply.answer).correct) continue;
    accepted += 1;
    const pieces = tiegelTemplate.renderCompletion(reply, { thinking: 'open' });
    const tokens = [...promptTokens, ...tokenizer.encode(pieces)];
    if (samples.length < stage.keep && tokens.length <= contextLength) {
      samples.push({ tokens, completionStart: promptTokens.length });
    }
  }
  return { samples, completions: stage.samples, accepted };
}

type Reply = { readonly reasoning: string; readonly answer: string; readonly ended: boolean };

/** Splits a reply in two: what the server calls reasoning, or otherwise the text before the end of the think block. */
async function askOnce(
  engine: Engine,
  messages: readonly { readonly role: 'user'; readonly content: string }[],
  maxTokens: number,
  seed: number,
  signal: AbortSignal,
): Promise<Reply> {
  const texts = { reasoning: '', answer: '' };
  let ended = false;
  const request = {
    turn: { messages, thinking: 'open', thinkingBudget: null },
    maxTokens,
    sampling: { temperature: 1, topP: 1, ...(engine.capabilities.seed ? { seed } : {}) },
  } as const;
  for await (const events of engine.generate(request, signal)) {
    for (const event of events) {
      if (event.type === 'token') texts[event.segment ?? 'answer'] += event.text;
      if (event.type === 'end') ended = event.reason === 'stop';
    }
  }
  const [before, after] = texts.answer.split(/<\/think>([\s\S]*)/, 2) as [string, string | undefined];
  const reasoning =
    after === undefined ? texts.reasoning : texts.reasoning + before.replace(/^\s*<think>/, '');
  return { reasoning: reasoning.trim(), answer: (after ?? texts.answer).trim(), ended };
}
