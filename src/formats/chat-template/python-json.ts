// JSON as Python's `json.dumps(value, ensure_ascii=False)` writes it: what the Jinja filter `tojson` gives under
// transformers, and so what models were trained to read. Differs for numbers like 1.0, which JavaScript writes as 1.
import type { Json } from '../../base/index.ts';

/** @param indent blanks per level; without it everything stands on one line. */
export function pythonJson(value: Json, indent?: number, depth = 0): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const isArray = Array.isArray(value);
  const members = isArray
    ? (value as readonly Json[]).map((member) => pythonJson(member, indent, depth + 1))
    : Object.entries(value).map(([key, member]) => {
        return `${JSON.stringify(key)}: ${pythonJson(member, indent, depth + 1)}`;
      });
  const [open, close] = isArray ? '[]' : '{}';
  if (indent === undefined || members.length === 0) return `${open}${members.join(', ')}${close}`;
  const line = (level: number): string => `\n${' '.repeat(indent * level)}`;
  return `${open}${line(depth + 1)}${members.join(`,${line(depth + 1)}`)}${line(depth)}${close}`;
}

/** The text of a call's arguments, written anew where they are JSON and as they are where they are not. */
export function rewriteJson(text: string): string {
  try {
    return pythonJson(JSON.parse(text) as Json);
  } catch {
    return text;
  }
}
