// The manifest of a variant: what was imported, by digest, and what its file says about itself. It informs; it decides
// nothing, since admission recomputes every digest from the bytes. The file carries its own digest against decay.
import { type Digest, digestOfJson, parseDigest, TiegelError } from '../base/index.ts';
import { parseModelName } from './name.ts';
import { finite, members, type Refuse, readStrictJson, strictJson, text, time } from './strict-json.ts';

export type Manifest = {
  readonly schema: 1;
  readonly name: string;
  /** Where the file came from, in the importer's words. */
  readonly source: string;
  readonly weights: { readonly digest: Digest; readonly bytes: number };
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
  /** Time of the import, ISO 8601. */
  readonly created: string;
};

/** One quantisation and format of a model, as the catalog holds it. */
export type Variant = { readonly name: string; readonly manifest: Manifest };

const largestManifest = 64 * 1024;
export const longestSource = 4096;

/** The text of a manifest file. */
export function manifestText(manifest: Manifest): string {
  return strictJson({ digest: digestOfJson(manifest), manifest });
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
  const file = readStrictJson(path, largestManifest, refuse);
  if (file === undefined) return undefined;
  const { digest, manifest } = members(file, 'the file', ['digest', 'manifest'], refuse);
  const decoded = decodeManifest(manifest, refuse);
  if (digestOfJson(decoded) !== digest) refuse('it does not have the digest it states');
  return decoded.name === name ? decoded : refuse(`it belongs to ${decoded.name}`);
}

function decodeManifest(value: unknown, refuse: Refuse): Manifest {
  const fields = members(value, 'manifest', manifestKeys, refuse);
  if (fields.schema !== 1) refuse('its schema is not 1');
  const weights = members(fields.weights, 'weights', ['digest', 'bytes'], refuse);
  const template = members(fields.chatTemplate, 'chatTemplate', ['digest', 'family'], refuse);
  return {
    schema: 1,
    name: guarded(() => parseModelName(fields.name), refuse),
    source: text(fields.source, 'source', longestSource, refuse),
    weights: {
      digest: digest(weights.digest, refuse),
      bytes: finite(weights.bytes, 'weights.bytes', refuse),
    },
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
    created: time(fields.created, 'created', refuse),
  };
}

const manifestKeys = [
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
  'created',
] as const;

function decodeConfiguration(value: unknown, refuse: Refuse): Record<string, number> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('configuration is not an object');
  }
  const entries = Object.entries(value);
  if (entries.length > 64) refuse('configuration has more than 64 members');
  return Object.fromEntries(entries.map(([key, value]) => [key, finite(value, key, refuse)]));
}

function digest(value: unknown, refuse: Refuse): Digest {
  return guarded(() => parseDigest(value), refuse);
}

function guarded<Value>(parse: () => Value, refuse: Refuse): Value {
  try {
    return parse();
  } catch (cause) {
    return TiegelError.isInstance(cause) ? refuse(cause.message) : refuse('it cannot be read');
  }
}
