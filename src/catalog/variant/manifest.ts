// The manifest of a variant: what was imported, by digest, and what its file says about itself. It informs; it decides
// nothing, since admission recomputes every digest from the bytes. The file carries its own digest against decay.
import { type Digest, digestOfJson, type Json, parseDigest, TiegelError } from '../../base/index.ts';
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

/** A file that lies in the catalog as a blob. */
export type StoredFile = { readonly digest: Digest; readonly bytes: number };

/** Its blobs are the shards, in order, where there are any; the digest is then the one of their digests as JSON. */
export type StoredWeights = StoredFile & { readonly shards: readonly StoredFile[] };

export type RecommendedSampling = { readonly temperature: number; readonly topP: number };

export type Manifest = {
  readonly schema: 3;
  readonly name: string;
  /** Where the file came from, in the importer's words. */
  readonly source: string;
  readonly weights: StoredWeights;
  /** Applied to the weights, in this order. Absent: none. */
  readonly adapters?: readonly StoredFile[];
  /** `general.architecture` of the file, such as `qwen2`. */
  readonly architecture: string;
  /** The numbers of the architecture, such as width and layers. */
  readonly configuration: Readonly<Record<string, number>>;
  /** Digest over name, type and shape of every tensor. */
  readonly tensors: Digest;
  /** The tensor type that holds most of the bytes, such as `Q8_0`. */
  readonly quantisation: string;
  readonly tokenizer: Digest;
  /** The family is null where the template is not a vetted one. */
  readonly chatTemplate: { readonly digest: Digest; readonly family: string | null };
  readonly license: string | null;
  /** What the publisher recommends; null where nobody said. */
  readonly sampling: RecommendedSampling | null;
  /** The model card that came along, Markdown. */
  readonly card: StoredFile | null;
  /** An admission record from another machine, as it came: information, which admits nothing here. */
  readonly importedRecord: StoredFile | null;
  /** Time of the import, ISO 8601. */
  readonly created: string;
};

/** One quantisation and format of a model, as the catalog holds it. */
export type Variant = {
  readonly name: string;
  readonly manifest: Manifest;
  /** A smaller model that proposes tokens to it; chosen where it is served, and part of no manifest. */
  readonly draft?: Variant;
};

/** A file that a runtime loads, and the digest that its bytes have to have when it does. */
export type LoadedFile = { readonly path: string; readonly digest: Digest };

/** Where the files of a variant lie whose bytes were verified. */
export type ModelFiles = {
  readonly weightsPath: string;
  readonly adapterPaths: readonly string[];
  readonly draftPath: string | null;
  /** All of them, shards one by one. */
  readonly loaded: readonly LoadedFile[];
};

/** Bytes; a model in 512 shards stays below. */
export const maxManifestBytes: number = 128 * 1024;
export const maxSourceLength = 4096;
const maxShards = 512;
const maxAdapters = 16;

/** What names weights with the adapters that are applied to them. */
export function digestOfFiles(weights: Digest, adapters: readonly Digest[]): Digest {
  return adapters.length === 0 ? weights : digestOfJson([weights, ...adapters]);
}

/** What names everything that is loaded for a variant. */
export function filesDigest({ manifest: { weights, adapters = [] }, draft }: Variant): Digest {
  const further = [...adapters, ...(draft === undefined ? [] : [draft.manifest.weights])];
  return digestOfFiles(
    weights.digest,
    further.map(({ digest }) => digest),
  );
}

/** The text of a manifest file. */
export function manifestText(manifest: Manifest): string {
  return strictJson({ digest: digestOfJson(manifest), manifest });
}

/** Every blob that a manifest names. */
export function blobsOf({ weights, adapters = [], card, importedRecord }: Manifest): readonly StoredFile[] {
  const files = weights.shards.length > 0 ? weights.shards : [weights];
  return [...files, ...adapters, ...[card, importedRecord].filter((file) => file !== null)];
}

/** The weights that these files are together, in order. */
export function weightsOf(files: readonly StoredFile[]): StoredWeights {
  const [first] = files;
  if (first !== undefined && files.length === 1) return { ...first, shards: [] };
  return {
    digest: digestOfJson(files.map(({ digest }) => digest)),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    shards: files,
  };
}

/**
 * The manifest at `path`, or undefined where there is none.
 *
 * @param name the model it has to belong to
 * @throws TGL_MANIFEST_INVALID
 */
export function readManifest(path: string, name: string): Manifest | undefined {
  const refuse: Refuse = (problem) => {
    throw new TiegelError('TGL_MANIFEST_INVALID', { model: name, problem });
  };
  const file = readStrictJson(path, maxManifestBytes, refuse);
  if (file === undefined) return undefined;
  const manifest = openManifest(file, refuse);
  return manifest.name === name ? manifest : refuse(`it belongs to ${manifest.name}`);
}

/** The manifest in the value of a manifest file, whose members and digest are right. */
export function openManifest(file: Json, refuse: Refuse): Manifest {
  const { digest, manifest } = members(file, 'the file', ['digest', 'manifest'], refuse);
  const decoded = decodeManifest(manifest, refuse);
  // The digest is over what stands in the file, which may be of an older schema than what is decoded.
  return digestOfJson(manifest as Json) === digest
    ? decoded
    : refuse('it does not have the digest it states');
}

