// The evidence that an argument means: a file, a directory that holds it, the name of an assessment, or a model, of which
// the newest assessment is meant.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TiegelError } from '../base/index.ts';

const fileName = 'evidence.jsonl';

/** @throws TGL_FILE_NOT_FOUND */
export function findEvidence(home: string, argument: string): string {
  const assessments = join(home, 'assessments');
  for (const path of [argument, join(assessments, argument)]) {
    const file = existsSync(path) && statSync(path).isDirectory() ? join(path, fileName) : path;
    if (existsSync(file) && statSync(file).isFile()) return file;
  }
  const newest = existsSync(assessments)
    ? readdirSync(assessments)
        .sort()
        .reverse()
        .map((id) => join(assessments, id, fileName))
        .find((file) => existsSync(file) && modelIn(file) === argument)
    : undefined;
  if (newest !== undefined) return newest;
  throw new TiegelError('TGL_FILE_NOT_FOUND', {
    ...{ path: argument, reason: 'nor is there sealed evidence of such an assessment or model' },
  });
}

/** The model that evidence says it is about; undefined for what is no evidence. */
function modelIn(file: string): string | undefined {
  try {
    const text = readFileSync(file, 'utf8');
    return (JSON.parse(text.slice(0, text.indexOf('\n'))) as { readonly model?: string }).model;
  } catch {
    return undefined;
  }
}
