// The environment variables of Tiegel, read once and checked.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { isRegion, parseOrigin, TiegelError } from '../base/index.ts';
import { type GuardSetting, guardSettings } from './guard/guard-setting.ts';
import { type LayoutSetting, layoutSettingForm, parseLayoutSetting } from './layout-setting.ts';
import type { OidcSettings } from './oidc/provider.ts';
import { readOidcSettings } from './oidc/settings.ts';
import type { WatchSetting } from './recognition/watch-servers.ts';
import type { ScorerSetting } from './scorers.ts';

export type Environment = {
  /** Data directory: TIEGEL_HOME, else by the XDG base directory specification. */
  readonly home: string;
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** TIEGEL_KEY: a key that the operator chose instead of one that the first start makes. */
  readonly key: string | undefined;
  /** TIEGEL_DATABASE: the store, as a path or a postgres:// URL. Default: a file in the data directory. */
  readonly database: string;
  /** TIEGEL_PEPPER: of the keys in a store that several machines share. Default: a file in the data directory. */
  readonly pepper: string | undefined;
  /** TIEGEL_OFFLINE=1 refuses every connection to another machine, as --offline does. */
  readonly offline: boolean;
  /** HF_ENDPOINT and HF_TOKEN, by the Hugging Face hub's own names. */
  readonly hub: { readonly endpoint: string; readonly token: string | undefined };
  /** TIEGEL_REASONING_FIELD: where OpenAI's dialects show reasoning. */
  readonly reasoningField: (typeof reasoningFields)[number];
  /** TIEGEL_ORIGIN: the origin by which browsers reach the server, such as that of a proxy that ends TLS. */
  readonly origin: string | undefined;
  /** TIEGEL_OIDC_…: the provider by which people sign in. */
  readonly oidc: OidcSettings | undefined;
  /** TIEGEL_ALLOW_ORIGINS: other origins, separated by commas, whose pages may use the server. */
  readonly allowedOrigins: readonly string[];
  /** TIEGEL_UNKNOWN_FIELDS: what becomes of fields of a request that nobody knows. */
  readonly unknownFields: (typeof unknownFieldsRules)[number];
  /** OTEL_EXPORTER_OTLP_ENDPOINT, by OpenTelemetry's own name: a collector that metrics are pushed to. */
  readonly collector: string | undefined;
  /** TIEGEL_LLAMA_SERVER: a llama-server binary that runs the models on this machine, instead of the embedded engine. */
  readonly llamaServer: string | undefined;
  /** TIEGEL_LOOKUP=1: earlier text of a conversation drafts tokens of the embedded engine, where no model does. */
  readonly lookup: boolean;
  /** TIEGEL_LAYOUT: how models lie in the embedded engine: as was measured, or what is to differ from what is usual. */
  readonly layout: LayoutSetting;
  /** TIEGEL_REGION: where this machine is, by ISO 3166; what runs on it is on own hardware. */
  readonly region: string | undefined;
  /** TIEGEL_SERVER_QUESTIONS and TIEGEL_SERVER_QUESTION_TOKENS: how often models on servers are recognised while they are served. */
  readonly serverQuestions: WatchSetting;
  /** TIEGEL_MAX_SAMPLES: samples that a request may have spent on one reply; 1 allows no strategy. */
  readonly maxSamples: number;
  /** TIEGEL_WATTS: what this machine takes while it answers with all its places, by which the energy of a request is modelled. */
  readonly watts: number | undefined;
  /** TIEGEL_SCORERS: servers of the operator that score answers, and TIEGEL_SCORER_TOKEN: what they are shown. */
  readonly scorers: readonly ScorerSetting[];
  readonly scorerToken: string | undefined;
  /** TIEGEL_GUARD: what the guard does; without it nothing, until there is a calibration, and then it asks. */
  readonly guard: GuardSetting | undefined;
  /** TIEGEL_GUARD_WEBHOOK: an address of the operator that is told of cases of the guard. */
  readonly guardWebhook: string | undefined;
  /** TIEGEL_WATERMARK=1: models on this machine draw their replies by a key, so that a trace of them can be proven later. */
  readonly watermark: boolean;
  /** TIEGEL_COINS=1: where a served reply can say the same in two ways a keyed coin chooses, to the same end. */
  readonly coins: boolean;
  /** TIEGEL_LOG_LEVEL: the least urgent lines that the server's log keeps. */
  readonly logLevel: LogLevel;
  /** RAY_AUTH_TOKEN, by Ray's own name: sent to the cluster that training jobs are submitted to. */
  readonly rayToken: string | undefined;
  /** TIEGEL_REWARDS_TOKEN: what jobs on a cluster show to the reward server. */
  readonly rewardsToken: string | undefined;
  /** The value of a variable that the operator named as the place of a server's key. */
  readonly keyIn: (variable: string) => string | undefined;
};