const commonKeys = [
  'schema',
  'name',
  'source',
  'weights',
  'architecture',
  'configuration',
  'tensors',
  'quantisation',
  'tokenizer',
  'chatTemplate',
  'license',
  'sampling',
  'card',
  'created',
] as const;

/** Schema → the member that holds the imported record: all that changed from schema 2 to 3 is its name. */
const recordKeys: ReadonlyMap<unknown, 'foreignRecord' | 'importedRecord'> = new Map([
  [2, 'foreignRecord'],
  [3, 'importedRecord'],
]);

function decodeManifest(value: unknown, refuse: Refuse): Manifest {
  const stated: { readonly schema?: unknown; readonly adapters?: unknown } = Object(value);
  const adapted = 'adapters' in stated;
  const recordKey = recordKeys.get(stated.schema) ?? refuse('its schema is neither 2 nor 3');
  const keys = [...commonKeys, recordKey, ...(adapted ? ['adapters' as const] : [])];
  const fields = members<(typeof commonKeys)[number] | typeof recordKey | 'adapters'>(
    value,
    'manifest',
    keys,
    refuse,
  );
  const template = members(fields.chatTemplate, 'chatTemplate', ['digest', 'family'], refuse);
  const record = fields[recordKey];
  return {
    schema: 3,
    name: parseOrRefuse(() => parseModelName(fields.name), refuse),
    source: text(fields.source, 'source', maxSourceLength, refuse),
    weights: decodeWeights(fields.weights, refuse),
    ...(adapted && { adapters: decodeAdapters(fields.adapters, refuse) }),
    architecture: text(fields.architecture, 'architecture', 64, refuse),
    configuration: decodeConfiguration(fields.configuration, refuse),
    tensors: digest(fields.tensors, refuse),
    quantisation: text(fields.quantisation, 'quantisation', 64, refuse),
    tokenizer: digest(fields.tokenizer, refuse),
    chatTemplate: {
      digest: digest(template.digest, refuse),
      family: template.family === null ? null : text(template.family, 'chatTemplate.family', 64, refuse),
    },
    license: fields.license === null ? null : text(fields.license, 'license', 4096, refuse),
    sampling: fields.sampling === null ? null : decodeSampling(fields.sampling, refuse),
    card: fields.card === null ? null : decodeFile(fields.card, 'card', refuse),
    importedRecord: record === null ? null : decodeFile(record, recordKey, refuse),
    created: time(fields.created, 'created', refuse),
  };
}

function decodeWeights(value: unknown, refuse: Refuse): StoredWeights {
  const { shards, ...file } = members(value, 'weights', ['digest', 'bytes', 'shards'], refuse);
  if (!Array.isArray(shards) || shards.length === 1 || shards.length > maxShards) {
    return refuse('weights.shards is not a list of none, two or more');
  }
  if (shards.length === 0) return { ...decodeFile(file, 'weights', refuse), shards: [] };
  const whole = weightsOf(shards.map((shard) => decodeFile(shard, 'a shard', refuse)));
  const agrees = whole.digest === file.digest && whole.bytes === file.bytes;
  return agrees ? whole : refuse('the digest of the weights is not the one of their shards');
}

function decodeAdapters(value: unknown, refuse: Refuse): readonly StoredFile[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > maxAdapters)
    return refuse(`adapters is not a list of 1 to ${maxAdapters}`);
  return value.map((file) => decodeFile(file, 'an adapter', refuse));
}

function decodeFile(value: unknown, where: string, refuse: Refuse): StoredFile {
  const file = members(value, where, ['digest', 'bytes'], refuse);
  return { digest: digest(file.digest, refuse), bytes: byteCount(file.bytes, `${where}.bytes`, refuse) };
}

function decodeSampling(value: unknown, refuse: Refuse): RecommendedSampling {
  const { temperature, topP } = members(value, 'sampling', ['temperature', 'topP'], refuse);
  const sampling = {
    temperature: finite(temperature, 'sampling.temperature', refuse),
    topP: finite(topP, 'sampling.topP', refuse),
  };
  const sensible =
    sampling.temperature >= 0 && sampling.temperature <= 2 && sampling.topP > 0 && sampling.topP <= 1;
  return sensible ? sampling : refuse('the recommended sampling is out of range');
}

function byteCount(value: unknown, where: string, refuse: Refuse): number {
  const bytes = finite(value, where, refuse);
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : refuse(`${where} is not a number of bytes`);
}

function decodeConfiguration(value: unknown, refuse: Refuse): Record<string, number> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('configuration is not an object');
  }
  const entries = Object.entries(value);
  if (entries.length > 64) refuse('configuration has more than 64 members');
  return Object.fromEntries(entries.map(([key, value]) => [key, finite(value, key, refuse)]));
}

function digest(value: unknown, refuse: Refuse): Digest {
  return parseOrRefuse(() => parseDigest(value), refuse);
}
