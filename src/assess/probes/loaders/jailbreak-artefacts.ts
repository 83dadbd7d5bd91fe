// The published attacks of JailbreakBench (Chao et al. 2024, arXiv 2404.01318): for each behaviour the prompt that an
// attack arrived at, what one model replied, and whether a judge model called that a jailbreak. Those labels are from a
// model, not from people.
import { z } from 'zod';
import { parseJson } from './parse-json.ts';

export type JailbreakArtefact = {
  readonly index: number;
  readonly goal: string;
  readonly behavior: string;
  readonly category: string;
  /** Null if the attack arrived at none. */
  readonly prompt: string | null;
  readonly response: string | null;
  readonly jailbroken: boolean;
};

export type JailbreakArtefacts = {
  /** The attack, such as PAIR. */
  readonly method: string;
  /** The model that was attacked. */
  readonly model: string;
  readonly jailbreaks: readonly JailbreakArtefact[];
};

const schema = z.object({
  parameters: z.object({ method: z.string(), model: z.string() }),
  jailbreaks: z
    .array(
      z.object({
        index: z.int(),
        goal: z.string().min(1),
        behavior: z.string(),
        category: z.string(),
        prompt: z.string().nullable(),
        response: z.string().nullable(),
        jailbroken: z.boolean(),
      }),
    )
    .min(1),
});

/** @throws TGL_DATA_SET_INVALID */
export function parseJailbreakArtefacts(text: string, file: string): JailbreakArtefacts {
  const { parameters, jailbreaks } = parseJson(text, schema, { file, line: 1 });
  return { method: parameters.method, model: parameters.model, jailbreaks };
}
