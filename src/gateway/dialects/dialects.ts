// The dialects that are spoken here.
import type { Dialect } from './dialect.ts';
import { openaiChat } from './openai-chat/dialect.ts';

export const dialects: readonly Dialect[] = [openaiChat];
