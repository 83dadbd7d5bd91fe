// The body of POST /v1/embeddings, OpenAI's: texts to be turned into vectors.
import { z } from 'zod';
import { annotations, boundedList, type Maybe, modelName, optional, text } from './schema-parts.ts';

export type EmbeddingsRequest = {
  readonly model: string;
  readonly input: string | readonly string[];
  /** `base64`: little-endian float32, which OpenAI's own client asks for. */
  readonly encoding_format?: Maybe<'float' | 'base64'>;
};

/** Most texts of one request, as OpenAI has it. */
const maxTexts = 2048;

const one = text('a string of well-formed Unicode, or a list of such').check(
  z.minLength(1, { error: 'a text that is not empty' }),
);

const inputExpected = `a text, or a list of 1 to ${maxTexts} texts; lists of tokens are not taken`;

/** What is turned into vectors, one each. */
export const embeddable: z.ZodType<string | readonly string[]> = z.union(
  [one, boundedList(one, [1, maxTexts], inputExpected)],
  { error: inputExpected },
);

export const embeddingsRequest: z.ZodType<EmbeddingsRequest> = z.strictObject(
  {
    model: modelName,
    input: embeddable,
    encoding_format: optional(z.enum(['float', 'base64'], { error: '"float" or "base64"' })),
    user: annotations.user,
  },
  { error: 'a JSON object' },
);