export type LogLevel = (typeof logLevels)[number];

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const unknownFieldsRules = ['refuse', 'ignore'] as const;

const reasoningFields = ['both', 'reasoning_content', 'reasoning', 'none'] as const;

export const publicHub = 'https://huggingface.co';

/** @throws TGL_ENVIRONMENT_INVALID */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const given = (name: string): string | undefined => variables[name] || undefined;
  const isOn = (name: string): boolean => (given(name) ?? '0') !== '0';
  const refuse = (name: string, received: string, expected: string) =>
    new TiegelError('TGL_ENVIRONMENT_INVALID', { name, received, expected });

  const portText = given('TIEGEL_PORT') ?? '8484';
  if (!/^\d{1,5}$/.test(portText) || Number(portText) > 65_535) {
    throw refuse('TIEGEL_PORT', portText, 'a number from 0 to 65535');
  }
  const hubEndpoint = given('HF_ENDPOINT') ?? publicHub;
  if (!/^https?:$/.test(URL.parse(hubEndpoint)?.protocol ?? '')) {
    throw refuse('HF_ENDPOINT', hubEndpoint, 'an http or https address');
  }
  const collector = given('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (collector !== undefined && !/^https?:$/.test(URL.parse(collector)?.protocol ?? '')) {
    throw refuse('OTEL_EXPORTER_OTLP_ENDPOINT', collector, 'an http or https address');
  }
  const fieldText = given('TIEGEL_REASONING_FIELD') ?? 'both';
  const reasoningField = reasoningFields.find((field) => field === fieldText);
  if (reasoningField === undefined) {
    throw refuse('TIEGEL_REASONING_FIELD', fieldText, `one of ${reasoningFields.join(', ')}`);
  }
  const unknownText = given('TIEGEL_UNKNOWN_FIELDS') ?? 'refuse';
  const unknownFields = unknownFieldsRules.find((rule) => rule === unknownText);
  if (unknownFields === undefined) {
    throw refuse('TIEGEL_UNKNOWN_FIELDS', unknownText, `one of ${unknownFieldsRules.join(', ')}`);
  }
  const levelText = given('TIEGEL_LOG_LEVEL') ?? 'warn';
  const logLevel = logLevels.find((level) => level === levelText);
  if (logLevel === undefined) {
    throw refuse('TIEGEL_LOG_LEVEL', levelText, `one of ${logLevels.join(', ')}`);
  }
  const llamaServer = given('TIEGEL_LLAMA_SERVER');
  if (llamaServer !== undefined && !existsSync(llamaServer)) {
    throw refuse('TIEGEL_LLAMA_SERVER', llamaServer, 'the path of a llama-server binary');
  }
  const region = given('TIEGEL_REGION');
  if (region !== undefined && !isRegion(region)) {
    throw refuse('TIEGEL_REGION', region, 'a country or subdivision code of ISO 3166, such as DE or DE-BE');
  }
  const dataHome = given('XDG_DATA_HOME') ?? given('LOCALAPPDATA') ?? join(homedir(), '.local', 'share');
  const home = resolve(given('TIEGEL_HOME') ?? join(dataHome, 'tiegel'));
  return {
    home,
    host: given('TIEGEL_HOST') ?? '127.0.0.1',
    port: Number(portText),
    key: operatorKey(given('TIEGEL_KEY')),
    database: given('TIEGEL_DATABASE') ?? join(home, 'store', 'tiegel.db'),
    pepper: given('TIEGEL_PEPPER'),
    offline: isOn('TIEGEL_OFFLINE'),
    hub: { endpoint: hubEndpoint, token: given('HF_TOKEN') },
    reasoningField,
    ...readOrigins(given),
    oidc: readOidcSettings(given),
    unknownFields,
    collector,
    llamaServer: llamaServer && resolve(llamaServer),
    lookup: isOn('TIEGEL_LOOKUP'),
    maxSamples: readMaxSamples(given('TIEGEL_MAX_SAMPLES')),
    ...{ layout: readLayout(given('TIEGEL_LAYOUT')), watts: readWatts(given('TIEGEL_WATTS')) },
    serverQuestions: readServerQuestions(given),
    ...{ scorers: readScorers(given('TIEGEL_SCORERS')), scorerToken: given('TIEGEL_SCORER_TOKEN') },
    ...{ region, ...readGuard(given), watermark: isOn('TIEGEL_WATERMARK'), coins: isOn('TIEGEL_COINS') },
    logLevel,
    rayToken: given('RAY_AUTH_TOKEN'),
    rewardsToken: given('TIEGEL_REWARDS_TOKEN'),
    keyIn: given,
  };
}

