// The manifest of a model that runs on a server: where it is, how it is to be asked, and, once it was assessed, how it
// answered fixed prompts. Keys of servers never stand in it, only the name of the variable that holds one.
import {
  type DeclaredPlace,
  type Digest,
  digestOfJson,
  type EngineOperator,
  parseDigest,
  placeProblem,
  TiegelError,
} from '../../base/index.ts';
import { parseModelName } from '../storage/model-name.ts';
import {
  finite,
  members,
  parseOrRefuse,
  type Refuse,
  readStrictJson,
  strictJson,
  text,
  time,
} from '../storage/strict-json.ts';

/** What the operator says about it. */
export type RemoteDescription = {
  /** The kind of server, such as `vllm`. */
  readonly server: string;
  /** Base addresses of equal replicas. */
  readonly endpoints: readonly string[];
  /** The server's name of the model. */
  readonly model: string;
  readonly contextLength: number;
  /** The text begins within the think block, without a tag. */
  readonly opensThinking: boolean;
  /** SHA-256 of the model's chat template, where prompts are rendered here and sent as text. Absent: the server renders. */
  readonly template?: Digest;
  /** Environment variable with the key, or null. */
  readonly keyVariable: string | null;
  /** The endpoints may do without TLS and lie in a private range. */
  readonly allowPrivate: boolean;
  /** Where each endpoint stands, in their order. Absent: nobody declared it of any. */
  readonly places?: readonly DeclaredPlace[];
};

/** How it answered fixed prompts: one digest a prompt, null where its answers to that prompt differ among themselves. */
export type Fingerprint = readonly (Digest | null)[];

export type RemoteManifest = RemoteDescription & {
  readonly schema: 1;
  readonly name: string;
  /** As of the last assessment that was passed; empty before. */
  readonly fingerprint: Fingerprint;
  /** 32 bytes in hexadecimal, under which the questions of the fingerprint were drawn. Absent: they were published ones. */
  readonly fingerprintKey?: string;
  /** ISO 8601. */
  readonly created: string;
};

export type RemoteModel = { readonly name: string; readonly manifest: RemoteManifest };

const maxManifestBytes = 64 * 1024;
const maxTextLength = 2048;
const maxEndpoints = 256;
const maxPrompts = 64;

export function remoteManifestText(manifest: RemoteManifest): string {
  return strictJson({ digest: digestOfJson(manifest), manifest });
}

/** @throws TGL_MANIFEST_INVALID */
export function readRemoteManifest(path: string, name: string): RemoteManifest | undefined {
  const refuse: Refuse = (problem) => {
    throw new TiegelError('TGL_MANIFEST_INVALID', { model: name, problem });
  };
  const file = readStrictJson(path, maxManifestBytes, refuse);
  if (file === undefined) return undefined;
  const { digest, manifest } = members(file, 'the file', ['digest', 'manifest'], refuse);
  const decoded = decodeRemoteManifest(manifest, refuse);
  if (digestOfJson(decoded) !== digest) refuse('it does not have the digest it states');
  return decoded.name === name ? decoded : refuse(`it belongs to ${decoded.name}`);
}

/** Checks what an operator said, or a file. */
export function decodeRemoteManifest(value: unknown, refuse: Refuse): RemoteManifest {
  const fields = membersOf(value, 'manifest', manifestKeys, ['template', 'places', 'fingerprintKey'], refuse);
  if (fields.schema !== 1) refuse('its schema is not 1');
  const contextLength = finite(fields.contextLength, 'contextLength', refuse);
  if (!Number.isSafeInteger(contextLength) || contextLength < 1)
    refuse('contextLength is not a number of tokens');
  const endpoints = list(fields.endpoints, 'endpoints', maxEndpoints, refuse);
  return {
    schema: 1,
    name: parseOrRefuse(() => parseModelName(fields.name), refuse),
    server: text(fields.server, 'server', 64, refuse),
    endpoints: endpoints.map((one) => endpoint(one, refuse)),
    model: text(fields.model, 'model', maxTextLength, refuse),
    contextLength,
    opensThinking: flag(fields.opensThinking, 'opensThinking', refuse),
    ...('template' in fields && { template: parseOrRefuse(() => parseDigest(fields.template), refuse) }),
    keyVariable: fields.keyVariable === null ? null : variable(fields.keyVariable, refuse),
    allowPrivate: flag(fields.allowPrivate, 'allowPrivate', refuse),
    ...('places' in fields && { places: placesIn(fields.places, endpoints.length, refuse) }),
    fingerprint: list(fields.fingerprint, 'fingerprint', maxPrompts, refuse, 0).map((one) =>
      one === null ? null : parseOrRefuse(() => parseDigest(one), refuse),
    ),
    ...('fingerprintKey' in fields && { fingerprintKey: keyIn(fields.fingerprintKey, refuse) }),
    created: time(fields.created, 'created', refuse),
  };
}

