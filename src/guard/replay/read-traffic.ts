// A log of traffic: JSON lines, one request each, in the order of their time. What a line has that nobody knows is refused by name.
import { z } from 'zod';
import { TiegelError } from '../../base/index.ts';
import { judgedClasses, type UseClass } from '../use-class.ts';

export type LoggedRequest = {
  /** Seconds since the Unix epoch. */
  readonly time: number;
  readonly organisation: string;
  readonly account: string;
  readonly class: UseClass;
  readonly model?: string;
  readonly prompt: string;
  readonly inputTokens: number;
  /** Those of the prompt that were computed for an earlier request. */
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  readonly answerTokens: number;
  readonly traceShown: boolean;
  readonly temperature: number | null;
  readonly n: number;
  readonly conversation: string | null;
  readonly infrastructure: {
    readonly paymentFingerprint?: string;
    readonly network?: string;
    readonly client?: string;
  };
};

const name = z.string().min(1).max(300);
const tokens = z.int().min(0).max(1e9);

const schema: z.ZodType<LoggedRequest> = z.strictObject({
  time: z.number().min(0).max(1e11),
  organisation: name,
  account: name,
  class: z.enum([...judgedClasses, 'synthetic-data']).default('undeclared'),
  model: name.exactOptional(),
  prompt: z.string(),
  inputTokens: tokens,
  cachedTokens: tokens.default(0),
  reasoningTokens: tokens,
  answerTokens: tokens,
  traceShown: z.boolean(),
  temperature: z.number().min(0).max(10).nullable().default(null),
  n: z.int().min(1).max(1000).default(1),
  conversation: name.nullable().default(null),
  infrastructure: z
    .strictObject({
      paymentFingerprint: name.exactOptional(),
      network: name.exactOptional(),
      client: name.exactOptional(),
    })
    .default({}),
});

const maxLineLength = 4_000_000;

/** The requests of a log; empty lines are passed over. @throws TGL_GUARD_TRAFFIC_INVALID, which names line and member */
export async function* readTraffic(lines: AsyncIterable<string>): AsyncGenerator<LoggedRequest> {
  let line = 0;
  let last = 0;
  const refuse = (problem: string): TiegelError =>
    new TiegelError('TGL_GUARD_TRAFFIC_INVALID', { line, problem });
  for await (const text of lines) {
    line++;
    if (text.trim() === '') continue;
    if (text.length > maxLineLength) throw refuse(`it has more than ${maxLineLength} characters`);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw refuse('it is not JSON');
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw refuse(`${issue?.path.join('.') || 'the object'}: ${issue?.message ?? 'it is none'}`);
    }
    if (parsed.data.time < last) throw refuse('time: it is earlier than that of the line before');
    last = parsed.data.time;
    yield parsed.data;
  }
}