/** What only the server itself needs: no process that it starts for long work has them. */
const serverSecrets = /^TIEGEL_(KEY|DATABASE|PEPPER|OIDC_\w+|REWARDS_TOKEN)$|^RAY_AUTH_TOKEN$/;

/** The variables of a process that works for a server, with the server's data directory. */
export function environmentOfJobs(
  { home, offline }: Pick<Environment, 'home' | 'offline'>,
  variables: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  const kept = Object.entries(variables).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !serverSecrets.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), TIEGEL_HOME: home, ...(offline && { TIEGEL_OFFLINE: '1' }) };
}

/** @throws TGL_ENVIRONMENT_INVALID */
function readMaxSamples(text = '16'): number {
  const samples = Number(text);
  if (/^\d{1,2}$/.test(text) && samples >= 1 && samples <= 64) return samples;
  const expected = 'a number from 1 to 64';
  throw new TiegelError('TGL_ENVIRONMENT_INVALID', { name: 'TIEGEL_MAX_SAMPLES', received: text, expected });
}

/** @throws TGL_ENVIRONMENT_INVALID */
function readWatts(received: string | undefined): number | undefined {
  if (received === undefined || (/^\d{1,5}(\.\d{1,3})?$/.test(received) && Number(received) > 0))
    return received === undefined ? undefined : Number(received);
  const expected = 'a number of watts, such as 140';
  throw new TiegelError('TGL_ENVIRONMENT_INVALID', { name: 'TIEGEL_WATTS', received, expected });
}

/** @throws TGL_ENVIRONMENT_INVALID */
function readLayout(received = 'measured'): LayoutSetting {
  const setting = parseLayoutSetting(received);
  if (setting !== undefined) return setting;
  const expected = layoutSettingForm;
  throw new TiegelError('TGL_ENVIRONMENT_INVALID', { name: 'TIEGEL_LAYOUT', received, expected });
}

/** @throws TGL_ENVIRONMENT_INVALID */
function readServerQuestions(given: (name: string) => string | undefined): WatchSetting {
  const [name, tokensName] = ['TIEGEL_SERVER_QUESTIONS', 'TIEGEL_SERVER_QUESTION_TOKENS'] as const;
  const [text, tokensText] = [given(name) ?? '0.02', given(tokensName) ?? '20000'];
  const [share, tokensPerDay] = [Number(text), Number(tokensText)];
  if (!/^[\d.]{1,8}$/.test(text) || !(share >= 0 && share <= 1))
    throw new TiegelError('TGL_ENVIRONMENT_INVALID', {
      ...{ name, received: text, expected: 'a share of requests from 0, which asks none, to 1' },
    });
  if (!/^\d{1,12}$/.test(tokensText))
    throw new TiegelError('TGL_ENVIRONMENT_INVALID', {
      ...{ name: tokensName, received: tokensText, expected: 'a number of tokens a day' },
    });
  return { share, tokensPerDay };
}

