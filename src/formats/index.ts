// formats: the files and texts models travel in. GGUF, tokenizers, chat templates.
export {
  type ExpectedTensor,
  qwen2Metadata,
  qwen2Tensors,
  readQwen2,
  type TransformerConfiguration,
} from './architecture/qwen2.ts';
export {
  type ChatTemplate,
  startsInReasoning,
  type Thinking,
  templateByName,
  templateFor,
} from './chat-template/chat-template.ts';
export { tiegelTemplate } from './chat-template/tiegel.ts';
export type { Gguf, GgufMetadata, GgufTensor, GgufValue } from './gguf/gguf.ts';
export { optionalString, requireString } from './gguf/metadata.ts';
export type { WritableType } from './gguf/quantise.ts';
export { openGguf, parseGguf } from './gguf/read-gguf.ts';
export { readTensor, tensorStretches } from './gguf/read-tensor.ts';
export type { TensorType } from './gguf/tensor-type.ts';
export { type GgufToWrite, type TensorToWrite, writeGguf } from './gguf/write-gguf.ts';
export type { ChatMessage, ChatRole, PromptPiece } from './prompt.ts';
export { readTokenizer } from './tokenizer/gguf-vocabulary.ts';
export { createStreamDecoder, type StreamDecoder } from './tokenizer/stream-decoder.ts';
export { createTokenizer, type Tokenizer } from './tokenizer/tokenizer.ts';
export {
  buildVocabulary,
  type ControlText,
  collectWords,
  type Token,
  type TokenKind,
  type Vocabulary,
} from './tokenizer/vocabulary.ts';
