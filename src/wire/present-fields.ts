// Strict objects of many optional fields, of which a request has four: zod looks at each field of the schema, which costs most of
// a check. Here the fields of the input are looked at, each by its own schema. What this accepts zod accepts, with the same
// value; whatever it does not accept is left to zod, which says what is wrong.
import { z } from 'zod';

/** The checked value, or undefined where zod has to be asked. */
export type FieldReader<Value> = (input: unknown) => Value | undefined;

const readers = new WeakMap<z.ZodType, FieldReader<unknown>>();

/** @returns a reader that accepts nothing for a schema that is no strict object, or checks more than its fields */
export function fieldReaderOf<Value>(schema: z.ZodType<Value>): FieldReader<Value> {
  const known = readers.get(schema);
  if (known !== undefined) return known as FieldReader<Value>;
  const made = readerFor(schema) ?? nothing;
  readers.set(schema, made);
  return made as FieldReader<Value>;
}

const nothing = (): undefined => undefined;

function readerFor(schema: z.ZodType): FieldReader<unknown> | undefined {
  if (!(schema instanceof z.ZodObject)) return undefined;
  const { catchall, checks = [] } = schema.def;
  if (!(catchall instanceof z.ZodNever) || checks.length > 0) return undefined;
  const fields = new Map<string, z.ZodType>(Object.entries(schema.shape));
  const required: string[] = [];
  for (const [name, field] of fields) {
    const absent = field.safeParse(undefined);
    if (!absent.success) required.push(name);
    // A default would have to be filled in.
    else if (absent.data !== undefined) return undefined;
  }
  return (input) => {
    if (typeof input !== 'object' || input === null || Array.isArray(input)) return undefined;
    const value: Record<string, unknown> = {};
    for (const name of Object.keys(input)) {
      const read = fields.get(name)?.safeParse((input as Record<string, unknown>)[name]);
      if (read?.success !== true) return undefined;
      value[name] = read.data;
    }
    for (const name of required) if (!Object.hasOwn(value, name)) return undefined;
    return value;
  };
}
