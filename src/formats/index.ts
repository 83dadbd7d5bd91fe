// formats: the files and texts models travel in. GGUF, tokenizers, chat templates.
export {
  type ChatTemplate,
  startsInReasoning,
  type Thinking,
  templateFor,
} from './chat-template/chat-template.ts';
export { tiegelTemplate } from './chat-template/tiegel.ts';
export type { ChatMessage, ChatRole, PromptPiece } from './prompt.ts';
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
