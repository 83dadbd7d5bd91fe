// A server's reply as engine events. A stream is complete when the server said why it ended; one that stops without that is
// an error, however politely the connection was closed.
import { TiegelError } from '../../base/index.ts';
import type { OutboundResponse } from '../../outbound/index.ts';
import type { EndReason, EngineEvent } from '../engine.ts';
import { createCallCollector } from './call-collector.ts';
import { createChunkReader } from './chunk-reader.ts';
import { type CompletionChunk, isFault, type TokenLikelihood } from './completion-chunk.ts';
import type { Finish } from './finish-reason.ts';
import type { ReplyLimits } from './reply-limits.ts';
import type { ServerUsage } from './server-usage.ts';
import { createSseParser } from './sse-parser.ts';
import { failed, faultOfChunk, givenUp, tooMuch, type Upstream, UpstreamRefusal } from './upstream-fault.ts';

export type CompletionStreamOptions = {
  readonly upstream: Upstream;
  readonly limits: ReplyLimits;
  /** Most milliseconds until the first token; connection and headers are over by now. */
  readonly firstTokenMs: number;
  /** Most milliseconds that what it counted may take to follow, once it has said why the reply ended. */
  readonly countMs: number;
  /** The server's template opens the think block, and the text begins within it without a tag. */
  readonly opensThinking: boolean;
  /** What the prompt is taken to have until the server tells. */
  readonly promptTokens: number;
  /** Nothing is given out before the server has told: for whoever asks for one token only to have the prompt counted. */
  readonly waitsForCount: boolean;
};

/** Once the server has said that it is done, its connection may take this long to end, so that it can be used again. */
const farewellMs = 100;

/**
 * Reads a reply to its end, and disposes it. What came in one piece of the network is one batch.
 *
 * @throws UpstreamRefusal, TGL_UPSTREAM_TIMEOUT, and what reading the body throws
 */
export async function* completionEvents(
  response: OutboundResponse,
  options: CompletionStreamOptions,
): AsyncGenerator<readonly EngineEvent[], void> {
  using _ = response;
  const { body } = response;
  const { upstream, limits, firstTokenMs, countMs } = options;
  const { model } = upstream;
  const read = createChunkReader();
  const parser = createSseParser(limits.eventCharacters, () => {
    throw new UpstreamRefusal(failed(upstream, 'it sent an event that is too large'));
  });
  const translate = createTranslator(options);
  let finish: Finish | undefined;
  let usage: ServerUsage | undefined;
  let late = false;
  let done = false;
  const deadline = setTimeout(() => {
    late = true;
    void body.return?.();
  }, firstTokenMs);
  let counting: NodeJS.Timeout | undefined;
  try {
    while (!done) {
      let piece: IteratorResult<Uint8Array, undefined>;
      try {
        piece = await body.next();
      } catch (cause) {
        // How a reply that is complete already breaks off does not matter.
        if (finish === undefined) throw cause;
        break;
      }
      if (piece.done === true) break;
      const events: EngineEvent[] = [];
      let problem: UpstreamRefusal | undefined;
      for (const { event, data } of parser.push(piece.value)) {
        done = data.trim() === '[DONE]';
        if (done) break;
        if (data === '' || event === 'ping') continue;
        const chunk = read(data);
        if (isFault(chunk)) {
          problem = new UpstreamRefusal(faultOfChunk(chunk, upstream));
          break;
        }
        translate.chunk(chunk, events);
        finish ??= chunk.finish;
        usage = chunk.usage ?? usage;
      }
      if (finish !== undefined) counting ??= setTimeout(() => void body.return?.(), countMs);
      if (events.length > 0) {
        clearTimeout(deadline);
        yield events;
      }
      // What came before it in the same piece has been given out.
      if (problem !== undefined) throw problem;
    }
    if (late && finish === undefined)
      throw new TiegelError('TGL_UPSTREAM_TIMEOUT', { model, what: 'write a token', limitMs: firstTokenMs });
    if (finish === undefined && parser.isWithinEvent())
      throw new UpstreamRefusal(failed(upstream, 'its stream broke off within an event'));
    yield translate.end(endReason(finish, upstream), usage);
    if (done) await farewell(body);
  } finally {
    clearTimeout(deadline);
    clearTimeout(counting);
  }
}

async function farewell(body: OutboundResponse['body']): Promise<void> {
  const impatient = setTimeout(() => void body.return?.(), farewellMs);
  try {
    while ((await body.next()).done !== true);
  } catch {
    // The reply is complete; how the connection ends does not matter.
  } finally {
    clearTimeout(impatient);
  }
}

