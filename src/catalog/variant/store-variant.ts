// How a model file becomes a variant: its bytes become blobs, what it says about itself becomes the manifest, and it
// stays in quarantine. Files that are named as shards are taken as one model.
import { basename, dirname, join } from 'node:path';
import { type Digest, TiegelError, writeFileAtomically } from '../../base/index.ts';
import { openGgufFile, shardNames } from '../../formats/index.ts';
import type { CatalogStorage } from '../storage/catalog-storage.ts';
import { weightsOnDisk } from '../storage/weights-on-disk.ts';
import { type AdapterFacts, inspectAdapter } from './adapter.ts';
import { inspectWeights, type WeightsFacts } from './inspect-weights.ts';
import { familySampling } from './known-models.ts';
import {
  blobsOf,
  type Manifest,
  manifestText,
  maxSourceLength,
  type RecommendedSampling,
  type StoredFile,
  type StoredWeights,
  type Variant,
  weightsOf,
} from './manifest.ts';

/** What is known about a file beside its bytes. */
export type ImportOptions = {
  readonly name: string;
  /** Where it came from, in the importer's words. */
  readonly source: string;
  /** The digests that the files must have, in order; the files of one model only. */
  readonly digests?: readonly Digest[] | undefined;
  /** The files lie in the catalog's downloads and are given to it. */
  readonly given?: boolean;
  readonly license?: string | undefined;
  readonly sampling?: RecommendedSampling | undefined;
  /** The file is an adapter for this model; the variant is both together. */
  readonly base?: Variant | undefined;
  /** Model card, Markdown. */
  readonly card?: string | undefined;
};

type Taken = { readonly weights: StoredWeights; readonly facts: WeightsFacts };

/** Attempts at naming blobs that a collection of garbage takes away at the same moment. */
const maxAttempts = 5;

/**
 * Takes in the file at `path`, or all shards where it is named as one of them.
 *
 * @param known the manifest that is about to be replaced
 * @throws TGL_FILE_NOT_FOUND, TGL_GGUF_INVALID, TGL_GGUF_UNSUPPORTED, TGL_ADAPTER_INVALID, TGL_DIGEST_MISMATCH,
 *   TGL_DISK_FULL
 */
export function storeVariant(
  storage: CatalogStorage,
  path: string,
  options: ImportOptions,
  known: Manifest | undefined,
): Promise<Variant> {
  const { clock, blobs } = storage;
  const { base } = options;
  if (base !== undefined) return storeAdapted(storage, path, { ...options, base }, known);
  return publish(storage, options.name, async () => {
    const { weights, facts } = await takeWeights(storage, path, options, known);
    const unchanged = known?.weights.digest === weights.digest && known.adapters === undefined;
    const card = options.card === undefined ? undefined : await blobs.addContent([Buffer.from(options.card)]);
    return {
      schema: 3,
      name: options.name,
      source: unchanged ? known.source : options.source.slice(0, maxSourceLength).toWellFormed(),
      weights,
      ...describedBy(facts),
      license: options.license ?? facts.license,
      sampling: options.sampling ?? facts.sampling ?? familySampling(facts.template?.name),
      card: card ?? (unchanged ? known.card : null),
      importedRecord: unchanged ? known.importedRecord : null,
      created: unchanged ? known.created : new Date(clock.now()).toISOString(),
    };
  });
}

