// The subject of an admission: everything that decides what a served model says. The SHA-256 of its canonical JSON is
// the admission key, so that any change makes a new subject that nobody has admitted yet.
import { type Digest, digestOfJson } from '../base/index.ts';

/** The part of the subject that the operator chooses; the rest is read from the file. */
export type ServingConfiguration = {
  /** Name and version of the runtime, as the engine reports it. */
  readonly runtimeBuild: string;
  /** What a request gets that names nothing else. */
  readonly sampling: { readonly temperature: number; readonly topP: number; readonly maxTokens: number };
  /** Most thinking tokens of one completion; null where only `maxTokens` limits it. */
  readonly thinkingBudget: number | null;
  readonly systemPrompt: string | null;
  /** Digests of the guards in front of the model, in order. */
  readonly guardChain: readonly Digest[];
};

/** What the bytes of the weights file say; never taken from a manifest. */
export type FileSubject = {
  readonly weights: Digest;
  /** Digest over name, type and shape of every tensor. */
  readonly tensors: Digest;
  readonly tokenizer: Digest;
  readonly chatTemplate: Digest;
  readonly adapters: readonly Digest[];
  readonly quantisation: string;
};

/** The served tuple. */
export type Subject = FileSubject & ServingConfiguration;

/** SHA-256 of the canonical JSON of the served tuple. */
export function admissionKeyOf(subject: Subject): Digest {
  return digestOfJson(subject);
}
