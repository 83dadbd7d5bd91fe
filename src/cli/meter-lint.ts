// `tiegel meter lint`: what is wrong with a file of tasks, line by line.
import { readTasks } from '../meter/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { readTextFile } from './meter-tasks.ts';

export async function runMeterLint({ terminal }: CommandContext, file: string): Promise<ExitCode> {
  const { tasks, problems } = readTasks(readTextFile(file));
  for (const { line, problem } of problems) terminal.print(`${file}:${line}: ${problem}`);
  const count = (set: string): number => tasks.filter((task) => task.set === set).length;
  const sets = { selection: count('selection'), report: count('report') };
  terminal.print(
    `${sets.selection} tasks to select on, ${sets.report} to report on, ${problems.length} problems.`,
  );
  terminal.result({ ...sets, problems });
  return problems.length === 0 && tasks.length > 0 ? 0 : 2;
}
