// What the request schemas share. Each schema's message is the sentence part that follows "expected"; `null` counts as
// absent, as clients expect; an unknown field is refused by name, so that no client believes in a setting that does
// nothing. Fields that clients send and that change nothing are listed with `withoutEffect` and the reason.
import { z } from 'zod';

export const requestLimits = {
  messages: 1024,
  parts: 1024,
  maxTokens: 1_000_000,
  seed: 4_294_967_295,
  stopSequences: 4,
  stopLength: 256,
  tools: 128,
  choices: 16,
  /** Of one reply, whatever an operator allows. */
  samples: 64,
  /** Replies of one completion request, over all of its prompts. */
  completions: 64,
  logitBiases: 1024,
  alternatives: 20,
  /** Characters of a tool's or a schema's name. */
  nameLength: 64,
} as const;

/** Absent and null are the same. */
export type Maybe<Value> = Value | null | undefined;

export type EffortName = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export type JsonObject = { readonly [name: string]: unknown };

export function optional<Schema extends z.ZodType>(schema: Schema): z.ZodOptional<z.ZodNullable<Schema>> {
  return schema.nullable().optional();
}

export function text(expected = 'a string of well-formed Unicode'): z.ZodType<string> {
  return z.string({ error: expected }).refine((value) => value.isWellFormed(), { error: expected });
}

export function numberIn(low: number, high: number): z.ZodNumber {
  const error = `a number from ${low} to ${high}`;
  return z.number({ error }).min(low, { error }).max(high, { error });
}

export function integerIn(low: number, high: number): z.ZodNumber {
  const error = `an integer from ${low} to ${high}`;
  return z.int({ error }).min(low, { error }).max(high, { error });
}

export function shortString(most: number, error = `a string of 1 to ${most} characters`): z.ZodString {
  return z.string({ error }).min(1, { error }).max(most, { error });
}

/** The count is checked before the items, so that a body full of tiny items costs one error and not a million. */
export function boundedList<Schema extends z.ZodType>(
  item: Schema,
  [least, most]: readonly [number, number],
  error: string,
): z.ZodPipe<z.ZodArray<z.ZodUnknown>, z.ZodArray<Schema>> {
  return z.array(z.unknown(), { error }).min(least, { error }).max(most, { error }).pipe(z.array(item));
}

export const flag: z.ZodBoolean = z.boolean({ error: 'true or false' });

export const modelName: z.ZodString = shortString(256, 'the name of a model');

export const tokenLimit: z.ZodNumber = integerIn(1, requestLimits.maxTokens);

export const thinkingLimit: z.ZodNumber = integerIn(0, requestLimits.maxTokens);

export const jsonObject: z.ZodType<JsonObject> = z.record(z.string(), z.unknown(), {
  error: 'a JSON object',
});

const efforts = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;

export const effort: z.ZodType<EffortName> = z.enum(efforts, {
  error: `one of ${efforts.map((name) => `"${name}"`).join(', ')}`,
});

const stopSequence = shortString(requestLimits.stopLength);

const stopExpected = `a string or a list of 1 to ${requestLimits.stopSequences} strings, each of 1 to ${requestLimits.stopLength} characters`;

export const stopSequences: z.ZodType<readonly string[]> = boundedList(
  stopSequence,
  [0, requestLimits.stopSequences],
  stopExpected,
);

export const stop: z.ZodType<string | readonly string[]> = z.union([stopSequence, stopSequences], {
  error: stopExpected,
});

type Optional<Schema extends z.ZodType> = z.ZodOptional<z.ZodNullable<Schema>>;

/**
 * Accepted because clients send it; nothing reads it. The reason stands in the API document and in docs/fields.md.
 * Whoever accepts one value only passes a literal: the others would ask for something that is not done.
 */
export function withoutEffect<Schema extends z.ZodType>(schema: Schema, reason: string): Optional<Schema> {
  return optional(schema).meta({ description: `Without effect: ${reason}.`, [effectMark]: 'none' });
}

/** The member of a schema's metadata by which fields without effect are known. */
const effectMark = 'x-tiegel-effect';

const anyText = z.string({ error: 'a string' });

/** Fields of many APIs that describe the caller, the bill or a store that is not here. */
export const annotations: {
  readonly user: Optional<z.ZodString>;
  readonly metadata: Optional<z.ZodType<JsonObject>>;
  readonly store: Optional<z.ZodBoolean>;
  readonly service_tier: Optional<z.ZodString>;
  readonly safety_identifier: Optional<z.ZodString>;
  readonly prompt_cache_key: Optional<z.ZodString>;
  readonly prompt_cache_options: Optional<z.ZodType<JsonObject>>;
  readonly prompt_cache_retention: Optional<z.ZodString>;
} = {
  user: withoutEffect(anyText, 'the key says who asks'),
  metadata: withoutEffect(jsonObject, 'nothing is stored with it'),
  store: withoutEffect(flag, 'nothing is stored'),
  service_tier: withoutEffect(anyText, 'there is one tier'),
  safety_identifier: withoutEffect(anyText, 'the key says who asks'),
  prompt_cache_key: withoutEffect(anyText, 'prefixes are kept for the account where the engine keeps any'),
  prompt_cache_options: withoutEffect(jsonObject, 'prefixes are kept as long as there is room'),
  prompt_cache_retention: withoutEffect(anyText, 'prefixes are kept as long as there is room'),
};

/** A hint where a prefix should be kept, in Anthropic's words, which OpenRouter's clients send as well. */
export const cacheHint: { readonly cache_control: Optional<z.ZodType<JsonObject>> } = {
  cache_control: withoutEffect(
    jsonObject,
    'prefixes are kept for the account anyway, where the engine keeps any',
  ),
};

/** Of what a client sends back from an earlier reply. */
export const echoed: { readonly text: Optional<z.ZodString>; readonly list: Optional<z.ZodType<unknown[]>> } =
  {
    text: withoutEffect(anyText, 'it was part of an earlier reply'),
    list: withoutEffect(z.array(z.unknown(), { error: 'a list' }), 'it was part of an earlier reply'),
  };

/** A name that every dialect accepts and a prompt can hold. */
export const functionName: z.ZodString = z
  .string({ error: 'the name of a function' })
  .regex(/^[a-zA-Z0-9_.-]{1,64}$/, {
    error: 'a name of 1 to 64 letters, digits, dots, dashes or underscores',
  });