/** The variant that an adapter and its base are together, beside the base. */
function storeAdapted(
  storage: CatalogStorage,
  path: string,
  {
    name,
    source,
    base,
    digests,
    given = false,
    card,
    ...options
  }: ImportOptions & { readonly base: Variant },
  known: Manifest | undefined,
): Promise<Variant> {
  const { layout, clock, blobs, disk } = storage;
  const { adapters = [], ...below } = base.manifest;
  if (name === base.name)
    throw new TiegelError('TGL_ADAPTER_INVALID', { problem: `${name} is the name of its base` });
  return publish(storage, name, async () => {
    const [{ path: weights }] = await weightsOnDisk(below.weights, layout, blobs.verifiedPath, disk);
    const inspect = async (copy: string): Promise<AdapterFacts> => inspectAdapter(copy, weights);
    const expected = { expected: known?.adapters?.at(-1), required: digests?.[0], link: given };
    const { digest, bytes, facts } = await blobs.add(path, inspect, expected);
    const added = card === undefined ? null : await blobs.addContent([Buffer.from(card)]);
    const licenses = [below.license, options.license ?? facts.license].filter((license) => license !== null);
    return {
      ...below,
      name,
      source: source.slice(0, maxSourceLength).toWellFormed(),
      adapters: [...adapters, { digest, bytes }],
      license: [...new Set(licenses)].join(', ') || null,
      sampling: options.sampling ?? below.sampling,
      card: added,
      importedRecord: null,
      created: new Date(clock.now()).toISOString(),
    };
  });
}

/** What a manifest repeats of its file. */
export function describedBy(
  facts: WeightsFacts,
): Pick<
  Manifest,
  'architecture' | 'configuration' | 'tensors' | 'quantisation' | 'tokenizer' | 'chatTemplate'
> {
  return {
    architecture: facts.architecture,
    configuration: facts.configuration,
    tensors: facts.file.tensors,
    quantisation: facts.file.quantisation,
    tokenizer: facts.file.tokenizer,
    chatTemplate: { digest: facts.file.chatTemplate, family: facts.template?.name ?? null },
  };
}

/** The manifest decides nothing, but one that contradicts its file is a sign of tampering. */
export function manifestDisagreement(
  manifest: Manifest,
  { file, template }: WeightsFacts,
): string | undefined {
  const pairs = [
    ['the tensors', manifest.tensors, file.tensors],
    ['the tokenizer', manifest.tokenizer, file.tokenizer],
    ['the chat template', manifest.chatTemplate.digest, file.chatTemplate],
    ['the template family', manifest.chatTemplate.family, template?.name ?? null],
    ['the quantisation', manifest.quantisation, file.quantisation],
  ] as const;
  const wrong = pairs.filter(([, stated, found]) => stated !== found).map(([what]) => what);
  return wrong.length > 0 ? `its manifest contradicts its file about ${wrong.join(', ')}` : undefined;
}

/**
 * Makes a variant visible: blobs, then the manifest, then a look whether its blobs are still there, because only a
 * manifest protects them.
 *
 * @param store brings the blobs into the catalog; called again where some have been taken away
 */
export async function publish(
  { layout, blobs, disk }: CatalogStorage,
  name: string,
  store: () => Promise<Manifest>,
): Promise<Variant> {
  const path = layout.manifest(name);
  for (let attempt = 1; ; attempt++) {
    const manifest = await store();
    writeFileAtomically(path, manifestText(manifest), { disk });
    const complete = blobsOf(manifest).every(({ digest }) => blobs.has(digest));
    if (complete || attempt === maxAttempts) return { name, manifest };
  }
}

async function takeWeights(
  { layout, blobs, disk }: CatalogStorage,
  path: string,
  { digests, given = false }: ImportOptions,
  known: Manifest | undefined,
): Promise<Taken> {
  const names = shardNames(basename(path));
  if (names === undefined) {
    const options = { expected: known?.weights, required: digests?.[0], link: given };
    const { digest, bytes, facts } = await blobs.add(path, inspectWeights, options);
    return { weights: weightsOf([{ digest, bytes }]), facts };
  }
  const files: StoredFile[] = [];
  for (const [index, name] of names.entries()) {
    const expected = known?.weights.shards[index];
    const options = { expected, required: digests?.[index], link: given };
    const { digest, bytes } = await blobs.add(join(dirname(path), name), checkShard, options);
    files.push({ digest, bytes });
  }
  const weights = weightsOf(files);
  const [{ path: first }] = await weightsOnDisk(weights, layout, blobs.verifiedPath, disk);
  return { weights, facts: await inspectWeights(first, weights.digest) };
}

/** A shard has to be a sound file by itself before its bytes become a blob. */
async function checkShard(path: string): Promise<void> {
  openGgufFile(path)[Symbol.dispose]();
}
