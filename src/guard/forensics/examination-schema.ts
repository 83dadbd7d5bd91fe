// What an examination's file has to look like before anything of it is believed.
import { z } from 'zod';
import { type Digest, TiegelError } from '../../base/index.ts';
import type { Examination } from './examination.ts';
import { grades } from './verdict.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/) as unknown as z.ZodType<Digest>;
const tokens = z.array(z.int().min(0));
const texts = z.array(z.strictObject({ text: z.string(), prompt: tokens, reply: tokens }));
const p = z.number().min(0).max(1);
const logP = z.number().max(0);

const material = z.strictObject({
  suspect: z.strictObject({ name: z.string(), digest: digest.nullable() }),
  model: z.strictObject({ name: z.string(), digest }),
  mark: z
    .strictObject({
      window: z.int().min(1).max(16),
      texts,
      control: z.strictObject({ name: z.string(), texts }),
    })
    .nullable(),
  traps: z.array(z.strictObject({ generator: z.string(), prompt: z.string(), reply: z.string() })),
  references: z
    .strictObject({
      model: z.array(z.string()),
      suspect: z.array(z.string()),
      others: z.array(
        z.strictObject({
          name: z.string(),
          role: z.enum(['reference', 'other-teacher']),
          replies: z.array(z.string()),
        }),
      ),
    })
    .nullable(),
});

const findings = z.strictObject({
  mark: z
    .strictObject({
      tried: z.array(z.strictObject({ cohort: z.string(), pairs: z.int(), mean: z.number(), logP })),
      logP,
      control: z.strictObject({ pairs: z.int(), logP }),
      decoys: z.strictObject({ keys: z.int(), distance: p, p }),
    })
    .nullable(),
  exposure: z
    .strictObject({ replies: z.int(), trials: z.int(), hits: z.int(), expected: z.number(), p })
    .nullable(),
  references: z
    .strictObject({
      similarity: z.number(),
      references: z.array(z.strictObject({ name: z.string(), similarity: z.number() })),
      p,
      contrasts: z.array(z.strictObject({ teacher: z.string(), difference: z.number(), p })),
    })
    .nullable(),
});

const schema: z.ZodType<Examination> = z.strictObject({
  version: z.literal(1),
  made: z.iso.datetime(),
  material,
  commitments: z.strictObject({
    marks: z.array(z.strictObject({ cohort: z.string(), digest })),
    exposure: digest,
  }),
  findings,
  verdict: z.strictObject({
    grade: z.enum(grades),
    sentence: z.string(),
    log10P: z.number().max(0).nullable(),
    controls: z.array(z.strictObject({ name: z.string(), passed: z.boolean(), p })),
    assumptions: z.array(z.string()),
    alternatives: z.array(z.string()),
  }),
});

/** @throws TGL_GUARD_EXAMINATION_INVALID */
export function parseExamination(value: unknown): Examination {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const problem = `${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'it is none'}`;
  throw new TiegelError('TGL_GUARD_EXAMINATION_INVALID', { problem });
}
