// What the routes about the server itself answer, as schemas for the document of the API. A test holds real replies to them.
import { z } from 'zod';

export const healthReply: z.ZodType = z.strictObject({ status: z.literal('ok') });

/** `ready`, or why not. */
export const readinessReply: z.ZodType = z.strictObject({ status: z.string() });

export const endThinkingReply: z.ZodType = z.strictObject({
  id: z.string(),
  thinking: z.literal('ending'),
});

/** An OpenAPI 3.1 document. */
export const documentReply: z.ZodType = z.looseObject({ openapi: z.string(), paths: z.looseObject({}) });
