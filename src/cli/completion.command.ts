// Describes `tiegel completion`, which prints a script for a shell, and `tiegel complete`, which that script asks.
import type { CommandDescription } from './command-description.ts';

export const completionCommand: CommandDescription = {
  name: 'completion',
  arguments: ['<shell>'],
  text: 'print a completion script for bash, zsh or fish',
  example: 'source <(tiegel completion bash)',
  suggest: [{ words: ['bash', 'zsh', 'fish'] }],
  load: async () => (await import('./completion.ts')).runCompletion,
};

/** @param commands that it completes */
export function completeCommand(commands: readonly CommandDescription[]): CommandDescription {
  return {
    name: 'complete',
    arguments: ['<shell>', '[words...]'],
    text: 'print what may follow these words',
    hidden: true,
    load: async () => {
      const { runComplete } = await import('./completion.ts');
      return (context, shell: string, words: readonly string[]) =>
        runComplete(context, commands, { shell, words });
    },
  };
}
