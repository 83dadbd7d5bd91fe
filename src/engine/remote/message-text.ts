// What a message or a delta says, under all names and in all forms that servers use: docs/serve.md lists them.
import { type Fields, isAbsent, isFields, textOf, UnreadableShape } from './json-fields.ts';

export type MessageText = { readonly reasoning: string; readonly content: string };

/** @throws UnreadableShape */
export function messageText(said: Fields): MessageText {
  const parts = partsOf(said.content);
  return {
    reasoning: reasoningField(said) || parts.reasoning,
    // A refusal is what the model says instead of an answer of the wanted form.
    content: parts.content || textOf(said.refusal, 'refusal'),
  };
}

/** Servers use one name or another; those that use several say the same under each. */
function reasoningField(said: Fields): string {
  return (
    textOf(said.reasoning_content, 'reasoning_content') ||
    textOf(said.reasoning, 'reasoning') ||
    textOf(said.thinking, 'thinking') ||
    detailsOf(said.reasoning_details)
  );
}

/** OpenRouter's list: texts and summaries are what can be read; what is encrypted is for the provider alone. */
function detailsOf(details: unknown): string {
  if (isAbsent(details)) return '';
  if (!Array.isArray(details)) throw new UnreadableShape('reasoning_details', details);
  return details
    .map((detail) => {
      if (!isFields(detail)) throw new UnreadableShape('reasoning_details', details);
      return textOf(detail.text, 'reasoning_details') || textOf(detail.summary, 'reasoning_details');
    })
    .join('');
}

/** A text, or a list of parts as Mistral and OpenAI have them. */
function partsOf(content: unknown): MessageText {
  if (isAbsent(content)) return { reasoning: '', content: '' };
  if (typeof content === 'string') return { reasoning: '', content };
  if (!Array.isArray(content)) throw new UnreadableShape('content', content);
  let reasoning = '';
  let answer = '';
  for (const part of content) {
    if (typeof part === 'string') {
      answer += part;
      continue;
    }
    if (!isFields(part)) throw new UnreadableShape('content', content);
    switch (part.type) {
      case 'text':
      case 'output_text':
        answer += textOf(part.text, 'content');
        break;
      case 'refusal':
        answer += textOf(part.refusal, 'content');
        break;
      case 'thinking':
      case 'reasoning':
        reasoning += thoughtOf(part.thinking ?? part.reasoning ?? part.text);
        break;
      case 'reference':
        break;
      default:
        throw new UnreadableShape('content', content);
    }
  }
  return { reasoning, content: answer };
}

/** A text, or a list of parts that hold texts. */
function thoughtOf(thought: unknown): string {
  if (!Array.isArray(thought)) return textOf(thought, 'content');
  return thought
    .map((part) => (isFields(part) ? textOf(part.text, 'content') : textOf(part, 'content')))
    .join('');
}
