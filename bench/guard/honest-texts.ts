// Prompts of honest use in the validation data, as they stand there; a file that is absent yields none.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The objects of a file of JSON lines; none where there is no such file. */
export function readJsonLines<Row>(...path: readonly string[]): readonly Row[] {
  const file = join(...path);
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as Row);
}

/** Several hundred prompts of each source. */
export function honestTexts(data: string): readonly string[] {
  const prompts = (...path: readonly string[]): readonly string[] =>
    readJsonLines<{ prompt?: string; question?: string }>(data, ...path)
      .map(({ prompt, question }) => prompt ?? question ?? '')
      .filter((text) => text !== '')
      .slice(0, 400);
  const texts = [
    ...prompts('honest', 't0-templates.jsonl'),
    ...prompts('honest', 'bbh.jsonl'),
    ...prompts('honest', 'humaneval.jsonl'),
    ...prompts('arena-hard', 'v0.1-question.jsonl'),
    ...prompts('gsm8k', 'test.jsonl'),
  ];
  if (texts.length === 0) throw new Error(`There are no prompts below ${data}.`);
  return texts;
}
