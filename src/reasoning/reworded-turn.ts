// A turn whose reply says in another way what the model wrote, while it is written. Where the exact words count, because they have to keep
// to a form, come with the probabilities of their tokens or were to end at a number, they stay as they are.
import type { Rewording } from '../engine/index.ts';
import type { ConverseRequest, StreamPart } from './parts.ts';

/** @param turn gives no empty batches, as what comes of it gives none */
export async function* rewordedTurn(
  rewording: Rewording,
  request: ConverseRequest,
  turn: AsyncIterable<readonly StreamPart[]>,
): AsyncGenerator<readonly StreamPart[], void, undefined> {
  if (!mayBeReworded(request)) return yield* turn;
  const reword = rewordingOf(rewording, request);
  for await (const batch of turn) {
    const parts = batch.flatMap(reword);
    if (parts.length > 0) yield parts;
  }
}

/** Rewording changes where numbers stand, so that it could write a stop string that has one. */
function mayBeReworded({ constraint, logProbabilities, stop }: ConverseRequest): boolean {
  return constraint === undefined && logProbabilities === undefined && !stop.some((one) => /\d/.test(one));
}

function rewordingOf(
  rewording: Rewording,
  { messages, prefill }: ConverseRequest,
): (part: StreamPart) => readonly StreamPart[] {
  const asked = messages.findLast(({ role }) => role === 'user')?.content ?? '';
  const segments = {
    'reasoning-delta': segmentOf(rewording(asked), prefill?.reasoning),
    'answer-delta': segmentOf(rewording(asked), prefill?.answer),
  } as const;
  const delta = (type: keyof typeof segments, text: string): readonly StreamPart[] =>
    text === '' ? [] : [{ type, text }];
  return (part) => {
    if (part.type === 'reasoning-delta' || part.type === 'answer-delta')
      return delta(part.type, segments[part.type](part.text));
    return [
      ...delta('reasoning-delta', segments['reasoning-delta'](null)),
      ...delta('answer-delta', segments['answer-delta'](null)),
      part,
    ];
  };
}

/** What can be given out for a text of the segment, or, for null, at its end. What the client began itself comes back as it was. */
function segmentOf({ push, keep, end }: ReturnType<Rewording>, begun = ''): (text: string | null) => string {
  let left = begun.trimStart().length;
  return (text) => {
    if (text === null) return end();
    const kept = text.slice(0, left);
    left -= kept.length;
    if (kept !== '') keep(kept);
    return kept + push(text.slice(kept.length));
  };
}