/** @throws UpstreamRefusal where the server ended the reply, or did not say why it ended */
export function endReason(finish: Finish | undefined, upstream: Upstream): EndReason {
  if (finish === undefined) throw new UpstreamRefusal(failed(upstream, 'its reply ended without a reason'));
  if (finish === 'failed') throw new UpstreamRefusal(failed(upstream, 'it ended the reply with an error'));
  if (finish === 'given-up') throw new UpstreamRefusal(givenUp(upstream, 'it gave the request up'));
  return finish;
}

export type Translator = {
  /** Adds what a chunk says to `events`. */
  readonly chunk: (chunk: CompletionChunk, events: EngineEvent[]) => void;
  /** What is left to say once the reply has ended. */
  readonly end: (reason: EndReason, usage: ServerUsage | undefined) => readonly EngineEvent[];
};

export type TranslatorOptions = Pick<
  CompletionStreamOptions,
  'upstream' | 'limits' | 'opensThinking' | 'promptTokens' | 'waitsForCount'
>;

/** Chunks as events. @see TranslatorOptions */
export function createTranslator({
  upstream,
  limits,
  opensThinking,
  ...options
}: TranslatorOptions): Translator {
  let { promptTokens } = options;
  let pieces = 0;
  let characters = 0;
  /** The prompt has been told, and tokens after it. */
  let begun = false;
  const held: EngineEvent[] = [];
  /** The server has used a reasoning field, so that tags in its answer are text. */
  let separates = false;
  const collector = createCallCollector();

  const give = (event: Extract<EngineEvent, { readonly type: 'token' }>, events: EngineEvent[]): void => {
    if (options.waitsForCount) {
      held.push(event);
      return;
    }
    if (!begun) events.push({ type: 'prompt', promptTokens });
    begun = true;
    events.push(event);
  };
  const takeContent = (text: string, events: EngineEvent[]): void => {
    if (separates) give({ type: 'token', text, segment: 'answer' }, events);
    else if (opensThinking && pieces === 0) {
      // A tag counts in the first piece too, in full or in part; what stands before it is no token of its own.
      const tag = text.indexOf('<');
      const before = tag < 0 ? text : text.slice(0, tag);
      const uncounted = tag < 0 ? {} : { tokens: 0 };
      give({ type: 'token', text: before, segment: 'reasoning', ...uncounted }, events);
      if (tag >= 0) give({ type: 'token', text: text.slice(tag) }, events);
    } else give({ type: 'token', text }, events);
    pieces++;
  };

  return {
    chunk: (chunk: CompletionChunk, events: EngineEvent[]): void => {
      const { reasoning, content, calls, likelihoods } = chunk;
      characters += reasoning.length + content.length;
      for (const { name, arguments: text } of calls) characters += name.length + text.length;
      if (characters > limits.textCharacters) throw new UpstreamRefusal(failed(upstream, tooMuch));
      promptTokens = chunk.usage?.promptTokens ?? promptTokens;
      if (reasoning !== '') {
        separates = true;
        give({ type: 'token', text: reasoning, segment: 'reasoning' }, events);
        pieces++;
      }
      if (content !== '') takeContent(content, events);
      for (const call of calls) collector.push(call);
      // Which of several likelihoods belongs to which piece is not said; one belongs to the one piece there is.
      if (likelihoods.length !== 1) return;
      const last = events.at(-1);
      if (last?.type !== 'token') return;
      const { logProbability, alternatives } = likelihoods[0] as TokenLikelihood;
      events[events.length - 1] = { ...last, logProbability, alternatives };
    },
    end: (reason: EndReason, usage: ServerUsage | undefined): readonly EngineEvent[] => {
      const before: readonly EngineEvent[] = begun ? [] : [{ type: 'prompt', promptTokens }, ...held];
      const calls = collector.calls();
      // Where the reply was cut off, the last call may be half.
      const complete = reason === 'stop' ? calls : calls.slice(0, -1);
      if (complete.some(({ name }) => name === ''))
        throw new UpstreamRefusal(failed(upstream, 'it called a tool without its name'));
      return [...before, ...complete, endEvent(reason, usage, pieces)];
    },
  };
}

function endEvent(reason: EndReason, usage: ServerUsage | undefined, pieces: number): EngineEvent {
  if (usage === undefined) return { type: 'end', reason, completionTokens: pieces };
  const { promptTokens, completionTokens, reusedTokens, reasoningTokens } = usage;
  const counted = {
    promptTokens,
    ...(reusedTokens === undefined ? {} : { reusedTokens }),
    ...(reasoningTokens === undefined ? {} : { reasoningTokens }),
  };
  return { type: 'end', reason, completionTokens, counted };
}
