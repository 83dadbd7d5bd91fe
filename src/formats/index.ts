// formats: the files and texts models travel in. GGUF, tokenizers, chat templates.
export type { ChatMessage, ChatRole, PromptPiece } from './prompt.ts';
