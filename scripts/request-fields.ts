// The fields of the published request types, out of the type definitions of the clients that the tests use, and what becomes of
// each here, out of the schemas that check requests.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { routesOf } from '../src/gateway/routes/routes.ts';

type Fate = 'honoured' | 'refused' | 'only null' | `without effect: ${string}`;

export type ApiFields = {
  readonly path: string;
  readonly published: readonly string[];
  readonly fateOf: (field: string) => Fate;
};

const modules = join(import.meta.dirname, '..', 'node_modules');

/** Paths of routes with the file and the type that says what their clients send. */
const sources: readonly (readonly [path: string, file: string, type: string])[] = [
  [
    '/v1/chat/completions',
    'openai/resources/chat/completions/completions.d.ts',
    'ChatCompletionCreateParamsBase',
  ],
  ['/v1/completions', 'openai/resources/completions.d.ts', 'CompletionCreateParamsBase'],
  ['/v1/responses', 'openai/resources/responses/responses.d.ts', 'ResponseCreateParamsBase'],
  ['/v1/embeddings', 'openai/resources/embeddings.d.ts', 'EmbeddingCreateParams'],
  ['/v1/messages', '@anthropic-ai/sdk/resources/messages/messages.d.ts', 'MessageCreateParamsBase'],
  [
    '/v1/messages/count_tokens',
    '@anthropic-ai/sdk/resources/messages/messages.d.ts',
    'MessageCountTokensParams',
  ],
  ['/api/chat', 'ollama/dist/browser.d.ts', 'ChatRequest'],
  ['/api/generate', 'ollama/dist/browser.d.ts', 'GenerateRequest'],
  ['/api/embed', 'ollama/dist/browser.d.ts', 'EmbedRequest'],
  ['/api/embeddings', 'ollama/dist/browser.d.ts', 'EmbeddingsRequest'],
  ['/api/pull', 'ollama/dist/browser.d.ts', 'PullRequest'],
];

/** The table of a server that has every route there is. */
const routes = routesOf({ fetchModel: () => Promise.reject(new Error('nothing is fetched here')) });

export const publishedApis: readonly ApiFields[] = sources.map(([path, file, type]) => {
  const body = routes.find((route) => route.path === path)?.body as z.ZodObject;
  return {
    path,
    published: membersOf(readFileSync(join(modules, file), 'utf8'), type),
    fateOf: (field) => fateIn(body, field),
  };
});

/** The table of docs/fields.md, in Markdown. */
export function fieldTable(): string {
  return publishedApis
    .map(({ path, published, fateOf }) => {
      const rows = published.map((field) => `| \`${field}\` | ${fateOf(field)} |`);
      return `## ${path}\n| Field | |\n|---|---|\n${rows.join('\n')}\n`;
    })
    .join('\n');
}

function fateIn({ shape }: z.ZodObject, field: string): Fate {
  if (!Object.hasOwn(shape, field)) return 'refused';
  const schema = shape[field] as z.ZodType;
  const { description, 'x-tiegel-effect': effect } = (schema.meta() ?? {}) as Readonly<
    Record<string, string>
  >;
  if (effect === 'none') return `without effect: ${description?.replace(/^Without effect: |\.$/g, '')}`;
  const inner = schema.def.type === 'optional' ? (schema as z.ZodOptional<z.ZodType>).unwrap() : schema;
  return inner.def.type === 'null' ? 'only null' : 'honoured';
}

/** The names of the members of an interface, without those of the types inside it. */
function membersOf(text: string, type: string): readonly string[] {
  const start = new RegExp(`interface ${type}\\b[^{]*\\{`).exec(text);
  if (start === null) throw new Error(`membersOf: there is no interface ${type}`);
  const plain = text.slice(start.index + start[0].length).replaceAll(/\/\*[\s\S]*?\*\//g, '');
  const names: string[] = [];
  let depth = 0;
  for (const line of plain.split('\n')) {
    const name = depth === 0 ? /^\s*(?:readonly )?'?(\w+)'?\??:/.exec(line)?.[1] : undefined;
    if (name !== undefined) names.push(name);
    depth += (line.match(/[{([]/g) ?? []).length - (line.match(/[})\]]/g) ?? []).length;
    if (depth < 0) break;
  }
  return names;
}
