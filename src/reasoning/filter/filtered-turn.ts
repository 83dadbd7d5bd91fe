// A turn behind content filters. What comes out is held until the turn has ended and every filter has seen the whole of it: what
// was streamed cannot be taken back. A filtered reply therefore comes at once, and a refusal costs what the reply did.
import { noUsage } from '../../traffic/index.ts';
import type { ConverseEnd, ConverseRequest, Prefill, StreamPart } from '../parts.ts';
import type { ContentFilter } from './content-filter.ts';

/** @param turn not begun where a filter refuses what was asked */
export async function* filteredTurn(
  filters: readonly ContentFilter[],
  { messages, prefill }: Pick<ConverseRequest, 'messages' | 'prefill'>,
  turn: () => AsyncIterable<readonly StreamPart[]>,
): AsyncGenerator<readonly StreamPart[], void, undefined> {
  const asked = [...messages.map(({ content }) => content), prefill?.reasoning ?? '', prefill?.answer ?? ''];
  const refused = firstRefusal(filters, (filter) => filter.input(asked));
  if (refused !== undefined) return yield refusal(refused, prefill, notRun);
  const held: StreamPart[] = [];
  for await (const parts of turn()) held.push(...parts);
  const withheld = firstRefusal(filters, (filter) => filter.output(textsOf(held)));
  if (withheld === undefined) return yield held;
  const { stopSequence: _, ...end } = held.find((part) => part.type === 'end') ?? notRun;
  yield refusal(withheld, prefill, { ...end, finish: 'stop' });
}

/** Of the first filter of the chain that has one. */
function firstRefusal(
  filters: readonly ContentFilter[],
  refusalOf: (filter: ContentFilter) => string | undefined,
): string | undefined {
  for (const filter of filters) {
    const text = refusalOf(filter);
    if (text !== undefined) return text;
  }
  return undefined;
}

/** Reasoning, answer, both as one, since a phrase or a word may begin in one and end in the other, and the calls. */
function textsOf(parts: readonly StreamPart[]): readonly string[] {
  let reasoning = '';
  let answer = '';
  const calls: string[] = [];
  for (const part of parts) {
    if (part.type === 'reasoning-delta') reasoning += part.text;
    else if (part.type === 'answer-delta') answer += part.text;
    else if (part.type === 'tool-call') calls.push(part.name, part.arguments, unescaped(part.arguments));
  }
  return [reasoning, answer, `${reasoning} ${answer}`, reasoning + answer, ...calls];
}

/** The texts in the arguments of a call, which may be written with escapes. */
function unescaped(json: string): string {
  try {
    const texts: string[] = [];
    JSON.parse(json, (_, value: unknown) => {
      if (typeof value === 'string') texts.push(value);
      return value;
    });
    return texts.join(' ');
  } catch {
    return '';
  }
}

/** What the client began itself comes back first, as in every turn; nothing else of the turn does. */
function refusal(text: string, prefill: Prefill | undefined, end: ConverseEnd): readonly StreamPart[] {
  const answer = prefill?.answer?.trimStart() ?? '';
  const reasoning = prefill?.reasoning?.trimStart() ?? '';
  return [
    ...(reasoning === ''
      ? []
      : ([
          { type: 'reasoning-start' },
          { type: 'reasoning-delta', text: reasoning },
          { type: 'reasoning-end' },
        ] as const)),
    { type: 'answer-start' },
    ...(answer === '' ? [] : [{ type: 'answer-delta', text: answer } as const]),
    { type: 'answer-delta', text },
    { type: 'answer-end' },
    end,
  ];
}

const notRun: ConverseEnd = {
  type: 'end',
  finish: 'stop',
  usage: noUsage,
  thinking: { outcome: 'none', tokens: 0, forcedTokens: 0, budget: null, stoppedBy: null },
};
