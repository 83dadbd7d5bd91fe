// Messages between a grammar checker and its child process.
import { z } from 'zod';

export type CheckCommand = { readonly check: number; readonly grammar: string };

export type CheckReply =
  | { readonly type: 'ready' }
  | { readonly type: 'checked'; readonly check: number; readonly problem: string | null };

export const checkCommand: z.ZodType<CheckCommand> = z.strictObject({ check: z.int(), grammar: z.string() });

export const checkReply: z.ZodType<CheckReply> = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('ready') }),
  z.strictObject({ type: z.literal('checked'), check: z.int(), problem: z.string().nullable() }),
]);