const manifestKeys = [
  'schema',
  'name',
  'server',
  'endpoints',
  'model',
  'contextLength',
  'opensThinking',
  'keyVariable',
  'allowPrivate',
  'fingerprint',
  'created',
] as const;

function placesIn(value: unknown, count: number, refuse: Refuse): readonly DeclaredPlace[] {
  const places = list(value, 'places', maxEndpoints, refuse);
  if (places.length !== count) refuse(`it declares ${places.length} places of ${count} endpoints`);
  return places.map((place) => placeIn(place, refuse));
}

function placeIn(value: unknown, refuse: Refuse): DeclaredPlace {
  const fields = membersOf(value, 'a place', [], ['region', 'operator', 'ownHardware'], refuse);
  const place: DeclaredPlace = {
    ...('region' in fields && { region: text(fields.region, 'a region', maxTextLength, refuse) }),
    ...('operator' in fields && { operator: operatorIn(fields.operator, refuse) }),
    ...('ownHardware' in fields && {
      ownHardware: flag(fields.ownHardware, 'ownHardware', refuse) || refuse('ownHardware is false'),
    }),
  };
  const problem = placeProblem(place);
  return problem === undefined ? place : refuse(problem);
}

function operatorIn(value: unknown, refuse: Refuse): EngineOperator {
  const { name, country } = members(value, 'an operator', ['name', 'country'], refuse);
  return {
    name: text(name, 'the name of an operator', maxTextLength, refuse),
    country: text(country, "an operator's country", maxTextLength, refuse),
  };
}

/** The members of an object that has exactly the first keys, and of the second ones those that it likes. */
function membersOf<Key extends string, Optional extends string>(
  value: unknown,
  where: string,
  keys: readonly Key[],
  optional: readonly Optional[],
  refuse: Refuse,
): Readonly<Record<Key, unknown> & Partial<Record<Optional, unknown>>> {
  const given = optional.filter((key) => typeof value === 'object' && value !== null && key in value);
  return members<Key | Optional>(value, where, [...keys, ...given], refuse);
}

/** Without user, query, fragment or a slash at the end, so that paths can be appended. */
function endpoint(value: unknown, refuse: Refuse): string {
  const given = text(value, 'an endpoint', maxTextLength, refuse);
  const url = URL.parse(given);
  if (url === null || !/^https?:$/.test(url.protocol)) return refuse(`${given} is not an http address`);
  if (url.username !== '' || url.password !== '') return refuse('a key stands in an endpoint');
  if (url.search !== '' || url.hash !== '') return refuse('an endpoint has a query');
  return url.href.replace(/\/+$/, '');
}

function variable(value: unknown, refuse: Refuse): string {
  const name = text(value, 'keyVariable', 128, refuse);
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : refuse(`${name} is not the name of a variable`);
}

function keyIn(value: unknown, refuse: Refuse): string {
  const key = text(value, 'fingerprintKey', 64, refuse);
  return /^[0-9a-f]{64}$/.test(key) ? key : refuse('fingerprintKey is not 32 bytes in hexadecimal');
}

function flag(value: unknown, where: string, refuse: Refuse): boolean {
  return typeof value === 'boolean' ? value : refuse(`${where} is neither true nor false`);
}

function list(value: unknown, where: string, most: number, refuse: Refuse, fewest = 1): readonly unknown[] {
  const fits = Array.isArray(value) && value.length >= fewest && value.length <= most;
  return fits ? value : refuse(`${where} is not a list of ${fewest} to ${most}`);
}
