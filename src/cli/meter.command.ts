// Describes `tiegel meter` and the commands under it.
import type { CommandDescription, OptionDescription } from './command-description.ts';

const taskNames = ['countdown', 'multiplication', 'chain-arithmetic'];

const tasksOption: OptionDescription = {
  flags: '--tasks <tasks>',
  text: `a file of tasks as JSON lines, or one of ${taskNames.join(', ')} (default: countdown)`,
  suggest: ['files', { words: taskNames }],
};

const problemsOption = (usual: number): OptionDescription => ({
  flags: '--problems <number>',
  text: `tasks that are asked at most (default: ${usual})`,
});

const samplesOption: OptionDescription = {
  flags: '--samples <number>',
  text: 'samples of each task beside the reply at temperature 0 (default: 8)',
};

const effortOption: OptionDescription = {
  flags: '--effort <level>',
  text: 'ask with this `reasoning_effort` (default: none is named)',
};

const costOptions: readonly OptionDescription[] = [
  { flags: '--core-watts <range>', text: 'what a core takes, such as 3:10, where nothing shows the energy' },
  { flags: '--purchase <amount>', text: 'what the machine cost, to price its time' },
  { flags: '--life <years>', text: 'years in which it is written off (default: 4)' },
  { flags: '--utilisation <share>', text: 'share of that time in which it works (default: 0.5)' },
  { flags: '--electricity <amount>', text: 'price of a kilowatt-hour (default: 0)' },
  { flags: '--hosted <price>', text: 'price by the token instead, as HOST/MODEL of `tiegel price hosted`' },
];

export const meterCommand: CommandDescription = {
  name: 'meter',
  text: 'measure what a correct answer costs, and find the cheapest way to it',
  commands: [
    {
      name: 'lint',
      arguments: ['<tasks>'],
      text: 'find lines of a file of tasks that cannot be used, come twice or are in both sets',
      example: 'tiegel meter lint my-tasks.jsonl',
      suggest: ['files'],
      load: async () => (await import('./meter-lint.ts')).runMeterLint,
    },
    {
      name: 'calibrate',
      arguments: ['[model...]'],
      text: 'find, for each model, the cheapest strategy that is as good as all samples, or that none pays',
      example: 'tiegel meter calibrate tiegel-nano --tasks my-tasks.jsonl',
      suggest: ['models'],
      options: [
        tasksOption,
        problemsOption(300),
        samplesOption,
        effortOption,
        { flags: '--temperature <number>', text: 'of the samples (default: 0.8)' },
        {
          flags: '--probes <number>',
          text: 'places at which thinking is probed at most; 0 for none (default: 8)',
        },
        {
          flags: '--risk <percent>',
          text: 'also choose from how sure a model it may answer for so many wrong answers',
        },
        {
          flags: '--margin <points>',
          text: 'of accuracy that may be lost, in percentage points (default: 2)',
        },
      ],
      load: async () => (await import('./meter-calibrate.ts')).runMeterCalibrate,
    },
    {
      name: 'report',
      arguments: ['[model]'],
      text: 'report what was calibrated on tasks that it was not selected on',
      example: 'tiegel meter report tiegel-nano --tasks my-tasks.jsonl --core-watts 3:10',
      suggest: ['models'],
      options: [
        tasksOption,
        problemsOption(300),
        effortOption,
        {
          flags: '--probes <number>',
          text: 'budgets of thinking that are shown at most; 0 for none (default: 6)',
        },
        ...costOptions,
        {
          flags: '--format <format>',
          text: 'text, or html for one page with plots and budgets (default: text)',
          suggest: [{ words: ['text', 'html'] }],
        },
        { flags: '--out <file>', text: 'where the page is written; otherwise to the output' },
      ],
      load: async () => (await import('./meter-report.ts')).runMeterReport,
    },
    {
      name: 'compare',
      arguments: ['[model...]'],
      text: 'compare models, or budgets of thinking, by what a correct answer costs',
      example: 'tiegel meter compare tiegel-nano --budgets 32,64,none --cascade',
      suggest: ['models'],
      options: [
        tasksOption,
        problemsOption(300),
        { flags: '--budgets <tokens>', text: 'budgets of thinking, such as 64,256,none (default: none)' },
        {
          flags: '--cascade',
          text: 'also ask one after another until an answer passes the check of its task',
        },
        ...costOptions,
      ],
      load: async () => (await import('./meter-compare.ts')).runMeterCompare,
    },
    {
      name: 'plan',
      arguments: ['<trace>'],
      text: 'find out how many replicas requests as they came need, what they wait, and what that costs',
      example: 'tiegel usage export > rows.jsonl; tiegel meter plan rows.jsonl --speeds 1:40,4:150,16:480',
      suggest: ['files'],
      options: [
        {
          flags: '--speeds <list>',
          text: 'tokens per second by sequences at once, as `tiegel bench` says',
          required: true,
        },
        { flags: '--prompt-speed <number>', text: 'tokens of prompts per second (default: 4000)' },
        { flags: '--wait <seconds>', text: 'for the first token, that 95 of 100 requests keep (default: 2)' },
        { flags: '--replica-hour <amount>', text: 'what a replica costs an hour' },
        {
          flags: '--accuracy <percent>',
          text: 'share of the requests that are answered right, to say what one costs',
        },
        {
          flags: '--hosted <price>',
          text: 'compare with a price by the token, as HOST/MODEL of `tiegel price hosted`',
        },
        {
          flags: '--cheaper <factor>',
          text: 'show what demand a price so many times lower brings (default: 2)',
        },
      ],
      load: async () => (await import('./meter-plan.ts')).runMeterPlan,
    },
  ],
};
