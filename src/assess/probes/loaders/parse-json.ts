// Parses the operator's JSON by a schema, with places in errors instead of the wrong values.
import type { z } from 'zod';
import { invalidData, type Place } from './invalid-data.ts';

/**
 * The value of a JSON text that begins at `place`, which is also where an error in its shape is reported, with the path
 * of the value as its column.
 *
 * @throws TGL_DATA_SET_INVALID
 */
export function parseJson<Value>(
  text: string,
  schema: z.ZodType<Value>,
  place: Omit<Place, 'column'>,
): Value {
  const parsed = schema.safeParse(syntaxOf(text, place));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const column = issue?.path.join('.') || 1;
  const problem = (issue?.message ?? 'the value does not fit').replace(/^[A-Z]/, (first) =>
    first.toLowerCase(),
  );
  return invalidData({ ...place, column }, problem, 'write the value that the format wants there');
}

function syntaxOf(text: string, place: Omit<Place, 'column'>): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    // V8 names the position in some messages and none at the end of the input; the rest of a message quotes the text.
    const at = /at position (\d+)/.exec((cause as Error).message)?.[1];
    const before = at === undefined ? text.trimEnd() : text.slice(0, Number(at));
    const line = place.line + before.split('\n').length - 1;
    const column = before.length - before.lastIndexOf('\n');
    return invalidData(
      { ...place, line, column },
      'it is not JSON',
      'check quotes, commas and brackets there',
    );
  }
}
