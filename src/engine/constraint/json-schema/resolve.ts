// A schema without references and `allOf` at its top.
import { type Merged, merge } from './merge.ts';
import {
  deepestSchema,
  isSchema,
  mostSchemas,
  pathTo,
  refuseAt,
  type Schema,
  statementsOf,
} from './schema.ts';

export type Resolver = {
  /** False: no value satisfies it. @throws TGL_CONSTRAINT_INVALID */
  readonly resolve: (schema: unknown, path: string) => Merged;
  /** So many schemas more are looked at. @throws TGL_CONSTRAINT_INVALID when they are too many */
  readonly count: (schemas: number) => void;
  /** What a `$ref` leads to. @throws TGL_CONSTRAINT_INVALID */
  readonly target: (reference: unknown, path: string) => unknown;
};

export function createResolver(root: unknown): Resolver {
  let seen = 0;
  const count = (schemas: number): void => {
    seen += schemas;
    if (seen > mostSchemas) refuseAt('#', `more than ${mostSchemas} schemas`);
  };

  const target = (reference: unknown, path: string): unknown => {
    if (typeof reference !== 'string' || !/^#(?:\/|$)/.test(reference) || reference.length > 1024)
      return refuseAt(path, '$ref leads elsewhere');
    const steps = reference.split('/').slice(1);
    return steps.reduce<unknown>((node, step) => {
      const key = unescaped(step);
      const holder = typeof node === 'object' && node !== null ? (node as Schema) : {};
      return key !== undefined && Object.hasOwn(holder, key) ? holder[key] : undefined;
    }, root);
  };

  const resolve = (schema: unknown, path: string, depth: number): Merged => {
    count(1);
    if (depth > deepestSchema) refuseAt(path, `deeper than ${deepestSchema} levels`);
    if (typeof schema === 'boolean') return schema ? {} : false;
    if (!isSchema(schema)) return refuseAt(path, 'not a schema');
    const { $ref, allOf, ...own } = statementsOf(schema, path);
    if (allOf !== undefined && (!Array.isArray(allOf) || allOf.length === 0))
      refuseAt(path, 'allOf is not a list of schemas');
    const parts = ((allOf ?? []) as readonly unknown[]).map(
      (part, index) => [part, pathTo(path, 'allOf', index)] as const,
    );
    if ($ref !== undefined) parts.unshift([target($ref, path), String($ref)]);
    let merged: Merged = own;
    for (const [part, place] of parts) {
      const resolved = resolve(part, place, depth + 1);
      if (merged === false || resolved === false) return false;
      count(partsOf(merged) + partsOf(resolved));
      merged = merge(merged, resolved, path);
    }
    return merged;
  };

  return { resolve: (schema, path) => resolve(schema, path, 0), target, count };
}

/** What a merge has to look at. */
function partsOf(schema: Schema): number {
  return Object.values(schema).reduce<number>((sum, value) => {
    if (Array.isArray(value)) return sum + value.length;
    return isSchema(value) ? sum + Object.keys(value).length : sum;
  }, 0);
}

/** A step of a reference, which is written as in a URI; undefined where it is not. */
function unescaped(step: string): string | undefined {
  try {
    return decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~');
  } catch {
    return undefined;
  }
}
