// `tiegel up`: brings one model to admission and serves every admitted model of the catalog. The first line it prints
// once it serves carries the address; with --json that is one object with url, key and model.

import { join } from 'node:path';
import { exitCodeOf, outdatedSince } from '../assess/index.ts';
import { parseOrigin, systemEntropy, TiegelError } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import { createGateway, createMetrics, openKeyRing, requireUsableAddress } from '../gateway/index.ts';
import {
  announceServer,
  createServerLogger,
  exportMetrics,
  modelFetcher,
  openServedModels,
  prepareModel,
} from '../host/index.ts';
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
    readonly guard?: readonly string[];
    readonly draft?: string;
  },
): Promise<ExitCode> {
  const { environment, terminal, clock, signal } = context;
  const catalog = openCatalog({ home: environment.home, clock, outdated: outdatedSince });
  const { ring, freshKey } = openKeyRing({
    directory: join(environment.home, 'keys'),
    entropy: systemEntropy,
    ...(environment.key === undefined ? {} : { operatorKey: environment.key }),
  });
  const address = {
    host: flags.host ?? environment.host,
    port: wholeNumber('--port', flags.port, 0, 65_535) ?? environment.port,
    allowRemote: flags.allowRemote ?? false,
  };
  await requireUsableAddress(address, ring);
  const guards = (flags.guard ?? []).map(readContentFilter);
  const { name, battery, readiness } = await prepareModel(context, catalog, model, {
    guards,
    draft: flags.draft,
  });
  if (!readiness.ready) {
    printAssessment(terminal, name, battery, readiness.assessment);
    terminal.result(readiness.assessment);
    terminal.note(`${name} is not served: only a pass admits a model.`);
    return exitCodeOf(readiness.assessment.verdict);
  }
  await using models = await openServedModels(context, catalog, readiness.admitted, guards);
  const logger = createServerLogger();
  const metrics = createMetrics();
  await using _ = exportMetrics(environment, { metrics, clock, logger });
  await using gateway = createGateway({
    models,
    keys: ring,
    clock,
    entropy: systemEntropy,
    logger,
    metrics,
    reasoningField: environment.reasoningField,
    unknownFields: environment.unknownFields,
    allowedOrigins: [...environment.allowedOrigins, ...(flags.allowOrigin ?? []).map(originOf)],
    openMetrics: flags.openMetrics ?? false,
    fetchModel: modelFetcher(context, catalog),
  });
  const url = await gateway.listen({ ...address, hostNames: flags.hostName ?? [] });
  using __ = announceServer(environment.home, { url, models: models.list().map((served) => served.name) });

  terminal.result({ url, key: freshKey ?? null, model: name });
  printWelcome(context, url, name, freshKey);
  await aborted(signal);
  terminal.note('Draining: running requests end, new ones are refused …');
  await gateway.drain(drainMilliseconds);
  return 0;
}

function printWelcome(
  { terminal }: CommandContext,
  url: string,
  model: string,
  freshKey: string | undefined,
): void {
  const shown = freshKey ?? '$TIEGEL_KEY';
  terminal.print(`Serving ${model} at ${url}`);
  if (freshKey !== undefined) terminal.print(`API key (shown once): ${freshKey}`);
  else
    terminal.print(terminal.dim('API key: the one shown at the first start, or TIEGEL_KEY where it is set'));
  terminal.print(`\n  curl ${url}/v1/chat/completions -H "Authorization: Bearer ${shown}" \\`);
  terminal.print(`    -H "Content-Type: application/json" \\`);
  const body = {
    model,
    messages: [{ role: 'user', content: 'Use 3, 5 and 6 once each with + - * to make 21.' }],
  };
  terminal.print(`    -d '${JSON.stringify(body)}'\n`);
  terminal.print(terminal.dim('Ctrl-C stops the server.'));
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
