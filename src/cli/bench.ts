// `tiegel bench`: tokens per second for prompts and decoding at 1, 4 and 16 sequences, the wait for a first token alone and
// beside a long prompt, and how soon an abort frees its place, of a model on this machine.
import { setTimeout as pause } from 'node:timers/promises';
import { openCatalog } from '../catalog/index.ts';
import { describeLayout, type EngineSpeed, measureSpeed } from '../engine/index.ts';
import { startBenchEngine } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { wholeNumber } from './numbers.ts';
import type { Terminal } from './terminal.ts';

type BenchFlags = { readonly longPrompt?: string; readonly draft?: string };

/** For what the long prompt's reply and the others' prompts take beside it. */
const spareContext = 128;

export async function runBench(
  context: CommandContext,
  model: string | undefined,
  flags: BenchFlags,
): Promise<ExitCode> {
  const { environment, terminal, clock, signal, onProgress } = context;
  const longPromptTokens = wholeNumber('--long-prompt', flags.longPrompt, 128, 2 ** 20) ?? 4_000;
  const catalog = openCatalog({ home: environment.home, clock });
  onProgress({ doing: 'Loading the model' });
  const { name, engine, remember } = await startBenchEngine(context, catalog, {
    model,
    draft: flags.draft,
    contextLength: longPromptTokens + spareContext,
  });
  await using _ = engine;
  const speed = await measureSpeed(engine, {
    clock,
    pause,
    signal,
    longPromptTokens,
    onPart: (part) => onProgress({ doing: `Measuring ${part}` }),
  });
  onProgress(null);
  remember(speed);
  const { runtimeBuild, capabilities } = engine;
  const { slots, contextLength } = capabilities;
  printSpeed(terminal, `${name} on ${runtimeBuild}`, speed);
  const { layout = null } = engine;
  if (layout !== null) terminal.print(`  layout: ${describeLayout(layout)}`);
  terminal.print(
    terminal.dim(
      `  ${slots} places of ${contextLength.toLocaleString('en')} tokens. Other work on the machine makes all of it slower.`,
    ),
  );
  terminal.result({ model: name, runtimeBuild, slots, contextLength, layout, ...speed });
  return 0;
}

function printSpeed(
  terminal: Terminal,
  title: string,
  { rates, firstTokenMs, longPrompt, abort }: EngineSpeed,
): void {
  terminal.print(terminal.bold(title));
  terminal.print('  sequences   prompts   decoding   (tokens per second, all together)');
  for (const { sequences, promptTokensPerSecond, tokensPerSecond } of rates)
    terminal.print(
      `  ${String(sequences).padStart(9)} ${rate(promptTokensPerSecond, 9)} ${rate(tokensPerSecond, 10)}`,
    );
  const tokens = longPrompt.tokens.toLocaleString('en');
  const beside = longPrompt.firstTokenBesideMs;
  terminal.print(`  first token of a short prompt   ${time(firstTokenMs)}`);
  terminal.print(
    `    beside one of ${`${tokens} tokens`.padEnd(17)} ${beside === null ? 'not seen' : time(beside)}`,
  );
  terminal.print(`  first token of the long prompt  ${time(longPrompt.aloneMs)}`);
  terminal.print(
    abort === null
      ? '  abort of the long prompt        not seen, it was read too soon'
      : `  abort of the long prompt        ${time(abort.medianMs)}, longest of ${abort.count} ${time(abort.longestMs)}`,
  );
}

function rate(value: number | null, width: number): string {
  return (value === null ? 'not seen' : Number(value.toPrecision(3)).toLocaleString('en')).padStart(width);
}

function time(milliseconds: number): string {
  return milliseconds < 1000
    ? `${milliseconds.toFixed(milliseconds < 10 ? 1 : 0)} ms`
    : `${(milliseconds / 1000).toFixed(1)} s`;
}
