// What the prompts of all R1 templates are made of: their control tokens, tools and what tools gave.
import type { ChatMessage, PromptPiece, ToolDefinition } from '../prompt.ts';
import { fromPeopleWithoutTags, fromTemplate } from './pieces.ts';
import { pythonJson } from './python-json.ts';

export const r1Tokens = {
  begin: '<｜begin▁of▁sentence｜>',
  end: '<｜end▁of▁sentence｜>',
  user: '<｜User｜>',
  assistant: '<｜Assistant｜>',
  callsBegin: '<｜tool▁calls▁begin｜>',
  callsEnd: '<｜tool▁calls▁end｜>',
  outputsBegin: '<｜tool▁outputs▁begin｜>',
  outputsEnd: '<｜tool▁outputs▁end｜>',
} as const;

/** What closes a think block, with an empty line after it, as these models write themselves. */
export const r1ThinkingEnd = { text: '\n</think>\n\n', sentence: true } as const;

/** Control tokens are no danger in text of people; the two tags are ordinary words of R1's vocabularies. */
export function people(text: string): readonly PromptPiece[] {
  return fromPeopleWithoutTags(text, ['<think>', '</think>']);
}

/** The last system message, wherever it stands. */
export function lastSystemPrompt(messages: readonly ChatMessage[]): readonly PromptPiece[] {
  return people(messages.findLast(({ role }) => role === 'system')?.content ?? '');
}

/** What the published texts keep of an earlier turn. */
export function withoutThinking(content: string): string {
  return content.split('</think>').at(-1)!;
}

export function toolCall(name: string, args: string): readonly PromptPiece[] {
  return [
    fromTemplate('<｜tool▁call▁begin｜>function<｜tool▁sep｜>'),
    ...people(name),
    fromTemplate('\n```json\n'),
    ...people(args),
    fromTemplate('\n```<｜tool▁call▁end｜>'),
  ];
}

export function toolOutput(content: string): readonly PromptPiece[] {
  return [fromTemplate('<｜tool▁output▁begin｜>'), ...people(content), fromTemplate('<｜tool▁output▁end｜>')];
}

/** Of llama.cpp's template for R1; the texts published by DeepSeek know no definitions of tools. */
export function toolPreface(tools: readonly ToolDefinition[]): readonly PromptPiece[] {
  if (tools.length === 0) return [];
  return [
    fromTemplate("You can call any of the following function tools to satisfy the user's requests: "),
    ...people(pythonJson(tools, 2)),
    fromTemplate(
      '\n\nExample function tool call syntax:\n\n' +
        '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>example_function_name\n' +
        '```json\n{\n  "arg1": "some_value"\n  ...\n}\n```\n' +
        '<｜tool▁call▁end｜><｜tool▁calls▁end｜>\n\n',
    ),
  ];
}
