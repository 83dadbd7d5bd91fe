// The subject of an admission: everything that decides what a served model says. The SHA-256 of its canonical JSON is
// the admission key, so that any change makes a new subject that nobody has admitted yet.
import {
  canonicalJson,
  type DeclaredPlace,
  type Digest,
  digestOfJson,
  type EngineLayout,
  type Json,
} from '../../base/index.ts';

/** The part of the subject that the operator chooses; the rest is read from the file. */
export type ServingConfiguration = {
  /** Name and version of the runtime, as the engine reports it. */
  readonly runtimeBuild: string;
  /** What a request gets that names nothing else. */
  readonly sampling: { readonly temperature: number; readonly topP: number; readonly maxTokens: number };
  /** Most thinking tokens of one completion; null where only `maxTokens` limits it. */
  readonly thinkingBudget: number | null;
  readonly systemPrompt: string | null;
  /** Digests of the content filters in front of the model, in order. */
  readonly filters: readonly Digest[];
  /** Where this machine is, by its configuration. Absent: that was not declared, or the model runs on a server. */
  readonly place?: DeclaredPlace;
  /** How replies are drawn by a key. Absent: they are not. */
  readonly watermark?: { readonly window: number; readonly share: number };
  /** Names of the ways of saying the same that a keyed coin chooses between in replies. Absent: none. */
  readonly coins?: readonly string[];
  /** How attention is computed on this machine, which rounds in one way or another. Absent: as is usual for the model's size. */
  readonly attention?: EngineLayout['attention'];
};

/** What the bytes of the weights file say; never taken from a manifest. */
export type FileSubject = {
  readonly weights: Digest;
  /** Digest over name, type and shape of every tensor. */
  readonly tensors: Digest;
  readonly tokenizer: Digest;
  readonly chatTemplate: Digest;
  /** What renders the template's own text; absent where the template is of a vetted family. */
  readonly templateRenderer?: string;
  readonly adapters: readonly Digest[];
  /** The weights that propose tokens; absent where none do. */
  readonly draft?: Digest;
  readonly quantisation: string;
};

/** What stands in for the bytes of a model that runs on a server: where it is, and how it answered when assessed. */
export type RemoteSubject = {
  readonly remote: {
    readonly server: string;
    readonly endpoints: readonly string[];
    readonly model: string;
    readonly contextLength: number;
    readonly opensThinking: boolean;
    /** Absent where the server renders prompts. */
    readonly template?: Digest;
    /** Of the endpoints, in their order. Absent: nothing was declared. */
    readonly places?: readonly DeclaredPlace[];
  };
  /** Digests of its greedy answers to fixed prompts; null where two answers to a prompt differed. */
  readonly fingerprint: readonly (Digest | null)[];
};

/** The served tuple. */
export type Subject = (FileSubject | RemoteSubject) & ServingConfiguration;

/** The served tuple of a file and a configuration: exactly these members, whatever else the arguments carry. */
export function subjectFrom(
  file: FileSubject,
  serving: ServingConfiguration,
): FileSubject & ServingConfiguration {
  const { weights, tensors, tokenizer, chatTemplate, templateRenderer, adapters, draft, quantisation } = file;
  const facts = { weights, tensors, tokenizer, chatTemplate, adapters, quantisation };
  const rendering = templateRenderer === undefined ? {} : { templateRenderer };
  const drafting = draft === undefined ? {} : { draft };
  return { ...facts, ...rendering, ...drafting, ...configurationFrom(serving) };
}

/** The served tuple of a model on a server. */
export function remoteSubjectFrom(
  { remote, fingerprint }: RemoteSubject,
  serving: ServingConfiguration,
): RemoteSubject & ServingConfiguration {
  const { server, endpoints, model, contextLength, opensThinking, template, places } = remote;
  const rendering = template === undefined ? {} : { template };
  const declared = places === undefined ? {} : { places };
  const reached = { server, endpoints, model, contextLength, opensThinking, ...rendering, ...declared };
  const facts = { remote: reached, fingerprint };
  return { ...facts, ...configurationFrom(serving) };
}

function configurationFrom(serving: ServingConfiguration): ServingConfiguration {
  const { runtimeBuild, thinkingBudget, systemPrompt, filters, place, watermark, coins, attention } = serving;
  const { temperature, topP, maxTokens } = serving.sampling;
  return {
    runtimeBuild,
    sampling: { temperature, topP, maxTokens },
    thinkingBudget,
    systemPrompt,
    filters,
    ...(place !== undefined && { place }),
    ...(watermark !== undefined && { watermark }),
    ...(coins !== undefined && { coins }),
    ...(attention !== undefined && { attention }),
  };
}

/** SHA-256 of the canonical JSON of the served tuple. */
export function admissionKeyOf(subject: Subject): Digest {
  return digestOfJson(subject);
}

/** What differs between two subjects, in words that an operator understands; empty where they are the same. */
export function subjectDifferences(recorded: Subject, current: Subject): string[] {
  const differences: string[] = [];
  const compare = (what: string, before: Json, after: Json, shown: boolean): void => {
    const [was, is] = [canonicalJson(before), canonicalJson(after)];
    if (was !== is) differences.push(shown ? `${what} (${was} → ${is})` : what);
  };
  if ('remote' in recorded && 'remote' in current) {
    for (const name of ['server', 'endpoints', 'model', 'contextLength', 'opensThinking'] as const) {
      compare(`the remote ${name}`, recorded.remote[name], current.remote[name], true);
    }
    const [before = null, after = null] = [recorded.remote.template, current.remote.template];
    compare('the remote template', before, after, false);
    const [declared, declaresNow] = [recorded.remote.places ?? null, current.remote.places ?? null];
    compare('the declared places', declared, declaresNow, true);
    compare('the fingerprint', recorded.fingerprint, current.fingerprint, false);
  } else if ('weights' in recorded && 'weights' in current) {
    compare('the weights', recorded.weights, current.weights, false);
    compare('the tensor shapes', recorded.tensors, current.tensors, false);
    compare('the tokenizer', recorded.tokenizer, current.tokenizer, false);
    compare('the chat template', recorded.chatTemplate, current.chatTemplate, false);
    const [renderedBy, rendersNow] = [recorded.templateRenderer, current.templateRenderer];
    compare('the renderer of the template', renderedBy ?? null, rendersNow ?? null, true);
    compare('the adapters', recorded.adapters, current.adapters, false);
    compare('the draft model', recorded.draft ?? null, current.draft ?? null, false);
    compare('the quantisation', recorded.quantisation, current.quantisation, true);
  } else differences.push('where it runs');
  compare('the runtime build', recorded.runtimeBuild, current.runtimeBuild, true);
  for (const name of ['temperature', 'topP', 'maxTokens'] as const) {
    compare(`the sampling default ${name}`, recorded.sampling[name], current.sampling[name], true);
  }
  compare('the thinking budget', recorded.thinkingBudget, current.thinkingBudget, true);
  compare('the system prompt', recorded.systemPrompt, current.systemPrompt, false);
  compare('the content filters', recorded.filters, current.filters, false);
  compare('the declared place', recorded.place ?? null, current.place ?? null, true);
  compare('the watermark', recorded.watermark ?? null, current.watermark ?? null, true);
  compare('the coins', recorded.coins ?? null, current.coins ?? null, true);
  compare('the attention', recorded.attention ?? null, current.attention ?? null, true);
  return differences;
}
