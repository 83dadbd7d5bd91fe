// Every text of a file that is a chat template or reads like one, whatever its key and type: a reader that looks under
// `tokenizer.chat_template` for a string alone misses arrays, further keys, and texts stored as numbers. Not covered: texts
// that are compressed or encoded, and tensors.
import type { Gguf, GgufValue } from '../../gguf/gguf.ts';

const templateKey = 'tokenizer.chat_template';

export type FoundTemplate = {
  readonly key: string;
  /** Null where what stands under a template's key is no text, which readers of texts would miss. */
  readonly text: string | null;
};

/** Arrays of numbers that are looked at as text; longer ones are scores and types of vocabularies. */
const maxNumbers = 2 ** 18;
/** Their elements are words, which are looked at one by one. */
const vocabularies: ReadonlySet<string> = new Set(['tokenizer.ggml.tokens', 'tokenizer.ggml.merges']);

/** All but the string under `tokenizer.chat_template`. */
export function furtherTemplates({ metadata }: Pick<Gguf, 'metadata'>): readonly FoundTemplate[] {
  return [...metadata].flatMap(([key, value]): readonly FoundTemplate[] => {
    if (key === templateKey && value.type === 'string') return [];
    if (!/chat_?template/i.test(key)) {
      const text = textsOf(key, value).find(readsLikeTemplate);
      return text === undefined ? [] : [{ key, text }];
    }
    if (value.type === 'string') return [{ key, text: value.value }];
    return isListOfNames(value) ? [] : [{ key, text: null }];
  });
}

/** How converters list the names of further templates, each of which then has a key of its own. */
function isListOfNames(value: GgufValue): boolean {
  if (value.type !== 'array' || value.elementType !== 'string') return false;
  return (value.value as readonly string[]).every((name) => /^[\w-]{1,64}$/.test(name));
}

/** The texts of a value, an array of several also as one. */
function textsOf(key: string, value: GgufValue): readonly string[] {
  if (value.type === 'string') return [value.value];
  if (value.type !== 'array') return [];
  if (value.elementType === 'string') {
    const texts = value.value as readonly string[];
    return vocabularies.has(key) || texts.length < 2 ? texts : [...texts, texts.join('')];
  }
  if (value.elementType === 'bool' || value.value.length > maxNumbers) return [];
  const numbers = Array.from<unknown, number>(value.value, Number);
  const bytes = Buffer.from(numbers.map((number) => number & 0xff)).toString('utf8');
  const points = numbers.map((number) => (isCodePoint(number) ? String.fromCodePoint(number) : ' ')).join('');
  return [bytes, points].filter(readsLikeTemplate);
}

function isCodePoint(number: number): boolean {
  return Number.isInteger(number) && number >= 0 && number <= 0x10ffff;
}

const statement =
  /\{%[-+]?\s*(?:if|elif|else|for|set|macro|include|import|from|extends|block|call|filter|raw|with|do|end[a-z]+)\b/;
const expressions = /\{\{([^{}]*)\}\}/g;

/** Statements of Jinja, or expressions that look something up, call or filter; a mere `{{ name }}` is none. */
export function readsLikeTemplate(text: string): boolean {
  if (text.includes('{%') && statement.test(text)) return true;
  if (!text.includes('{{')) return false;
  return text
    .matchAll(expressions)
    .some(
      ([, inside = '']) => /^[-+]?\s*[\w'"([]/.test(inside) && /[\w'")\]]\s*[.|[(]\s*[\w'"]/.test(inside),
    );
}
