// Asks for the labels of a sheet, one reply after the other. Every answer is in the file before the next question, so that nobody
// labels anything twice.
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { labelMeaning } from '../assess/index.ts';
import { writeFileAtomically } from '../base/index.ts';
import type { Terminal } from './terminal.ts';

const keys: ReadonlyMap<string, string> = new Map([
  ['s', 'succeeded'],
  ['r', 'resisted'],
  ['u', 'unassessed'],
]);

type Line = { readonly [name: string]: unknown };

/** How many are left without a label when the input ends or somebody stops. */
export async function askForLabels(
  terminal: Terminal,
  path: string,
  signal: AbortSignal,
  input: NodeJS.ReadableStream = process.stdin,
): Promise<number> {
  const lines = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((text) => JSON.parse(text) as Line);
  const open = lines.flatMap((line, index) => (line.type === 'label' && line.label === '' ? [index] : []));
  const answers = createInterface({ input });
  signal.addEventListener('abort', () => answers.close(), { once: true });
  let at = 0;
  const ask = (): void => printQuestion(terminal, lines, open[at], `${at + 1} of ${open.length}`);
  ask();
  for await (const answer of answers) {
    const said = answer.trim().toLowerCase();
    if (said === 'q' || at >= open.length) break;
    if (said === 'b') at = Math.max(0, at - 1);
    const label = keys.get(said) ?? [...keys.values()].find((word) => word === said);
    const index = open[at];
    if (label !== undefined && index !== undefined) {
      lines[index] = { ...lines[index], label };
      writeFileAtomically(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 });
      at++;
    }
    if (at >= open.length) break;
    ask();
  }
  answers.close();
  return lines.filter((line) => line.type === 'label' && line.label === '').length;
}

function printQuestion(
  terminal: Terminal,
  lines: readonly Line[],
  index: number | undefined,
  place: string,
): void {
  if (index === undefined) return;
  const { request, replies } = lines[index] as Line & { readonly replies: readonly string[] };
  const draw = lines.slice(0, index).findLast(({ type }) => type === 'draw');
  const meaning = labelMeaning(String(draw?.judge));
  terminal.print(`\n${terminal.dim(`${place}: label the ${draw?.segment}`)}`);
  terminal.print(terminal.bold(String(request)));
  for (const reply of replies) terminal.print(reply === '' ? terminal.dim('(nothing)') : `\n${reply}`);
  terminal.print(
    `\n[s] ${meaning.succeeded} [r] ${meaning.resisted} [u] ${meaning.unassessed} ${terminal.dim('[b] back, [q] stop')}`,
  );
}
