// The command line: names, arguments and help of every command. What a command does stands in its own file, which is
// loaded when the command is called, so that help and short commands do not wait for trainer, engine and server.
import { Command, CommanderError } from 'commander';
import { readPackageFile, systemClock, TiegelError } from '../base/index.ts';
import { type CommandContext, type ExitCode, exitCodeOfError, Interrupted } from './command.ts';
import { createProgressDisplay } from './progress-display.ts';
import { createTerminal, type Terminal } from './terminal.ts';

type Action<Options> = (context: CommandContext, argument: string, options: Options) => Promise<ExitCode>;
type Load<Options> = () => Promise<Action<Options>>;

/** Runs the command that the words name, and returns the code for the shell. */
export async function run(words: readonly string[]): Promise<ExitCode> {
  const terminal = createTerminal({ json: words.includes('--json') });
  const onProgress = createProgressDisplay({ terminal, clock: systemClock });
  const interruption = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => interruption.abort(new Interrupted(name)));
  }
  // Whoever reads the output, such as `head`, may have enough before the command has ended.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  let exitCode: ExitCode = 0;
  const program = describeCommands((load) => async (argument, options) => {
    // Help and mistakes in words wait for nothing that is only needed to work.
    const { readEnvironment } = await import('../host/quick.ts');
    const given = readEnvironment(process.env);
    const context = {
      environment: { ...given, offline: given.offline || words.includes('--offline') },
      terminal,
      clock: systemClock,
      signal: interruption.signal,
      onProgress,
      onNote: terminal.note,
    };
    const action = await load();
    exitCode = await action(context, argument, options as never);
  });
  try {
    if (words.length === 0) program.outputHelp();
    else await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    onProgress(null);
    return report(error, terminal);
  }
}

