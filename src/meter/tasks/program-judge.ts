// Answers that a program of the file of tasks judges. It runs in a process of its own that may read no file, start nothing and see no
// variable of the environment, with little memory and little time, so that neither the program nor what it makes of an answer can
// harm or hold up anything. What takes longer, takes more or throws has not accepted the answer.
import { spawnSync } from 'node:child_process';

/** By the clock, so that a busy machine does not make right answers wrong. */
const maxMilliseconds = 10_000;
const maxMebibytes = 64;

/** Reads the task from its input and says by its exit status whether the program returned true. */
const runner = `
let text = '';
process.stdin.setEncoding('utf8').on('data', (chunk) => { text += chunk; }).on('end', () => {
  const { program, answer, question } = JSON.parse(text);
  const accepts = new Function('answer', 'question', program);
  process.exitCode = accepts(answer, question) === true ? 0 : 1;
});`;

/** The reason why the program can be met by no answer, or by every one, instead. */
export function programJudge(program: string, question: string): ((answer: string) => boolean) | string {
  try {
    // Reads it without running it, as the process does.
    new Function('answer', 'question', program);
  } catch (cause) {
    return `its program cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`;
  }
  const accepts = (answer: string): boolean => {
    const { status } = spawnSync(
      process.execPath,
      ['--permission', `--max-old-space-size=${maxMebibytes}`, '--no-warnings', '-e', runner],
      {
        input: JSON.stringify({ program, answer, question }),
        env: {},
        ...{ timeout: maxMilliseconds, killSignal: 'SIGKILL', stdio: ['pipe', 'ignore', 'ignore'] },
      },
    );
    return status === 0;
  };
  return accepts('') ? 'its program accepts the empty answer' : accepts;
}
