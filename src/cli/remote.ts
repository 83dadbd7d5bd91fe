// `tiegel remote add | list | remove`: models that run on servers. Adding one asks the
// server for the length of its context where that is not given, and connects to nothing otherwise.

import { readFileSync } from 'node:fs';
import { removeKnownAnswers } from '../assess/index.ts';
import { type DeclaredPlace, type Digest, digestOf, TiegelError } from '../base/index.ts';
import { openCatalog } from '../catalog/index.ts';
import { serverKind, takesRenderedPrompts } from '../engine/index.ts';
import { templateWithDigest } from '../formats/index.ts';
import { contextLengthOnServer } from '../host/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { wholeNumber } from './numbers.ts';
import { printRemote, printRemotes } from './print-remotes.ts';

type AddFlags = {
  readonly endpoint: readonly string[];
  readonly model: string;
  readonly server: string;
  readonly context?: string;
  readonly keyEnv?: string;
  readonly allowPrivate?: true;
  readonly opensThinking?: true;
  readonly template?: string;
  readonly region?: readonly string[];
  readonly operator?: string;
  readonly operatorCountry?: string;
  readonly ownHardware?: true;
};

/** Where neither the operator nor the server says how long it is. */
const defaultContextLength = 16_384;

export async function runRemoteAdd(
  context: CommandContext,
  name: string,
  flags: AddFlags,
): Promise<ExitCode> {
  const { terminal } = context;
  const kind = serverKind(flags.server);
  const template = flags.template === undefined ? undefined : vettedTemplate(name, kind, flags.template);
  const places = declaredPlaces(name, flags);
  const server = {
    ...(template !== undefined && { template }),
    server: kind,
    endpoints: flags.endpoint,
    model: flags.model,
    opensThinking: flags.opensThinking ?? false,
    keyVariable: flags.keyEnv ?? null,
    allowPrivate: flags.allowPrivate ?? false,
    ...(places !== undefined && { places }),
  };
  const given = wholeNumber('--context', flags.context, 256, 100_000_000);
  const stated = given === undefined ? await contextLengthOnServer(context, server) : undefined;
  const contextLength = given ?? stated ?? defaultContextLength;
  const remote = catalogOf(context).remotes.add(name, { ...server, contextLength });
  printRemote(terminal, remote);
  if (given === undefined) {
    const source = stated === undefined ? 'assumed; set it with --context' : 'as reported by the server';
    terminal.print(`Context: ${contextLength} tokens, ${source}.`);
  }
  terminal.print(`\nIt is in quarantine. Next: tiegel assess ${name}`);
  terminal.result(remote.manifest);
  return 0;
}

/**
 * What the flags declare of each endpoint; undefined where they declare nothing.
 *
 * @throws TGL_REMOTE_INVALID
 */
function declaredPlaces(
  model: string,
  { endpoint, region, operator, operatorCountry, ownHardware }: AddFlags,
): readonly DeclaredPlace[] | undefined {
  const refuse = (problem: string): TiegelError => new TiegelError('TGL_REMOTE_INVALID', { model, problem });
  if ((operator === undefined) !== (operatorCountry === undefined))
    throw refuse('--operator and --operator-country are needed together');
  if (region === undefined && operator === undefined && ownHardware === undefined) return undefined;
  const regions = region ?? [];
  if (regions.length > 1 && regions.length !== endpoint.length)
    throw refuse(
      `--region gives ${regions.length} codes for ${endpoint.length} endpoints; expected one, or one for each`,
    );
  return endpoint.map((_, index) => {
    const here = regions[index] ?? regions[0];
    return {
      ...(here !== undefined && { region: here }),
      ...(operator !== undefined &&
        operatorCountry !== undefined && { operator: { name: operator, country: operatorCountry } }),
      ...(ownHardware && { ownHardware }),
    };
  });
}

/** @throws TGL_REMOTE_INVALID, TGL_TEMPLATE_UNKNOWN */
function vettedTemplate(model: string, kind: ReturnType<typeof serverKind>, path: string): Digest {
  const refuse = (problem: string): TiegelError => new TiegelError('TGL_REMOTE_INVALID', { model, problem });
  if (!takesRenderedPrompts(kind)) throw refuse(`servers of the kind ${kind} do not accept rendered prompts`);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw refuse(`${path} cannot be read (${(cause as NodeJS.ErrnoException).code})`);
  }
  const digest = digestOf(text);
  templateWithDigest(digest);
  return digest;
}

export async function runRemoteList(context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const { models, damaged } = catalogOf(context).remotes.list();
  printRemotes(terminal, { models, damaged });
  if (models.length + damaged.length === 0) terminal.print('No models on servers have been added.');
  // Its key would tell what it is going to be asked.
  const shown = models.map(({ manifest: { fingerprintKey: _, ...rest } }) => rest);
  terminal.result({ models: shown, damaged });
  return 0;
}

export async function runRemoteRemove(context: CommandContext, name: string): Promise<ExitCode> {
  const { terminal } = context;
  const { remotes, home } = catalogOf(context);
  if (!remotes.remove(name)) {
    const known = remotes.list().models.map((remote) => remote.name);
    throw new TiegelError('TGL_MODEL_UNKNOWN', {
      received: name,
      known: known.length > 0 ? known : 'nothing',
    });
  }
  removeKnownAnswers(home, name);
  terminal.print(`Removed ${name}.`);
  terminal.result({ removed: name });
  return 0;
}

function catalogOf({ environment, clock }: CommandContext): ReturnType<typeof openCatalog> {
  return openCatalog({ home: environment.home, clock });
}
