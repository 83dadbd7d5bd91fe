// How much of a reply is taken from a server: so many bytes for each token that was asked for, and a constant for what
// stands around them. A server that sends more does not keep to what it was asked.
import type { GenerateRequest } from '../engine.ts';

export type ReplyLimits = {
  /** Of a stream, comments included. */
  readonly streamBytes: number;
  /** Of a reply in one piece. */
  readonly documentBytes: number;
  /** Of one event of a stream. */
  readonly eventCharacters: number;
  /** Of reasoning, answer and calls together: what is kept. */
  readonly textCharacters: number;
};

const kibi = 1024;
/** Far above what the longest tokens of any vocabulary take on average. */
const textPerToken = 256;
/** What servers put around the text of each event, and JSON's escapes within it. */
const framePerToken = 4 * kibi;
const documentPerToken = 2 * kibi;
/** A likely token with its text, its bytes as a list of numbers and its probability. */
const bytesPerAlternative = kibi;
/** Headers of the reply, its usage, and comments while a prompt waits. */
const metadataBytes = 1024 * kibi;
/** Thinking that some servers do not count as a part of the completion; an event with nothing but metadata. */
const leastText = 256 * kibi;

/** @param contextLength bounds the tokens that a server can write, whatever is asked for */
export function replyLimits(
  { maxTokens, logProbabilities }: Pick<GenerateRequest, 'maxTokens' | 'logProbabilities'>,
  contextLength: number,
): ReplyLimits {
  const tokens = Math.min(maxTokens, contextLength);
  const likelihoods = logProbabilities === undefined ? 0 : (1 + logProbabilities) * bytesPerAlternative;
  const documentBytes = metadataBytes + tokens * (documentPerToken + likelihoods);
  return {
    streamBytes: metadataBytes + tokens * (framePerToken + likelihoods),
    documentBytes,
    // A server may put everything into one event.
    eventCharacters: documentBytes,
    textCharacters: leastText + tokens * textPerToken,
  };
}

/** Most bytes that are read of a refusal. */
export const errorBytes: number = 64 * kibi;
