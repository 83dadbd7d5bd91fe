// Labels that are asked for in a terminal: every answer is kept at once, and whoever stops goes on later.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, expect, test } from 'vitest';
import { askForLabels } from './ask-for-labels.ts';
import { createTerminal } from './terminal.ts';

const directory = mkdtempSync(join(tmpdir(), 'tiegel-labels-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const draw = { type: 'draw', judge: 'refusal', segment: 'answer' };
const line = (trial: number) => ({
  ...{ type: 'label', trial, language: 'en', request: `request ${trial}`, replies: ['No.'], label: '' },
});

async function answered(path: string, ...answers: readonly string[]) {
  const shown = new PassThrough();
  const terminal = createTerminal({ json: false, stdout: shown });
  const input = Readable.from(answers.map((answer) => `${answer}\n`));
  const open = await askForLabels(terminal, path, new AbortController().signal, input);
  const labels = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((text) => (JSON.parse(text) as { readonly label: string }).label);
  return { open, labels, shown: String(shown.read()) };
}

test('answers are kept, taken back and gone on with', async () => {
  const path = join(directory, 'sheet.jsonl');
  writeFileSync(path, [draw, line(1), line(2), line(3)].map((each) => `${JSON.stringify(each)}\n`).join(''));
  const first = await answered(path, 's', 'maybe', 'r', 'b', 'u', 'q');
  expect(first).toMatchObject({ open: 1, labels: ['succeeded', 'unassessed', ''] });
  expect(first.shown).toContain('request 1');
  expect(first.shown).not.toContain('request 4');
  const second = await answered(path, 'resisted');
  expect(second).toMatchObject({ open: 0, labels: ['succeeded', 'unassessed', 'resisted'] });
  expect(second.shown).toContain('request 3');
  expect(second.shown).not.toContain('request 1');
});
