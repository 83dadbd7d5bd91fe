// Open reasoners by the names people know, and what their publishers say about them. Facts only, each from the model
// card named in `source`; what could not be checked is left out. The files themselves are looked up on the hub when one
// is pulled, and like everything that is pulled they are quarantined whatever stands here.
import type { RecommendedSampling } from './manifest.ts';

export type KnownModel = {
  /** Family and size, such as `deepseek-r1:7b`. */
  readonly name: string;
  /** The publisher's name of the model. */
  readonly model: string;
  readonly source: string;
  /** Of the weights; a licence of the base model that still binds comes after it. */
  readonly license: string;
  /** `general.architecture` of the file. */
  readonly architecture: 'qwen2' | 'llama' | 'qwen3';
  /** Chat template family. */
  readonly template: 'deepseek-r1' | 'qwq' | 'qwen2.5' | 'qwen3';
  /** Tokens that the model was made for, prompt and completion together. */
  readonly context: number;
  /** Null where the publisher recommends none. */
  readonly sampling: RecommendedSampling | null;
  /** Whether the publisher advises against system prompts: instructions then belong into the user's turn. */
  readonly systemPrompt: 'supported' | 'avoid';
  /** A repository of GGUF files on the Hugging Face hub. */
  readonly repository: string;
};

/** The quantisation that a name without one means: the usual compromise of size and loss. */
export const usualQuantisation = 'Q4_K_M';

/**
 * DeepSeek-R1's card: temperature 0.5 to 0.7 (0.6), top-p 0.95 in its evaluations, no system prompt; MIT, and the
 * licence of the base model.
 */
function deepseekR1(size: string, base: 'Qwen' | 'Llama', baseLicense: string): KnownModel {
  const model = `DeepSeek-R1-Distill-${base}-${size}`;
  return {
    name: `deepseek-r1:${size.toLowerCase()}`,
    model,
    source: `https://huggingface.co/deepseek-ai/${model}`,
    license: `MIT; base model: ${baseLicense}`,
    architecture: base === 'Qwen' ? 'qwen2' : 'llama',
    template: 'deepseek-r1',
    context: 131_072,
    sampling: { temperature: 0.6, topP: 0.95 },
    systemPrompt: 'avoid',
    repository: `bartowski/${model}-GGUF`,
  };
}

/** Apache-2.0; the card recommends no sampling. */
function openThinker(size: '7B' | '32B'): KnownModel {
  return {
    name: `openthinker:${size.toLowerCase()}`,
    model: `OpenThinker-${size}`,
    source: `https://huggingface.co/open-thoughts/OpenThinker-${size}`,
    license: 'Apache-2.0',
    architecture: 'qwen2',
    template: 'qwen2.5',
    context: 32_768,
    sampling: null,
    systemPrompt: 'supported',
    repository: `bartowski/OpenThinker-${size}-GGUF`,
  };
}

/** Apache-2.0; the card recommends temperature 0.6 and top-p 0.95 for thinking, and 32,768 tokens without YaRN. */
function qwen3(size: '0.6B' | '1.7B' | '4B' | '8B' | '14B' | '32B'): KnownModel {
  return {
    name: `qwen3:${size.toLowerCase()}`,
    model: `Qwen3-${size}`,
    source: `https://huggingface.co/Qwen/Qwen3-${size}`,
    license: 'Apache-2.0',
    architecture: 'qwen3',
    template: 'qwen3',
    context: 32_768,
    sampling: { temperature: 0.6, topP: 0.95 },
    systemPrompt: 'supported',
    repository: `bartowski/Qwen_Qwen3-${size}-GGUF`,
  };
}

export const knownModels: readonly KnownModel[] = [
  deepseekR1('1.5B', 'Qwen', 'Apache-2.0'),
  deepseekR1('7B', 'Qwen', 'Apache-2.0'),
  deepseekR1('8B', 'Llama', 'Llama 3.1 Community License'),
  deepseekR1('14B', 'Qwen', 'Apache-2.0'),
  deepseekR1('32B', 'Qwen', 'Apache-2.0'),
  deepseekR1('70B', 'Llama', 'Llama 3.3 Community License'),
  {
    name: 'qwq:32b',
    model: 'QwQ-32B',
    source: 'https://huggingface.co/Qwen/QwQ-32B',
    license: 'Apache-2.0',
    architecture: 'qwen2',
    template: 'qwq',
    context: 131_072,
    sampling: { temperature: 0.6, topP: 0.95 },
    systemPrompt: 'supported',
    repository: 'Qwen/QwQ-32B-GGUF',
  },
  openThinker('7B'),
  openThinker('32B'),
  ...(['0.6B', '1.7B', '4B', '8B', '14B', '32B'] as const).map(qwen3),
];

/** A reasoner whose name people know and which is not pulled by it; servers run it. */
type ServedElsewhere = {
  /** What its names begin with. */
  readonly name: string;
  readonly model: string;
  /** `general.architecture` of its files. */
  readonly architecture: string;
  /** Its files are read here, but no name stands for one of them. */
  readonly isRead?: true;
};

export const servedElsewhere: readonly ServedElsewhere[] = [
  { name: 'gpt-oss', model: 'gpt-oss-20b and gpt-oss-120b', architecture: 'gpt-oss' },
  { name: 'phi-4-reasoning', model: 'Phi-4-reasoning', architecture: 'phi3', isRead: true },
  { name: 'phi-4-mini-reasoning', model: 'Phi-4-mini-reasoning', architecture: 'phi3', isRead: true },
  { name: 'deepseek-v3.2', model: 'DeepSeek-V3.2', architecture: 'deepseek32' },
  { name: 'deepseek-v3', model: 'DeepSeek-V3 and V3.1', architecture: 'deepseek2', isRead: true },
  { name: 'deepseek-r1:671b', model: 'DeepSeek-R1', architecture: 'deepseek2', isRead: true },
  { name: 'qwen3:30b', model: 'Qwen3-30B-A3B', architecture: 'qwen3moe', isRead: true },
  { name: 'qwen3:235b', model: 'Qwen3-235B-A22B', architecture: 'qwen3moe', isRead: true },
];

/** Sampling for a file that nobody described, by the family its template belongs to; null where that says nothing. */
export function familySampling(family: string | undefined): RecommendedSampling | null {
  return (
    knownModels.find(({ template, sampling }) => template === family && sampling !== null)?.sampling ?? null
  );
}
