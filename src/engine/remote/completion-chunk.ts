// One `chat.completion.chunk` of a server, or a non-streaming `chat.completion`, read member by member: whatever a server sends,
// what leaves here is typed, and what stands in a place that means something is read or refused, never dropped.
import { oneLine, shortened } from '../../base/index.ts';
import type { TokenAlternative } from '../engine.ts';
import type { CallPiece } from './call-collector.ts';
import { callPieces } from './call-pieces.ts';
import { type Finish, finishOf } from './finish-reason.ts';
import { type Fields, fieldsOf, isAbsent, isFields, textOf, UnreadableShape } from './json-fields.ts';
import { messageText } from './message-text.ts';
import { type ServerError, serverErrorIn } from './server-error.ts';
import { type ServerUsage, usageIn } from './server-usage.ts';

export type TokenLikelihood = {
  readonly text: string;
  readonly logProbability: number;
  readonly alternatives: readonly TokenAlternative[];
};

export type CompletionChunk = {
  readonly reasoning: string;
  readonly content: string;
  readonly calls: readonly CallPiece[];
  readonly finish: Finish | undefined;
  readonly usage: ServerUsage | undefined;
  readonly likelihoods: readonly TokenLikelihood[];
};

/** Why something is no chunk. */
export type ChunkFault =
  | { readonly type: 'garbage'; readonly problem: string }
  | { readonly type: 'unreadable'; readonly shape: string }
  | { readonly type: 'error'; readonly error: ServerError };

export type ReadChunk = CompletionChunk | ChunkFault;

/** Characters of a word that is quoted. */
const longestWord = 32;

export function isFault(read: ReadChunk): read is ChunkFault {
  return 'type' in read;
}

export function readChunk(data: string): ReadChunk {
  let document: unknown;
  try {
    document = JSON.parse(data);
  } catch {
    return { type: 'garbage', problem: 'it sent something that is not JSON' };
  }
  const error = serverErrorIn(document);
  if (error !== undefined) return { type: 'error', error };
  try {
    return chunkOf(document);
  } catch (cause) {
    if (cause instanceof UnreadableShape) return { type: 'unreadable', shape: cause.shape };
    throw cause;
  }
}

function chunkOf(document: unknown): CompletionChunk {
  if (!isFields(document)) throw new UnreadableShape('the event', document);
  const choice = choiceOf(document);
  const { delta, message, text, logprobs } = choice;
  const said = saidIn(isAbsent(delta) ? message : delta);
  const { reasoning, content } = messageText(said);
  return {
    reasoning,
    // `text` is what `/completions` sends.
    content: content || textOf(text, 'text'),
    calls: callPieces(said),
    finish: finishIn(choice),
    usage: usageIn(document, choice),
    likelihoods: likelihoodsOf(logprobs),
  };
}

/** The one choice that was asked for; none in events that tell what was counted, was filtered or goes on. */
function choiceOf(document: Fields): Fields {
  const { choices } = document;
  if (Array.isArray(choices)) {
    if (choices.length === 0 || isAbsent(choices[0])) return {};
    const first: unknown = choices.find((choice) => fieldsOf(choice).index === 0) ?? choices[0];
    if (isFields(first)) return first;
  }
  const saysNothing = isFields(document.usage) || document.type === 'ping' || isEmpty(document);
  if (isAbsent(choices) && saysNothing) return {};
  throw new UnreadableShape('the event', document);
}

function isEmpty(document: Fields): boolean {
  return Object.keys(document).length === 0;
}

function saidIn(said: unknown): Fields {
  if (isAbsent(said)) return {};
  if (isFields(said)) return said;
  throw new UnreadableShape('delta', said);
}

function finishIn({ finish_reason }: Fields): Finish | undefined {
  const word = textOf(finish_reason, 'finish_reason');
  if (word === '') return undefined;
  const finish = finishOf(word);
  if (finish === undefined)
    throw new UnreadableShape(`finish_reason ${shortened(oneLine(word), longestWord)}`, word);
  return finish;
}

function likelihoodsOf(logprobs: unknown): readonly TokenLikelihood[] {
  const { content } = fieldsOf(logprobs);
  if (!Array.isArray(content)) return [];
  return content.flatMap((entry: unknown) => {
    const likely = alternativeOf(entry);
    if (likely === undefined || !isFields(entry)) return [];
    const others: readonly unknown[] = Array.isArray(entry.top_logprobs) ? entry.top_logprobs : [];
    return [{ ...likely, alternatives: others.flatMap((other) => alternativeOf(other) ?? []) }];
  });
}

function alternativeOf(entry: unknown): TokenAlternative | undefined {
  if (!isFields(entry) || typeof entry.token !== 'string' || typeof entry.logprob !== 'number')
    return undefined;
  return { text: entry.token, logProbability: entry.logprob };
}
