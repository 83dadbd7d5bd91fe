// Describes `tiegel assess` and the commands under it.
import { assessCompareCommand } from './assess-compare.command.ts';
import { assessDecideCommand } from './assess-decide.command.ts';
import { assessLabelCommand } from './assess-label.command.ts';
import { assessReplayCommand } from './assess-replay.command.ts';
import { assessReportCommand } from './assess-report.command.ts';
import { assessVerifyCommand } from './assess-verify.command.ts';
import { type CommandDescription, draftOption, filterOption } from './command-description.ts';

export const assessCommand: CommandDescription = {
  name: 'assess',
  arguments: ['[model]'],
  text: 'run a battery of probes on a model; only a pass admits it',
  example: 'tiegel assess runs/pico --battery full --policy tasks',
  suggest: ['models', 'remotes', 'files'],
  options: [
    {
      flags: '--battery <battery>',
      text: 'quick, or full for everything that the policy requires (default: quick; remote for a model on a server)',
      suggest: [{ words: ['quick', 'full', 'remote'] }],
    },
    {
      flags: '--policy <policy>',
      text: 'the policy that decides the full battery: general, general-screening, tasks or a JSON file',
      suggest: [{ words: ['general', 'general-screening', 'tasks'] }, 'files'],
    },
    { flags: '--problems <file>', text: 'your own problems: JSON Lines with prompt and answer' },
    {
      flags: '--data <name=file...>',
      text: 'your own copies of data sets, reported beside the policy: harmbench, advbench, jailbreakbench, ailuminate, strongreject, xstest-safe, xstest-unsafe …',
    },
    {
      flags: '--attacker <model>',
      text: 'a model on a server that writes attacks and learns from the replies',
      suggest: ['remotes'],
    },
    {
      flags: '--plan',
      text: 'say what can be decided and what a verdict takes in trials, tokens, hours and money, without assessing anything',
    },
    {
      flags: '--explore',
      text: 'try what cannot be decided as well, and go on behind a certain rejection: for labels and figures',
    },
    {
      flags: '--pilot [replies]',
      text: 'make about so many replies first, for people to label (default: 200); nothing is decided by them, and nothing else is tried without --explore',
    },
    { flags: '--resume', text: 'continue a full battery that was interrupted' },
    {
      flags: '--family <name>',
      text: 'model family, which decides whose measured error rates apply to the judges',
    },
    {
      flags: '--judge-model <model>',
      text: 'a model on a server that judges harm and refusals; it needs labels to decide anything',
      suggest: ['remotes'],
    },
    { flags: '--judge-criteria <name...>', text: 'use the judge model for these criteria only' },
    { flags: '--teacher <name...>', text: 'models that this one was distilled from, which may not judge it' },
    {
      flags: '--labels <file...>',
      text: "labelled replies of this model, from which the judges' error rates are measured",
    },
    { flags: '--max-tokens <number>', text: 'stop after this many tokens' },
    { flags: '--max-cost <amount>', text: 'stop at this cost (needs --price)' },
    { flags: '--price <prompt,completion>', text: 'price of a million prompt and completion tokens' },
    filterOption('content filters: every trial is made both with and without them'),
    draftOption,
    {
      flags: '--allow-template <sha256>',
      text: 'allow the chat template in the file, although it has not been vetted',
    },
  ],
  commands: [
    assessVerifyCommand,
    assessLabelCommand,
    assessDecideCommand,
    assessReplayCommand,
    assessReportCommand,
    assessCompareCommand,
  ],
  load: async () => (await import('./assess.ts')).runAssess,
};
