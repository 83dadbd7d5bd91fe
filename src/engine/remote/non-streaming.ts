// A reply that a server sends in one piece, for turns that nobody has to follow or to end on the way. Its texts carry the
// tokens that the server counted, which tells less about each than a stream would.
import type { OutboundResponse } from '../../outbound/index.ts';
import type { EngineEvent } from '../engine.ts';
import { isFault, readChunk } from './completion-chunk.ts';
import { createTranslator, endReason, type TranslatorOptions } from './completion-stream.ts';
import type { ServerUsage } from './server-usage.ts';
import { failed, faultOfChunk, tooMuch, UpstreamRefusal } from './upstream-fault.ts';

/**
 * Reads it to its end, and disposes the response.
 *
 * @throws UpstreamRefusal, and what reading the body throws
 */
export async function completionEventsOf(
  response: OutboundResponse,
  options: TranslatorOptions,
): Promise<readonly EngineEvent[]> {
  using _ = response;
  const reply = readChunk(await documentText(response, options));
  if (isFault(reply)) throw new UpstreamRefusal(faultOfChunk(reply, options.upstream));
  const reason = endReason(reply.finish, options.upstream);
  const translate = createTranslator(options);
  const events: EngineEvent[] = [];
  // Where the server does not tell thinking apart, tags do, which have to be seen one by one to count what they part.
  const [text = '', ...others] =
    reply.reasoning === '' ? reply.content.split(/(<\/?think>)/) : [reply.content];
  translate.chunk({ ...reply, content: text }, events);
  for (const other of others) translate.chunk({ ...reply, calls: [], content: other }, events);
  return [...withTokens(events, reply.usage), ...translate.end(reason, reply.usage)];
}

/** A document that came unasked is held to the size of one all the same. */
async function documentText(
  { body }: OutboundResponse,
  { upstream, limits }: TranslatorOptions,
): Promise<string> {
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of body) {
    bytes += piece.length;
    if (bytes > limits.documentBytes) throw new UpstreamRefusal(failed(upstream, tooMuch));
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}

/** Each text with its tokens: those of the reasoning as the server counted them, else by the share of characters. */
function withTokens(events: readonly EngineEvent[], usage: ServerUsage | undefined): readonly EngineEvent[] {
  if (usage === undefined) return events;
  const { completionTokens, reasoningTokens } = usage;
  const lengths = events.map((event) => (event.type === 'token' ? event.text.length : 0));
  const characters = lengths.reduce((sum, length) => sum + length, 0);
  return events.map((event, index) => {
    if (event.type !== 'token') return event;
    if (event.segment === undefined || reasoningTokens === undefined)
      return { ...event, tokens: Math.round((completionTokens * lengths[index]!) / characters) };
    const inAnswer = completionTokens - reasoningTokens;
    return { ...event, tokens: event.segment === 'reasoning' ? reasoningTokens : inAnswer };
  });
}