function readGuard(given: (name: string) => string | undefined): Pick<Environment, 'guard' | 'guardWebhook'> {
  return { guard: readGuardSetting(given), guardWebhook: readWebhook(given) };
}

/** @throws TGL_ENVIRONMENT_INVALID */
function readWebhook(given: (name: string) => string | undefined): string | undefined {
  const received = given('TIEGEL_GUARD_WEBHOOK');
  if (received === undefined || /^https?:$/.test(URL.parse(received)?.protocol ?? '')) return received;
  const expected = 'an http or https address';
  throw new TiegelError('TGL_ENVIRONMENT_INVALID', { name: 'TIEGEL_GUARD_WEBHOOK', received, expected });
}

/** @throws TGL_ENVIRONMENT_INVALID */
function readGuardSetting(given: (name: string) => string | undefined): GuardSetting | undefined {
  const received = given('TIEGEL_GUARD');
  const setting = guardSettings.find((known) => known === received);
  if (received === undefined || setting !== undefined) return setting;
  const expected = `one of ${guardSettings.join(', ')}`;
  throw new TiegelError('TGL_ENVIRONMENT_INVALID', { name: 'TIEGEL_GUARD', received, expected });
}

/** @throws TGL_ENVIRONMENT_INVALID */
function readOrigins(
  given: (name: string) => string | undefined,
): Pick<Environment, 'origin' | 'allowedOrigins'> {
  const refuse = (name: string, received: string, expected: string) =>
    new TiegelError('TGL_ENVIRONMENT_INVALID', { name, received, expected });
  const texts = (given('TIEGEL_ALLOW_ORIGINS') ?? '').split(',').filter((text) => text.trim() !== '');
  const allowedOrigins = texts.map((text) => {
    const origin = parseOrigin(text.trim());
    if (origin !== undefined) return origin;
    throw refuse('TIEGEL_ALLOW_ORIGINS', text.trim(), 'origins such as https://chat.example:8443');
  });
  const originText = given('TIEGEL_ORIGIN');
  const origin = originText && parseOrigin(originText);
  if (originText !== undefined && !/^https?:/.test(origin ?? ''))
    throw refuse('TIEGEL_ORIGIN', originText, 'an origin such as https://tiegel.example');
  return { origin, allowedOrigins };
}

/** @throws TGL_ENVIRONMENT_INVALID */
function operatorKey(key: string | undefined): string | undefined {
  if (key === undefined || /^[\x21-\x7e]{16,256}$/.test(key)) return key;
  throw new TiegelError('TGL_ENVIRONMENT_INVALID', {
    name: 'TIEGEL_KEY',
    received: `a text of ${key.length} characters`,
    expected: '16 to 256 printable ASCII characters without blanks',
  });
}

/** Such as `helpful=0.5@https://scores.example/v1`; several are set apart by spaces. @throws TGL_ENVIRONMENT_INVALID */
function readScorers(text: string | undefined): readonly ScorerSetting[] {
  const scorers = (text ?? '').split(/\s+/).filter((one) => one !== '');
  return scorers.map((one) => {
    const [, name = '', least = '', url = ''] =
      /^([a-z][a-z0-9-]{0,63})=(-?\d{1,9}(?:\.\d{1,9})?)@(\S+)$/.exec(one) ?? [];
    if (/^https?:$/.test(URL.parse(url)?.protocol ?? '')) return { name, least: Number(least), url };
    throw new TiegelError('TGL_ENVIRONMENT_INVALID', {
      ...{ name: 'TIEGEL_SCORERS', received: one },
      expected: 'NAME=LEAST@URL, such as helpful=0.5@https://scores.example/v1',
    });
  });
}
