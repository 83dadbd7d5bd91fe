// The manifest of a variant: what was imported, by digest, and what its file says about itself. It informs; it decides
// nothing, since admission recomputes every digest from the bytes.
import type { Digest } from '../base/index.ts';

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
  readonly chatTemplate: { readonly digest: Digest; readonly family: string };
  readonly license: string | null;
  /** Time of the import, ISO 8601. */
  readonly created: string;
};

/** One quantisation and format of a model, as the catalog holds it. */
export type Variant = { readonly name: string; readonly manifest: Manifest };
