// The file of known answers, one for each model on a server. It holds the key under which its questions are drawn, so that only its
// owner may read it. What cannot be read counts as missing, and the model as one that nobody can recognise.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { makeDirectory, writeFileAtomically } from '../../base/index.ts';
import type { KnownAnswers } from './known-answers.ts';

const count = z.int().min(0);
const manner = z.enum(['greedy', 'usual', 'probabilities']);
/** JSON has no minus infinity, which capital is before anything was bet. */
const logarithm = z.number().nullable();
const test = z.strictObject({ answers: count, capital: z.array(logarithm).length(2) });
const answer = z.strictObject({
  text: z.string(),
  places: z.array(z.array(z.tuple([z.string(), z.number().nullable()]))),
});
const schema = z.strictObject({
  schema: z.literal(1),
  key: z.string().regex(/^[0-9a-f]{64}$/),
  manners: z.array(manner).min(1),
  questions: z.array(z.strictObject({ index: count, manner, answers: z.array(answer) })),
  next: count,
  tests: z.strictObject({ greedy: test, usual: test, probabilities: test }),
});

/** Undefined where there is none, or none that can be read. */
export function readKnownAnswers(home: string, model: string): KnownAnswers | undefined {
  try {
    const { schema: _, tests, ...rest } = schema.parse(JSON.parse(readFileSync(pathOf(home, model), 'utf8')));
    const { greedy, usual, probabilities } = tests;
    const capitalOf = ({ answers, capital }: z.infer<typeof test>) => ({
      answers,
      capital: capital.map((one) => one ?? Number.NEGATIVE_INFINITY),
    });
    return {
      ...rest,
      tests: {
        greedy: capitalOf(greedy),
        usual: capitalOf(usual),
        probabilities: capitalOf(probabilities),
      },
    };
  } catch {
    return undefined;
  }
}

/** @throws TGL_DISK_FULL, TGL_FILE_NOT_WRITABLE */
export function writeKnownAnswers(home: string, model: string, known: KnownAnswers): void {
  makeDirectory(directoryOf(home), 0o700);
  writeFileAtomically(pathOf(home, model), `${JSON.stringify({ schema: 1, ...known })}\n`, {
    mode: 0o600,
  });
}

export function removeKnownAnswers(home: string, model: string): void {
  rmSync(pathOf(home, model), { force: true });
}

function directoryOf(home: string): string {
  return join(home, 'recognition');
}

/** @param model a checked name, which holds no separator */
function pathOf(home: string, model: string): string {
  return join(directoryOf(home), `${model}.json`);
}
