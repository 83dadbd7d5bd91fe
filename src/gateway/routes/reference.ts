// GET /openapi.json and GET /docs: the API as a document and as a page. The page is plain HTML from this server: no script,
// nothing from anywhere else.
import type { FastifyRequest } from 'fastify';
import { type ApiOperation, type JsonObject, openApiDocument } from '../../wire/index.ts';
import type { Handle } from './route.ts';

export const showOpenApi: Handle = ({ routes }, request, reply) =>
  reply.send(openApiDocument(routes, addressOf(request)));

export const showReference: Handle = ({ routes }, request, reply) =>
  reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'")
    .send(page(routes, openApiDocument(routes, addressOf(request))));

/** The Host was checked before. */
function addressOf({ headers }: FastifyRequest): string {
  return `http://${headers.host}`;
}

const style = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color-scheme: light dark }
code, pre { font: 14px/1.45 ui-monospace, monospace }
section { border-top: 1px solid #8884; padding: 0.5rem 0 }
h2 { font-size: 1rem; margin: 0.5rem 0 } h2 b { text-transform: uppercase; margin-right: 0.5rem }
pre { overflow-x: auto; padding: 0.75rem; background: #8881 }
`;

function keyFor(scope: string): string {
  if (scope === 'public') return '';
  return scope === 'any' ? ' Needs a key.' : ` Needs a key with the scope ${scope}.`;
}

function page(operations: readonly ApiOperation[], document: JsonObject): string {
  const paths = document.paths as Record<string, Record<string, { readonly requestBody?: object }>>;
  const sections = operations.map(({ method, path, summary, scope }) => {
    const body = paths[path]?.[method.toLowerCase()]?.requestBody;
    const key = keyFor(scope);
    const schema = body === undefined ? '' : details('Body', body);
    return `<section><h2><b>${method}</b><code>${escaped(path)}</code></h2><p>${escaped(summary)}.${key}</p>${schema}</section>`;
  });
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Tiegel: HTTP API</title><style>${style}</style>
<h1>Tiegel: HTTP API</h1>
<p>Requests carry <code>Authorization: Bearer KEY</code>. The same as a document:
<a href="/openapi.json">openapi.json</a>.</p>
${sections.join('\n')}
</html>
`;
}

function details(title: string, value: object): string {
  const json = escaped(JSON.stringify(value, null, 2));
  return `<details><summary>${title}</summary><pre>${json}</pre></details>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
