// `tiegel teach rewards`: serves rewards to trainers that run elsewhere, until it is interrupted.
import { once } from 'node:events';
import { join } from 'node:path';
import { systemEntropy, TiegelError } from '../base/index.ts';
import {
  accuracyAlone,
  openRunTokens,
  openSampleLog,
  type RewardRules,
  servedRewards,
  startRewardServer,
} from '../teach/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { number, wholeNumber } from './numbers.ts';

type RewardsFlags = {
  readonly run: readonly string[];
  readonly port?: string;
  readonly host?: string;
  readonly weight?: readonly string[];
  readonly longest?: string;
  readonly rate?: string;
  readonly sample?: string;
};

export async function runTeachRewards(
  { environment, terminal, clock, signal }: CommandContext,
  flags: RewardsFlags,
): Promise<ExitCode> {
  const directory = join(environment.home, 'rewards');
  const tokens = openRunTokens(directory, systemEntropy);
  await using server = await startRewardServer({
    host: flags.host ?? '127.0.0.1',
    port: wholeNumber('--port', flags.port, 0, 65_535) ?? 8485,
    rules: rulesOf(flags),
    tokens,
    log: openSampleLog(directory, wholeNumber('--sample', flags.sample, 1, 1_000_000) ?? 100),
    clock,
    itemsPerSecond: wholeNumber('--rate', flags.rate, 1, 1_000_000) ?? 2000,
    onFault: (cause) => terminal.note(String((cause as Error)?.stack ?? cause)),
  });
  terminal.print(`${terminal.bold('Rewards')} at ${server.url}/v1/rewards and /adapters/openrlhf`);
  for (const run of flags.run) terminal.print(`  run ${run}: token ${tokens.tokenOf(run)}`);
  terminal.print(
    terminal.dim(`Samples for inspection: ${join(directory, 'samples.jsonl')}. Ctrl-C stops the server.`),
  );
  terminal.result({
    url: server.url,
    tokens: Object.fromEntries(flags.run.map((run) => [run, tokens.tokenOf(run)])),
  });
  if (!signal.aborted) await once(signal, 'abort');
  return 0;
}

function rulesOf(flags: RewardsFlags): RewardRules {
  const maxLength = wholeNumber('--longest', flags.longest, 1, 1_000_000) ?? accuracyAlone.limits.maxLength;
  const weights = (flags.weight ?? []).map((text) => {
    const [name = '', value] = text.split('=');
    const known = servedRewards.find((served) => served === name);
    if (known !== undefined && value !== undefined)
      return [known, number('--weight', value, -100, 100)] as const;
    const expected = `NAME=NUMBER, where NAME is one of ${servedRewards.join(', ')}`;
    throw new TiegelError('TGL_USAGE', { problem: `--weight is ${text}; expected ${expected}.` });
  });
  return {
    weights: weights.length === 0 ? accuracyAlone.weights : Object.fromEntries(weights),
    limits: { maxLength, overlongCache: Math.ceil(maxLength / 8) },
  };
}
