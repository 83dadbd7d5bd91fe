// A turn behind guards. What comes out is held until the turn has ended and every guard has seen the whole of it: what
// was streamed cannot be taken back. A guarded reply therefore comes at once, and a refusal costs what the reply did.
import { noUsage } from '../../traffic/index.ts';
import type { ConverseEnd, ConverseRequest, Prefill, StreamPart } from '../parts.ts';
import type { Guard } from './guard.ts';

/** @param turn not begun where a guard refuses what was asked */
export async function* guardedTurn(
  guards: readonly Guard[],
  { messages, prefill }: Pick<ConverseRequest, 'messages' | 'prefill'>,
  turn: () => AsyncIterable<readonly StreamPart[]>,
): AsyncGenerator<readonly StreamPart[], void, undefined> {
  const asked = [...messages.map(({ content }) => content), prefill?.reasoning ?? '', prefill?.answer ?? ''];
  const refused = firstRefusal(guards, (guard) => guard.input(asked));
  if (refused !== undefined) return yield refusal(refused, prefill, notRun);
  const held: StreamPart[] = [];
  for await (const parts of turn()) held.push(...parts);
  const withheld = firstRefusal(guards, (guard) => guard.output(textsOf(held)));
  if (withheld === undefined) return yield held;
  const { stopSequence: _, ...end } = held.find((part) => part.type === 'end') ?? notRun;
  yield refusal(withheld, prefill, { ...end, finish: 'stop' });
}

/** Of the first guard of the chain that has one. */
function firstRefusal(
  guards: readonly Guard[],
  refusalOf: (guard: Guard) => string | undefined,
): string | undefined {
  for (const guard of guards) {
    const text = refusalOf(guard);
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
  const begun = prefill?.answer?.trimStart() ?? '';
  const thought = prefill?.reasoning?.trimStart() ?? '';
  return [
    ...(thought === ''
      ? []
      : ([
          { type: 'reasoning-start' },
          { type: 'reasoning-delta', text: thought },
          { type: 'reasoning-end' },
        ] as const)),
    { type: 'answer-start' },
    ...(begun === '' ? [] : [{ type: 'answer-delta', text: begun } as const]),
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
