// `tiegel up`: brings one model to admission and serves every admitted model of the catalog. The first line it prints
// once it serves carries the address; with --json that is one object with url, key and model.

import { exitCodeOf } from '../assess/index.ts';
import { oneLine, parseOrigin, TiegelError } from '../base/index.ts';
import { type RunningServer, startServer } from '../host/index.ts';
import { readContentFilter } from '../reasoning/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { wholeNumber } from './numbers.ts';
import { printAssessment } from './print-assessment.ts';

/** Time that running requests get to end after SIGTERM. */
const drainMilliseconds = 30_000;

export async function runUp(
  context: CommandContext,
  model: string | undefined,
  flags: {
    readonly allowRemote?: true;
    readonly host?: string;
    readonly port?: string;
    readonly hostName?: readonly string[];
    readonly allowOrigin?: readonly string[];
    readonly openMetrics?: true;
    readonly filter?: readonly string[];
    readonly draft?: string;
    readonly effortPolicy?: readonly string[];
  },
): Promise<ExitCode> {
  const { environment, terminal, signal } = context;
  const outcome = await startServer(context, model, {
    host: flags.host ?? environment.host,
    port: wholeNumber('--port', flags.port, 0, 65_535) ?? environment.port,
    allowRemote: flags.allowRemote ?? false,
    hostNames: flags.hostName ?? [],
    filters: (flags.filter ?? []).map(readContentFilter),
    draft: flags.draft,
    effortPolicies: flags.effortPolicy ?? [],
    allowedOrigins: (flags.allowOrigin ?? []).map(originOf),
    openMetrics: flags.openMetrics ?? false,
  });
  if (!outcome.started) {
    printAssessment(terminal, outcome.model, outcome.battery, outcome.assessment);
    terminal.result(outcome.assessment);
    terminal.note(`${outcome.model} is not served, because only a pass admits a model.`);
    return exitCodeOf(outcome.assessment.verdict);
  }
  await using server = outcome.server;
  terminal.result({
    url: server.url,
    key: server.freshKey ?? null,
    model: server.model,
    sign_in: server.signInUrl ?? null,
  });
  printWelcome(context, server);
  await aborted(signal);
  terminal.note('Shutting down: finishing running requests, refusing new ones …');
  await server.drain(drainMilliseconds);
  return 0;
}

function printWelcome(
  { terminal }: CommandContext,
  { url, model, admission, freshKey, signInUrl }: RunningServer,
): void {
  const shown = freshKey ?? '$TIEGEL_KEY';
  if (signInUrl === undefined) terminal.print(`Console: ${url}`);
  else {
    terminal.print(`Console (the link signs in once, within ten minutes): ${signInUrl}`);
    terminal.print(terminal.dim('A fresh link: tiegel sign-in'));
  }
  terminal.print(`Serving ${model} at ${url}`);
  terminal.print(`Admitted ${oneLine(admission)}`);
  if (freshKey !== undefined) terminal.print(`API key (shown once): ${freshKey}`);
  else terminal.print(terminal.dim('API key: the one shown at the first start, or TIEGEL_KEY if it is set'));
  terminal.print(`\n  curl ${url}/v1/chat/completions -H "Authorization: Bearer ${shown}" \\`);
  terminal.print(`    -H "Content-Type: application/json" \\`);
  const body = {
    model,
    messages: [{ role: 'user', content: 'Use 3, 5 and 6 once each with + - * to make 21.' }],
  };
  terminal.print(`    -d '${JSON.stringify(body)}'\n`);
  terminal.print(terminal.dim('Press Ctrl-C to stop the server.'));
}

/** @throws TGL_ENVIRONMENT_INVALID */
function originOf(text: string): string {
  const origin = parseOrigin(text);
  if (origin !== undefined) return origin;
  throw new TiegelError('TGL_ENVIRONMENT_INVALID', {
    name: '--allow-origin',
    received: text,
    expected: 'an origin such as https://chat.example:8443',
  });
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