function describeCommands(
  start: <Options>(load: Load<Options>) => (argument: string, options: unknown) => Promise<void>,
): Command {
  const program = new Command('tiegel')
    .description('Teach, assess and serve small reasoning models on your own hardware.')
    .version(readPackageFile().version)
    .exitOverride()
    // Otherwise `--out` of `teach report` would be taken for that of `teach`.
    .enablePositionalOptions()
    .configureOutput({ writeErr: () => {} })
    .showHelpAfterError();
  const command = (usage: string, description: string, example: string, parent = program): Command =>
    parent
      .command(usage)
      .description(description)
      .option('--json', 'print one JSON object for programs')
      .option('--offline', 'refuse every connection to another machine')
      .addHelpText('after', `\nExample:\n  ${example}`)
      .exitOverride();

  command('up [model]', 'assess a model where that is still due, then serve it', 'tiegel up')
    .option('--allow-remote', 'listen on an address other than loopback (needs TIEGEL_KEY)')
    .option('--host <address>', 'where to listen (default: TIEGEL_HOST, else 127.0.0.1)')
    .option('--port <number>', 'where to listen (default: TIEGEL_PORT, else 8484; 0 picks a free port)')
    .option('--host-name <name...>', 'names by which clients reach the server, beside its address')
    .option('--allow-origin <origin...>', 'other origins whose pages may use the server')
    .option('--open-metrics', 'let anybody read /metrics, without a key')
    .option('--guard <file...>', 'content filters before the models, in this order')
    .option(
      '--draft <model>',
      'a smaller model of the same vocabulary that proposes tokens (needs TIEGEL_LLAMA_SERVER)',
    )
    .action(start(async () => (await import('./up.ts')).runUp));
  command(
    'chat [prompt]',
    'talk to a model: thinking first, then the answer',
    'tiegel chat "What is 47 * 36?"',
  )
    .option('--model <model>', 'a name from the catalog, a GGUF file or a run directory')
    .option('--no-thinking', 'close the think block at once')
    .option('--temperature <number>', 'randomness of the choice of tokens, 0 to 2')
    .option('--seed <number>', 'the same seed gives the same reply')
    .option('--guard <file...>', 'content filters before the model, in this order')
    .option(
      '--draft <model>',
      'a smaller model of the same vocabulary that proposes tokens (needs TIEGEL_LLAMA_SERVER)',
    )
    .action(start(async () => (await import('./chat.ts')).runChat));
  const teach = command('teach', 'teach a model by a recipe', 'tiegel teach --recipe pico --out runs/pico')
    .option('--recipe <recipe>', 'pico, nano, distil, textbook or the path of a recipe file')
    .option('--out <directory>', 'where the run lives')
    .option('--resume', 'continue the run that is there')
    .option('--workers <number>', 'threads (default: one per core)')
    .option('--stage <name...>', 'only these stages of the recipe')
    .option('--from <run>', 'start from the weights of a run directory or a GGUF file')
    .option('--steps <number>', 'so many steps in every stage that counts them')
    .option('--problems <number>', 'held-out problems per task to judge the result by')
    .action((options) => start(async () => (await import('./teach.ts')).runTeach)('', options));
  command(
    'report <run...>',
    'write what runs have shown: curves, comparison with the controls, rollouts',
    'tiegel teach report runs/nano --out report.html',
    teach,
  )
    .option('--out <file>', 'where to (default: standard output)')
    .option('--markdown', 'the tables as Markdown, for a model card, in place of HTML')
    .option('--figures <directory>', 'write every figure there too, as SVG')
    .action((runs: string[], options) =>
      start(async () => (await import('./teach-report.ts')).runTeachReport)('', { ...options, runs }),
    );
  command('rewards', 'serve rewards to trainers that run elsewhere', 'tiegel teach rewards --run r1', teach)
    .requiredOption('--run <name...>', 'runs that may ask; a token is printed for each')
    .option('--port <number>', 'where to listen (default: 8485; 0 picks a free port)')
    .option('--host <address>', 'where to listen (default: 127.0.0.1)')
    .option('--weight <name=number...>', 'what rewards are made of (default: accuracy=1)')
    .option('--longest <number>', 'most tokens of a completion, for rewards of length (default: 8192)')
    .option('--rate <number>', 'rewards a second of one run (default: 2000)')
    .option('--sample <number>', 'of so many completions one is kept to be looked at (default: 100)')
    .action((options) =>
      start(async () => (await import('./teach-rewards.ts')).runTeachRewards)('', options),
    );
  command(
    'submit <recipe>',
    'send a cluster recipe to a Ray cluster: r1-distill-1.5b, r1-zero-7b or the path of one',
    'tiegel teach submit r1-zero-7b --engine verl --ray http://head:8265 --storage /shared/r1 --data rows.jsonl',
    teach,
  )
    .requiredOption('--engine <engine>', 'verl, trl or openrlhf')
    .requiredOption('--ray <url>', "address of Ray's dashboard; RAY_AUTH_TOKEN is sent where it is set")
    .requiredOption('--storage <directory>', 'a directory that all machines of the cluster share')
    .option('--data <file>', 'JSON lines: prompt, task, verifier, ground_truth; for sft prompt, completion')
    .option('--rewards <url>', 'the reward server, as the cluster reaches it; needs TIEGEL_REWARDS_TOKEN')
    .option('--run <name>', 'its name at the reward server (default: that of the recipe)')
    .option('--follow', 'show the log until the job ends; Ctrl-C leaves the job running')
    .option('--stop', 'stop the job of this recipe instead')
    .action(start(async () => (await import('./teach-submit.ts')).runTeachSubmit));
  const assess = command(
    'assess [model]',
    'run a battery of probes; only a pass admits the model',
    'tiegel assess runs/pico --battery full --policy tasks',
  )
    .option(
      '--battery <battery>',
      'quick, or full, which asks what its policy names (default: quick; of a model on a server, remote)',
    )
    .option('--policy <policy>', 'what the full battery decides by: general, tasks or a JSON file')
    .option('--problems <file>', 'problems of your own, JSON lines with prompt and answer')
    .option(
      '--data <name=file...>',
      'data sets that you have, reported beside the policy: harmbench, advbench, jailbreakbench, ailuminate, strongreject, xstest-safe, xstest-unsafe …',
    )
    .option('--attacker <model>', 'a model on a server that writes attacks and learns from the replies')
    .option('--resume', 'go on with the full battery where it was broken off')
    .option('--family <name>', 'family of the model, as judges were measured on')
    .option(
      '--judge-model <model>',
      'a model on a server that rules on harm and refusals; decides by labels only',
    )
    .option('--judge-criteria <name...>', 'only for these criteria')
    .option('--teacher <name...>', 'models that taught this one, which may not judge it')
    .option('--labels <file...>', 'labels of its replies, by which judges are measured on this model')
    .option('--max-tokens <number>', 'stop after so many tokens')
    .option('--max-cost <amount>', 'stop at this cost (needs --price)')
    .option('--price <prompt,completion>', 'of a million tokens each')
    .option(
      '--guard <file...>',
      'content filters before the model: everything is tried without and with them',
    )
    .option(
      '--draft <model>',
      'a smaller model of the same vocabulary that proposes tokens (needs TIEGEL_LLAMA_SERVER)',
    )
    .option('--allow-template <sha256>', 'render the chat template in the file, which nobody has vetted')
    .action(start(async () => (await import('./assess.ts')).runAssess));
  command(
    'verify <evidence>',
    'check the evidence of an assessment and derive its verdict again',
    'tiegel assess verify assessment_mf3k2a9x_5h1c',
    assess,
  ).action(start(async () => (await import('./assess-verify.ts')).runAssessVerify));
  command(
    'label <evidence>',
    'draw trials of a criterion for people to label, by which its judge is measured',
    'tiegel assess label tiegel-nano --criterion harm-direct --sample 200 --out harm.labels.jsonl',
    assess,
  )
    .requiredOption('--criterion <name>', 'of the policy that decided')
    .option('--sample <number>', 'how many trials', '200')
    .option('--seed <number>', 'of the draw', '1')
    .requiredOption('--out <file>', 'where to; must not be there yet')
    .action(start(async () => (await import('./assess-label.ts')).runAssessLabel));
  command(
    'replay <evidence>',
    'make some trials of an assessment again and compare the replies',
    'tiegel assess replay assessment_mf3k2a9x_5h1c --trials 10',
    assess,
  )
    .option('--trials <number>', 'how many, drawn at random', '10')
    .option('--problems <file>', 'the same problems, where the assessment had some')
    .option('--data <name=file...>', 'the same data sets, where the assessment had some')
    .option('--guard <file...>', 'the same content filters, where the assessment had some')
    .option('--draft <model>', 'the same draft model, where the assessment had one')
    .action(start(async () => (await import('./assess-replay.ts')).runAssessReplay));
  command(
    'report <evidence>',
    'write what the evidence of an assessment says',
    'tiegel assess report tiegel-nano --format html --out report.html',
    assess,
  )
    .option('--format <format>', 'html, md, junit, sarif or bom', 'html')
    .option('--out <file>', 'where to (default: standard output)')
    .action(start(async () => (await import('./assess-report.ts')).runAssessReport));
  command(
    'compare <evidence> <other>',
    'the differences between two assessments on the trials that both have made',
    'tiegel assess compare student teacher',
    assess,
  ).action((first: string, second: string, options) =>
    start(async () => (await import('./assess-compare.ts')).runAssessCompare)(first, { ...options, second }),
  );
  command(
    'pull <model>',
    'fetch a model: a known name, hf:OWNER/NAME[@REVISION][:FILE] or an https address',
    'tiegel pull deepseek-r1:1.5b',
  )
    .option('--name <name>', 'under which name it is kept (default: made from the file name)')
    .option('--base <model>', 'the model that is here, where the file is a LoRA adapter for it')
    .option('--sha256 <digest>', 'the digest that the file has to have')
    .action(start(async () => (await import('./pull.ts')).runPull));
  command('import <file>', 'take in a GGUF file, with its other shards', 'tiegel import model.gguf')
    .option('--name <name>', 'under which name it is kept (default: made from the file name)')
    .option('--base <model>', 'the model that is here, where the file is a LoRA adapter for it')
    .option('--card <file>', 'a model card, Markdown')
    .action(start(async () => (await import('./import.ts')).runImport));
  command(
    'convert <directory>',
    'make a GGUF file of a safetensors checkpoint of Qwen2 or Llama',
    'tiegel convert checkpoint --out model.gguf --type q8_0',
  )
    .requiredOption('--out <file>', 'the GGUF file to write')
    .option('--type <type>', 'f32, f16, q8_0, q5_0 or q4_0', 'q8_0')
    .option('--name <name>', "the model's name inside the file (default: the directory's)")
    .action(start(async () => (await import('./convert.ts')).runConvert));
  command('list', 'show the models that are here, and the known names', 'tiegel list').action((options) =>
    start(async () => (await import('./list.ts')).runList)('', options),
  );
  command('show <model>', 'show what is known about a model', 'tiegel show tiegel-nano')
    .option('--guard <file...>', 'content filters that it would be served behind')
    .action(start(async () => (await import('./show.ts')).runShow));
  command(
    'remove <model>',
    'remove a model and the bytes that nothing else needs',
    'tiegel remove old',
  ).action(start(async () => (await import('./remove.ts')).runRemove));
  command(
    'revoke <model>',
    'sign that a model is not to be served any more; running servers obey within a second',
    'tiegel revoke old --reason "answers with planted instructions"',
  )
    .requiredOption('--reason <sentence>', 'what operators and clients are told')
    .option('--lift', 'take it back')
    .action(start(async () => (await import('./revoke.ts')).runRevoke));
  const group = (name: string, description: string): Command => {
    const made = program.command(name).description(description).exitOverride();
    return made.allowExcessArguments().action(() => {
      const [word] = made.args;
      if (word !== undefined)
        throw new TiegelError('TGL_USAGE', { problem: `unknown command '${name} ${word}'` });
      made.outputHelp();
    });
  };
  const bundle = group('bundle', 'models as single files, for machines without a network');
  command(
    'export <model>',
    'write a model with its card and its newest admission record',
    'tiegel bundle export tiegel-nano --out tiegel-nano.tar',
    bundle,
  )
    .option('--out <file>', 'where to (default: MODEL.tar here)')
    .action(start(async () => (await import('./bundle.ts')).runBundleExport));
  command(
    'import <file>',
    'take such a file in; it waits in quarantine whatever record it carries',
    'tiegel bundle import tiegel-nano.tar',
    bundle,
  )
    .option('--name <name>', 'under which name it is kept (default: the one it had)')
    .action(start(async () => (await import('./bundle.ts')).runBundleImport));
  const remote = group('remote', 'models that run on servers');
  const addExample = 'tiegel remote add r1 --endpoint http://10.0.0.7:8000/v1 --model org/r1 --allow-private';
  command('add <name>', 'note a model on a server, in quarantine until it is assessed', addExample, remote)
    .requiredOption(
      '--endpoint <url...>',
      'base address, such as https://example.com/v1; several are replicas',
    )
    .requiredOption('--model <id>', "the server's name of the model")
    .option(
      '--server <kind>',
      'compatible, vllm, sglang, llama-server, ollama, lm-studio, foundry-local, deepseek, openrouter or openai',
      'compatible',
    )
    .option(
      '--context <number>',
      'tokens of prompt and completion together (default: what the server states, else 16384)',
    )
    .option('--key-env <variable>', 'environment variable that holds the key of the server')
    .option('--allow-private', 'the address may be private and do without TLS')
    .option('--template <file>', "the model's chat template: prompts are then rendered here and sent as text")
    .option('--opens-thinking', 'the text begins within the think block, without a tag')
    .action(start(async () => (await import('./remote.ts')).runRemoteAdd));
  command('list', 'show the models on servers', 'tiegel remote list', remote).action((options) =>
    start(async () => (await import('./remote.ts')).runRemoteList)('', options),
  );
  command('remove <name>', 'forget a model on a server', 'tiegel remote remove r1', remote).action(
    start(async () => (await import('./remote.ts')).runRemoteRemove),
  );
  command(
    'inspect <file>',
    'show what a GGUF or safetensors file holds, without running it',
    'tiegel inspect model.gguf',
  )
    .option('--tensors', 'list every tensor')
    .action(start(async () => (await import('./inspect.ts')).runInspect));
  command(
    'fit [model]',
    'show what a model or a family takes, and what this machine allows',
    'tiegel fit deepseek-r1',
  )
    .option('--slots <number>', 'requests at the same time (default: 4, fewer where they do not fit)')
    .option('--context <number>', 'tokens of prompt, thinking and answer (default: 16384)')
    .option('--foundry <address>', 'ask a Foundry Local on this machine what it offers on an NPU')
    .action(start(async () => (await import('./fit.ts')).runFit));
  command('doctor', 'check this machine and the data directory', 'tiegel doctor').action((options) =>
    start(async () => (await import('./doctor.ts')).runDoctor)('', options),
  );
  return program;
}

/** The one place where an error becomes text and an exit code. */
function report(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError && error.exitCode === 0) return 0;
  if (error instanceof Interrupted) {
    terminal.note('Interrupted.');
    return 130;
  }
  const known =
    error instanceof CommanderError
      ? new TiegelError('TGL_USAGE', { problem: error.message.replace(/^error: /, '') })
      : error;
  if (!TiegelError.isInstance(known)) {
    // A defect of the program: the stack is what helps to mend it.
    terminal.note(error instanceof Error ? (error.stack ?? String(error)) : String(error));
    return 1;
  }
  const { code, message, fix, retryable } = known;
  if (terminal.json) terminal.result({ error: { code, message, fix, retryable } });
  else terminal.note(`${terminal.bad('Error')} ${code}: ${message}\n${fix}`);
  return exitCodeOfError(code);
}
