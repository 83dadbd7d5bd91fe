// Describes `tiegel teach submit`.
import type { CommandDescription } from './command-description.ts';

export const teachSubmitCommand: CommandDescription = {
  name: 'submit',
  arguments: ['<recipe>'],
  text: 'submit a cluster recipe (r1-distill-1.5b, r1-zero-7b or a file) to a Ray cluster',
  example:
    'tiegel teach submit r1-zero-7b --engine verl --ray http://head:8265 --storage /shared/r1 --data rows.jsonl',
  suggest: [{ words: ['r1-distill-1.5b', 'r1-zero-7b'] }, 'files'],
  options: [
    {
      flags: '--engine <engine>',
      text: 'verl, trl or openrlhf',
      required: true,
      suggest: [{ words: ['verl', 'trl', 'openrlhf'] }],
    },
    {
      flags: '--ray <url>',
      text: 'address of the Ray dashboard; RAY_AUTH_TOKEN is sent if it is set',
      required: true,
    },
    {
      flags: '--storage <directory>',
      text: 'a directory shared by all machines of the cluster',
      required: true,
    },
    {
      flags: '--data <file>',
      text: 'JSON Lines with prompt, task, verifier and ground_truth; for sft, prompt and completion',
    },
    {
      flags: '--rewards <url>',
      text: 'address of the reward server as seen from the cluster; needs TIEGEL_REWARDS_TOKEN',
    },
    {
      flags: '--run <name>',
      text: "the run's name on the reward server (default: the name of the recipe)",
    },
    { flags: '--follow', text: 'show the log until the job ends; Ctrl-C leaves the job running' },
    { flags: '--stop', text: 'stop the job of this recipe instead' },
  ],
  load: async () => (await import('./teach-submit.ts')).runTeachSubmit,
};
