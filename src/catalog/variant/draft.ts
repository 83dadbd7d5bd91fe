// Draft models: a smaller model proposes tokens, and the model says of each whether it would have written it (Leviathan et
// al., 2023), so that what is said stays the model's. Both have to mean the same by a token; runtimes of llama.cpp allow
// vocabularies to differ by padding at their end, which models of one family do.
import { TiegelError } from '../../base/index.ts';
import { type Gguf, openGguf } from '../../formats/index.ts';

const maxPadding = 128;
const sameKeys = [
  'tokenizer.ggml.model',
  'tokenizer.ggml.bos_token_id',
  'tokenizer.ggml.eos_token_id',
  'tokenizer.ggml.add_bos_token',
  'tokenizer.ggml.add_eos_token',
] as const;

/** Names and paths of a model and of the one that is to draft for it. */
export type DraftPair = {
  readonly model: string;
  readonly modelPath: string;
  readonly draft: string;
  readonly draftPath: string;
};

/** @throws TGL_DRAFT_UNSUITABLE, TGL_GGUF_INVALID, TGL_GGUF_UNSUPPORTED */
export function requireSameVocabulary({ model, modelPath, draft, draftPath }: DraftPair): void {
  using large = openGguf(modelPath);
  using small = openGguf(draftPath);
  const refuse = (problem: string): never => {
    throw new TiegelError('TGL_DRAFT_UNSUITABLE', { model, draft, problem });
  };
  for (const key of sameKeys) {
    const [one, other] = [large, small].map(({ metadata }) => String(metadata.get(key)?.value));
    if (one !== other) refuse(`they differ in ${key}`);
  }
  const [known, offered] = [tokensOf(large), tokensOf(small)];
  if (Math.abs(known.length - offered.length) > maxPadding)
    refuse(`their vocabularies have ${known.length} and ${offered.length} tokens`);
  const shared = Math.min(known.length, offered.length);
  for (let id = 0; id < shared; id++) {
    if (known[id] !== offered[id]) refuse(`their vocabularies differ from token ${id} on`);
  }
}

function tokensOf({ metadata }: Gguf): readonly unknown[] {
  const tokens = metadata.get('tokenizer.ggml.tokens');
  return tokens?.type === 'array' && tokens.elementType === 'string'
    ? (tokens.value as readonly string[])
    : [];
}
