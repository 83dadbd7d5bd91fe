// Parts of a message that are no text, in the words of all dialects. None of them is read; they are known here so that the
// refusal says what was sent and where, instead of calling it a wrong text.
import { z } from 'zod';
import { withoutEffect } from './schema-parts.ts';

const mediaOf: ReadonlyMap<string, string> = new Map([
  ['image', 'images'],
  ['image_url', 'images'],
  ['input_image', 'images'],
  ['input_audio', 'audio'],
  ['audio', 'audio'],
  ['video', 'videos'],
  ['video_url', 'videos'],
  ['file', 'files'],
  ['input_file', 'files'],
  ['document', 'documents'],
  ['search_result', 'search results'],
]);

/** The member of an issue's parameters that says what is not supported, for the sentence of request-problem.ts. */
export const unsupportedMedium = 'unsupportedMedium';

/** Never accepts anything; the branch for them in a discriminated union of parts. */
export const mediaPart: z.ZodType<never> & z.core.$ZodTypeDiscriminable = z
  .looseObject({ type: z.enum([...mediaOf.keys()]) })
  .superRefine(({ type }, context) => {
    context.addIssue({
      code: 'custom',
      message: 'a text',
      params: { [unsupportedMedium]: mediaOf.get(type) },
      continue: true,
    });
  }) as never;

/** Ollama's list of images beside the text; an empty one is none. */
export const noImages: z.ZodType<unknown[] | null | undefined> = withoutEffect(
  z.array(z.unknown(), { error: 'a list' }).superRefine((images, context) => {
    if (images.length > 0) {
      context.addIssue({
        code: 'custom',
        message: 'no images',
        params: { [unsupportedMedium]: 'images' },
        continue: true,
      });
    }
  }),
  'an empty list is all that is taken',
);
