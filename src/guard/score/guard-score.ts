// The scores that a calibration decides by: one of prompts, and one of accounts for each class of use. They come with the program,
// fitted to public texts (`bench/guard`); what they mean for the traffic of a server only its own calibration says.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type Digest, digestOf } from '../../base/index.ts';
import { featureNames } from '../account/account-features.ts';
import { vocabularySize } from '../features/fourier.ts';
import { type JudgedClass, judgedClasses } from '../use-class.ts';
import type { AdditiveScore } from './additive-score.ts';
import type { LexicalScore } from './lexical-score.ts';

export type GuardScore = {
  /** Of its text; a calibration holds for one score only. */
  readonly digest: Digest;
  readonly lexical: LexicalScore;
  readonly classes: Readonly<Record<JudgedClass, AdditiveScore>>;
};

const additive = z.strictObject({
  bias: z.number(),
  terms: z
    .array(
      z.strictObject({
        centre: z.number(),
        scale: z.number().positive(),
        weights: z.array(z.number()).length(3),
      }),
    )
    .length(featureNames.length),
});

const schema = z.strictObject({
  version: z.literal(1),
  lexical: z.strictObject({ bias: z.number(), scale: z.number().positive(), weights: z.base64() }),
  classes: z.record(z.enum(judgedClasses), additive),
});

/** Weights of prompts are kept in steps of a 32,767th of the largest. */
export function encodeGuardScore({ lexical, classes }: Omit<GuardScore, 'digest'>): string {
  const largest = lexical.weights.reduce((most, weight) => Math.max(most, Math.abs(weight)), 1e-6);
  const scale = largest / 32_767;
  const bytes = Buffer.alloc(2 * vocabularySize);
  for (const [index, weight] of lexical.weights.entries())
    bytes.writeInt16LE(Math.round(weight / scale), 2 * index);
  const written: z.infer<typeof schema> = {
    version: 1,
    lexical: { bias: lexical.bias, scale, weights: bytes.toString('base64') },
    classes: classes as z.infer<typeof schema>['classes'],
  };
  const short = (_: string, value: unknown): unknown =>
    typeof value === 'number' ? Number(value.toPrecision(8)) : value;
  return `${JSON.stringify(written, short, 2)}\n`;
}

/** @throws TypeError for a text that {@link encodeGuardScore} has not written */
export function decodeGuardScore(text: string): GuardScore {
  const parsed = schema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new TypeError(`decodeGuardScore: ${parsed.error.issues[0]?.message}`);
  const { lexical, classes } = parsed.data;
  const bytes = Buffer.from(lexical.weights, 'base64');
  if (bytes.length !== 2 * vocabularySize) throw new TypeError('decodeGuardScore: weights are missing');
  const weights = Float32Array.from(
    { length: vocabularySize },
    (_, index) => bytes.readInt16LE(2 * index) * lexical.scale,
  );
  return { digest: digestOf(text), lexical: { bias: lexical.bias, weights }, classes };
}

/** The one that comes with the program. */
export function shippedGuardScore(): GuardScore {
  const path = new URL('../../../models/guard-score/score.json', import.meta.url);
  return decodeGuardScore(readFileSync(path, 'utf8'));
}
