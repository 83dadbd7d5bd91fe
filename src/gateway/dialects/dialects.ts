// The dialects that are spoken here.
import { anthropicMessages } from './anthropic/dialect.ts';
import type { Dialect } from './dialect.ts';
import { ollamaChat, ollamaGenerate } from './ollama/dialect.ts';
import { openaiChat } from './openai-chat/dialect.ts';
import { openaiCompletions } from './openai-completions/dialect.ts';
import { openaiResponses } from './openai-responses/dialect.ts';

export const dialects: readonly Dialect[] = [
  openaiChat,
  openaiCompletions,
  openaiResponses,
  anthropicMessages,
  ollamaChat,
  ollamaGenerate,
];
