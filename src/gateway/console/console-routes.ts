// The console in a browser: its page, whichever of its addresses was asked for, and the files that the page loads. It is a client of
// the API like any other; here are only its files, and the headers that hold a page which shows what models wrote.
import type { FastifyReply, FastifyRequest } from 'fastify';
import { TiegelError } from '../../base/index.ts';
import { type Handle, type Route, route } from '../routes/route.ts';
import { showWord } from '../routes/server-state.ts';
import { chosenEncoding } from './chosen-encoding.ts';
import type { ConsoleFile, ConsoleFiles } from './console-files.ts';

/**
 * Scripts, styles and requests are of this server alone, and no script ever comes from text. Styles of single elements are set
 * by scripts, which needs no exception.
 */
const policy = [
  "default-src 'none'",
  ...["script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'"],
  ...["connect-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"],
  ...["require-trusted-types-for 'script'", "trusted-types 'none'"],
].join('; ');

const protection: Readonly<Record<string, string>> = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

const page = 'index.html';

export function consoleRoutes(files: ConsoleFiles): readonly Route[] {
  const showPage: Handle = (_, request, reply) => sendFile(request, reply, files, page);
  const pageRoute = (path: string, summary: string): Route =>
    route({
      method: 'GET',
      path,
      scope: 'public',
      summary,
      replies: { 'text/html': null },
      handle: showPage,
    });
  return [
    pageRoute('/sign-in', 'The page that signs a person in by a link'),
    pageRoute('/console', 'The console, in a browser'),
    pageRoute('/console/{page}', 'A page of the console'),
    route({
      ...{ method: 'GET', path: '/console/assets/{file}', scope: 'public' },
      summary: 'A file that the console loads',
      replies: { 'text/javascript': null, 'text/css': null, 'image/svg+xml': null, 'font/woff2': null },
      handle: (_, request, reply) => {
        const { file } = request.params as { readonly file: string };
        return sendFile(request, reply, files, `assets/${file}`);
      },
    }),
  ];
}

/** `/` is the console to a browser, and a word to programs, which do not ask for pages. */
export function showRoot(files: ConsoleFiles | undefined): Handle {
  return async (context, request, reply, body) => {
    reply.header('vary', 'accept, accept-encoding');
    if (!/\btext\/html\b/.test(request.headers.accept ?? '') || files === undefined)
      return showWord(context, request, reply, body);
    return sendFile(request, reply, files, page);
  };
}

/** @throws TGL_ROUTE_UNKNOWN */
async function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  files: ConsoleFiles,
  name: string,
): Promise<FastifyReply> {
  const file = await files.read(name);
  if (file === undefined) {
    const received = JSON.stringify(`${request.method} ${request.url}`);
    throw new TiegelError('TGL_ROUTE_UNKNOWN', { received });
  }
  const encoding = chosenEncoding(request.headers['accept-encoding'], file.compressible);
  const etag = `"${file.digest}-${encoding}"`;
  reply
    .headers(protection)
    .type(file.type)
    .header('etag', etag)
    .header('vary', name === page ? 'accept, accept-encoding' : 'accept-encoding')
    .header('cache-control', cachingOf(file));
  if (knows(request, etag)) return reply.code(304).send();
  if (encoding !== 'identity') reply.header('content-encoding', encoding);
  return reply.send(await file.encoded(encoding));
}

/** What the name of a file says of its content never changes; everything else is asked about each time. */
function cachingOf({ namedByContent }: ConsoleFile): string {
  return namedByContent ? 'public, max-age=31536000, immutable' : 'no-cache';
}

function knows(request: FastifyRequest, etag: string): boolean {
  const known = request.headers['if-none-match'] ?? '';
  return known.split(',').some((one) => one.trim().replace(/^W\//, '') === etag || one.trim() === '*');
}
