// Messages between a constraint checker and its child process.
import { z } from 'zod';

/** `constraint` is JSON text, so that nobody walks over it on the way. */
export type CheckCommand = { readonly check: number; readonly constraint: string };

export type CheckReply =
  | { readonly type: 'ready' }
  /** The grammar that engines read. */
  | { readonly type: 'passed'; readonly check: number; readonly grammar: string }
  | { readonly type: 'refused'; readonly check: number; readonly problem: string };

export const checkCommand: z.ZodType<CheckCommand> = z.strictObject({
  check: z.int(),
  constraint: z.string(),
});

export const checkReply: z.ZodType<CheckReply> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('passed'), check: z.int(), grammar: z.string() }),
  z.strictObject({ type: z.literal('refused'), check: z.int(), problem: z.string() }),
]);
