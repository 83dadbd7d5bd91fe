// Chat templates as code. The digest of the Jinja text in a model file picks one of the vetted families, each of which a
// test holds equal to its Jinja text. Texts that are not ours are known by digest only, and none is executed here.
import { type Digest, digestOf, TiegelError } from '../../base/index.ts';
import type { ChatMessage, PromptPiece, ToolDefinition } from '../prompt.ts';
import { deepseekR1Template } from './deepseek-r1.ts';
import { deepseekR1MayTemplate } from './deepseek-r1-0528.ts';
import { deepseekR1ToolTemplate } from './deepseek-r1-tools.ts';
import { qwen25Template, qwqTemplate } from './qwen.ts';
import { qwen3Template } from './qwen3.ts';
import { tiegelTemplate } from './tiegel.ts';

/** `open`: the prompt ends inside a think block. `closed`: it ends after an empty one, so that the model answers. */
export type Thinking = 'open' | 'closed';

export type RenderOptions = { readonly thinking: Thinking; readonly tools?: readonly ToolDefinition[] };

/**
 * How a family writes calls of tools. `deepseek`: name and a block of JSON between `<｜tool▁call▁begin｜>` and
 * `<｜tool▁call▁end｜>`. `hermes`: one JSON object with both between `<tool_call>` and `</tool_call>`.
 */
export type ToolCallFormat = 'deepseek' | 'hermes';

export type ChatTemplate = {
  /** Of the family; templates of one family differ in what their published texts differ in. */
  readonly name: string;
  /**
   * The prompt up to where the model goes on; control tokens only in special pieces. Where a family has no think block
   * at that place, both kinds of thinking give the same.
   */
  readonly render: (
    messages: readonly ChatMessage[],
    options: RenderOptions,
  ) => readonly PromptPiece[] | Promise<readonly PromptPiece[]>;
  /** What closes a think block in place of the model, and whether it may be told so in a sentence before that. */
  readonly thinkingEnd: { readonly text: string; readonly sentence: boolean };
  /** Null where the family knows no tools. */
  readonly toolCallFormat: ToolCallFormat | null;
};

/** A template as code, which renders on the spot. */
export type VettedTemplate = Omit<ChatTemplate, 'render'> & {
  readonly render: (messages: readonly ChatMessage[], options: RenderOptions) => readonly PromptPiece[];
};

/** A family that models are taught with here. */
export type TaughtTemplate = VettedTemplate & {
  /** The Jinja text for the GGUF key `tokenizer.chat_template`. */
  readonly text: string;
  /** What a model is taught to write after the prompt; `reasoning` is left out where thinking is closed. */
  readonly renderCompletion: (
    completion: { readonly reasoning: string; readonly answer: string },
    options: { readonly thinking: Thinking },
  ) => readonly PromptPiece[];
};

/**
 * SHA-256 of the texts that each template stands for, with where the text was published. Texts of llama.cpp are compared by a
 * test (TIEGEL_DATA); those of Ollama's library were compared in the same way when their digest was entered here.
 */
const families: readonly { readonly template: VettedTemplate; readonly digests: readonly string[] }[] = [
  { template: tiegelTemplate, digests: [digestOf(tiegelTemplate.text)] },
  {
    template: deepseekR1Template({ opensThinking: true, calls: 'first' }),
    digests: [
      // llama.cpp, models/templates/deepseek-ai-DeepSeek-R1-Distill-Llama-8B.jinja
      'dd2675619a64a449cdcdd2b93e605a0a50764cee41e344f244752bc93643936c',
      // Ollama's library, deepcoder:14b
      '56a1447ad31926fdc21fb07e56e5642bd9c850c4f52d8c8af7bbe5f079a84f5f',
    ],
  },
  {
    template: deepseekR1Template({ opensThinking: false, calls: 'first' }),
    // Ollama's library, deepseek-r1:8b
    digests: ['b6835114b7303ddd78919a82e4d9f7d8c26ed0d7dfc36beeb12d524f6144eab1'],
  },
  {
    template: deepseekR1Template({ opensThinking: true, calls: 'corrected' }),
    // llama.cpp, models/templates/deepseek-ai-DeepSeek-R1-Distill-Qwen-32B.jinja
    digests: ['bbe594884b44d740667ee65a70bc8d333a565eab3d63ea59f291ea73ada84ba6'],
  },
  {
    template: deepseekR1MayTemplate,
    // Ollama's library, deepseek-r1:latest, which is DeepSeek-R1-0528-Qwen3-8B
    digests: ['53671bac29bcb3e1f95f51b8c77d85a6011b66dc38bd23dce64eef04384a976b'],
  },
  {
    template: deepseekR1ToolTemplate,
    // llama.cpp, models/templates/llama-cpp-deepseek-r1.jinja
    digests: ['0d11fd8d7cf3f212733d73dfe09ead89a14a18816661dc30ea1fb3147428fba1'],
  },
  {
    template: qwqTemplate({ keepsLastThinking: true }),
    digests: [
      // llama.cpp, models/templates/Qwen-QwQ-32B.jinja
      '5ed15374ce53e19a7798710736a2c9fe41c79f7385e8421a2080d6575a80ef1b',
      // Ollama's library, qwq:32b
      '16488ad69d85833e5f66c50174f39834b688343337e9337f018deaa21b354117',
    ],
  },
  {
    template: qwqTemplate({ keepsLastThinking: false }),
    // Ollama's library, another text of qwq:32b
    digests: ['61433aea8393589935ac6fdc49e937f991c796925e27241bd2b1d1080d9cf9af'],
  },
  {
    template: qwen3Template,
    digests: [
      // Qwen's Qwen3-0.6B to Qwen3-14B, chat_template.jinja
      'a55ee1b1660128b7098723e0abcd92caa0788061051c62d51cbe87d9cf1974d8',
      // llama.cpp, models/templates/Qwen-Qwen3-0.6B.jinja, the text of the first release
      '87a2728cb8dc9fe424d624542f6060ec05a1d285ebbec578bb078900e33396b5',
    ],
  },
  {
    template: qwen25Template,
    // llama.cpp, models/templates/Qwen-Qwen2.5-7B-Instruct.jinja
    digests: ['cd8e9439f0570856fd70470bf8889ebd8b5d1107207f67a5efb46e342330527f'],
  },
];

/**
 * The vetted family that a template text belongs to.
 *
 * @throws TGL_TEMPLATE_UNKNOWN for any other text, even if it differs by white space only.
 */
export function templateFor(text: string): VettedTemplate {
  return templateWithDigest(digestOf(text));
}

/**
 * The vetted family of the text with that SHA-256.
 *
 * @throws TGL_TEMPLATE_UNKNOWN
 */
export function templateWithDigest(digest: Digest): VettedTemplate {
  const family = families.find(({ digests }) => digests.includes(digest));
  if (family) return family.template;
  throw new TiegelError('TGL_TEMPLATE_UNKNOWN', {
    digest,
    known: [...new Set(families.map(({ template }) => template.name))],
  });
}

/** Every vetted template, families in several varieties. */
export function vettedTemplates(): readonly VettedTemplate[] {
  return families.map(({ template }) => template);
}

/** Whether a rendered prompt leaves a think block open. Tags that people typed do not count. */
export function startsInReasoning(prompt: readonly PromptPiece[]): boolean {
  for (const { text, special } of prompt.toReversed()) {
    if (!special) continue;
    const opened = text.lastIndexOf('<think>');
    const closed = text.lastIndexOf('</think>');
    if (opened !== closed) return opened > closed;
  }
  return false;
}
