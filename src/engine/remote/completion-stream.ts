// A server's reply as engine events. A stream is whole when the server said why it ended; one that stops without that is
// an error, however politely the connection was closed.
import { TiegelError } from '../../base/index.ts';
import type { OutboundResponse } from '../../outbound/index.ts';
import type { EngineEvent } from '../engine.ts';
import { createCallCollector } from './call-collector.ts';
import { createChunkReader } from './chunk-reader.ts';
import type { ChunkUsage, CompletionChunk, TokenLikelihood } from './completion-chunk.ts';
import { createSseParser } from './sse-parser.ts';

export type CompletionStreamOptions = {
  readonly model: string;
  /** Most milliseconds until the first token; connection and headers are over by now. */
  readonly firstTokenMs: number;
  /** The server's template opens the think block, and the text begins within it without a tag. */
  readonly opensThinking: boolean;
  /** What the prompt is taken to have until the server tells. */
  readonly promptTokens: number;
  /** Nothing is given out before the server has told: for whoever asks for one token only to have the prompt counted. */
  readonly waitsForCount: boolean;
  readonly eventCharacters: number;
};

/** Once the server has said that it is done, its connection may take this long to end, so that it can be used again. */
const farewellMs = 100;

/**
 * Reads a reply to its end, and disposes it. What came in one piece of the network is one batch.
 *
 * @throws TGL_UPSTREAM_FAILED, TGL_UPSTREAM_TIMEOUT, and what reading the body throws
 */
export async function* completionEvents(
  response: OutboundResponse,
  options: CompletionStreamOptions,
): AsyncGenerator<readonly EngineEvent[], void> {
  using _ = response;
  const { body } = response;
  const { model, firstTokenMs } = options;
  const read = createChunkReader();
  const parser = createSseParser(options.eventCharacters, () => {
    throw failed(model, 'it sent an event that is too large');
  });
  const translate = createTranslator(options);
  let finish: string | undefined;
  let usage: ChunkUsage | undefined;
  let late = false;
  const deadline = setTimeout(() => {
    late = true;
    void body.return?.();
  }, firstTokenMs);
  try {
    for await (const bytes of body) {
      const events: EngineEvent[] = [];
      let done = false;
      let problem: string | undefined;
      for (const { data } of parser.push(bytes)) {
        if (data === '[DONE]') {
          done = true;
          break;
        }
        const chunk = read(data);
        if (typeof chunk === 'string') {
          problem = chunk;
          break;
        }
        translate.chunk(chunk, events);
        finish ??= chunk.finish;
        usage = chunk.usage ?? usage;
      }
      if (events.length > 0) {
        clearTimeout(deadline);
        yield events;
      }
      // What came before it in the same piece has been given out.
      if (problem !== undefined) throw failed(model, problem);
      if (!done) continue;
      yield translate.end(finishReason(finish, model), usage);
      await farewell(body);
      return;
    }
    if (late)
      throw new TiegelError('TGL_UPSTREAM_TIMEOUT', { model, what: 'write a token', limitMs: firstTokenMs });
    if (parser.isWithinEvent()) throw failed(model, 'its stream broke off within an event');
    yield translate.end(finishReason(finish, model), usage);
  } finally {
    clearTimeout(deadline);
  }
}

async function farewell(body: OutboundResponse['body']): Promise<void> {
  const impatient = setTimeout(() => void body.return?.(), farewellMs);
  try {
    while ((await body.next()).done !== true);
  } catch {
    // The reply is whole; how the connection ends does not matter.
  } finally {
    clearTimeout(impatient);
  }
}

/** @throws TGL_UPSTREAM_FAILED unless the model ended its turn or met a limit */
export function finishReason(finish: string | undefined, model: string): 'stop' | 'length' {
  if (finish === 'stop' || finish === 'length') return finish;
  if (finish === 'tool_calls') return 'stop';
  if (finish === undefined) throw failed(model, 'its stream ended without a reason');
  throw failed(
    model,
    finish === 'content_filter' ? 'it filtered the answer' : 'it ended the turn in another way',
  );
}

export type Translator = {
  /** Adds what a chunk says to `events`. */
  readonly chunk: (chunk: CompletionChunk, events: EngineEvent[]) => void;
  /** What is left to say once the reply has ended. */
  readonly end: (reason: 'stop' | 'length', usage: ChunkUsage | undefined) => readonly EngineEvent[];
};

export type TranslatorOptions = Pick<
  CompletionStreamOptions,
  'model' | 'opensThinking' | 'promptTokens' | 'waitsForCount'
>;

/** Chunks as events. @see TranslatorOptions */
export function createTranslator({ model, opensThinking, ...options }: TranslatorOptions): Translator {
  let { promptTokens } = options;
  let pieces = 0;
  const held: EngineEvent[] = [];
  /** The server has used a reasoning field, so that tags in its answer are text. */
  let separates = false;
  const collector = createCallCollector();

  const token = (segment: 'reasoning' | 'answer' | undefined, text: string, events: EngineEvent[]): void => {
    const given = options.waitsForCount ? held : events;
    if (pieces === 0 && given === events) given.push({ type: 'prompt', promptTokens });
    pieces++;
    given.push(segment === undefined ? { type: 'token', text } : { type: 'token', text, segment });
  };
  const segmentOfContent = (): 'reasoning' | 'answer' | undefined => {
    if (separates) return 'answer';
    return opensThinking && pieces === 0 ? 'reasoning' : undefined;
  };

  return {
    chunk: (chunk: CompletionChunk, events: EngineEvent[]): void => {
      const { reasoning, content, calls, likelihoods } = chunk;
      promptTokens = chunk.usage?.promptTokens ?? promptTokens;
      if (reasoning !== '') {
        separates = true;
        token('reasoning', reasoning, events);
      }
      if (content !== '') token(segmentOfContent(), content, events);
      for (const call of calls) collector.push(call);
      // Which of several likelihoods belongs to which piece is not said; one belongs to the one piece there is.
      if (likelihoods.length !== 1) return;
      const last = events.at(-1);
      if (last?.type !== 'token') return;
      const { logProbability, alternatives } = likelihoods[0] as TokenLikelihood;
      events[events.length - 1] = { ...last, logProbability, alternatives };
    },
    end: (reason: 'stop' | 'length', usage: ChunkUsage | undefined): readonly EngineEvent[] => {
      const begun = pieces > 0 && !options.waitsForCount;
      const before: readonly EngineEvent[] = begun ? [] : [{ type: 'prompt', promptTokens }, ...held];
      const calls = collector.calls();
      if (calls.some(({ name }) => name === '')) throw failed(model, 'it called a tool without its name');
      // Where the limit cut the reply off, the last call may be half.
      return [
        ...before,
        ...(reason === 'length' ? calls.slice(0, -1) : calls),
        endEvent(reason, usage, pieces),
      ];
    },
  };
}

function endEvent(reason: 'stop' | 'length', usage: ChunkUsage | undefined, pieces: number): EngineEvent {
  if (usage === undefined) return { type: 'end', reason, completionTokens: pieces };
  const { promptTokens, completionTokens, reasoningTokens } = usage;
  const counted = { promptTokens, ...(reasoningTokens === undefined ? {} : { reasoningTokens }) };
  return { type: 'end', reason, completionTokens, counted };
}

/** What went wrong is told in our words; the server's own may hold what others sent it. */
export function failed(model: string, reason: string): TiegelError {
  return new TiegelError('TGL_UPSTREAM_FAILED', { model, reason });
}
