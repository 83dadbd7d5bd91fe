// A hub on loopback for the tests of pulling: repositories with files, the two routes of the API, downloads on another
// port like the hub's CDN, and faults on demand.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { digestOf } from '../../base/index.ts';
import { createOutbound, type Outbound } from '../../outbound/index.ts';

export const commit: string = 'c0ffee'.padEnd(40, '0');

/** Answers in the CDN's place where it returns true; the range is the one that is asked for. */
export type Fault = (given: {
  readonly range: readonly [number, number] | undefined;
  /** How often this range has been asked for, with this time. */
  readonly times: number;
  readonly response: ServerResponse;
  readonly content: Buffer;
}) => boolean | undefined;

export type TestHub = AsyncDisposable & {
  readonly endpoint: string;
  readonly outbound: Outbound;
  /** Every request as `hub` or `cdn` and its path, with the token and the range where there are. */
  readonly requests: string[];
  /** Files of the one repository, `owner/name`. */
  readonly files: Map<string, Buffer>;
  /** Digests the list of files states in place of the right ones. */
  readonly wrongDigests: Map<string, string>;
  fault: Fault;
  /** Whether the CDN knows ranges. */
  ranges: boolean;
  /** Where downloads are sent: a port of its own unless it is changed; `/cdn` of the hub would do too. */
  cdn: string;
};

export async function startHub(files: Readonly<Record<string, Buffer>>): Promise<TestHub> {
  const hub = createServer((request, response) => {
    if (request.url!.startsWith('/cdn/')) answerAsCdn(state, asked, request, response);
    else answerAsHub(state, request, response);
  });
  const cdn = createServer((request, response) => answerAsCdn(state, asked, request, response));
  const asked = new Map<string, number>();
  const [endpoint, cdnOrigin] = await Promise.all([listen(hub), listen(cdn)]);
  const outbound = createOutbound({ allowedOrigins: [endpoint, cdnOrigin], deadlines: { idleMs: 1000 } });
  const state: TestHub = {
    endpoint,
    outbound,
    requests: [],
    files: new Map(Object.entries(files)),
    wrongDigests: new Map(),
    fault: () => undefined,
    ranges: true,
    cdn: cdnOrigin,
    [Symbol.asyncDispose]: async () => {
      await outbound[Symbol.asyncDispose]();
      await Promise.all(
        [hub, cdn].map((server) => {
          server.closeAllConnections();
          return new Promise((resolve) => server.close(resolve));
        }),
      );
    },
  };
  return state;
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answerAsHub(state: TestHub, request: IncomingMessage, response: ServerResponse): void {
  note(state, 'hub', request);
  const path = decodeURIComponent(request.url!);
  const prefix = `/owner/name/resolve/${commit}/`;
  const json = (value: unknown, headers: Record<string, string> = {}): void => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
  };
  if (path === '/api/models/owner/name/revision/main') json({ sha: commit });
  else if (path.startsWith(`/api/models/owner/name/tree/${commit}`)) {
    // Two pages, to see both read.
    const entries = [...state.files].map(([name, content]) => ({
      type: 'file',
      path: name,
      size: content.length,
      ...(name.endsWith('.gguf') ? { lfs: { oid: state.wrongDigests.get(name) ?? digestOf(content) } } : {}),
    }));
    const half = Math.ceil(entries.length / 2);
    if (path.includes('cursor=2')) json(entries.slice(half));
    else json(entries.slice(0, half), { link: `<${state.endpoint}${request.url}&cursor=2>; rel="next"` });
  } else if (path.startsWith(prefix)) {
    response
      .writeHead(302, { location: `${state.cdn}/${encodeURIComponent(path.slice(prefix.length))}` })
      .end();
  } else response.writeHead(404).end();
}

function answerAsCdn(
  state: TestHub,
  asked: Map<string, number>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  note(state, 'cdn', request);
  const range = rangeOf(request);
  const content = state.files.get(decodeURIComponent(request.url!.replace(/^\/(cdn\/)?/, '')));
  if (content === undefined) return void response.writeHead(404).end();
  const times = (asked.get(String(range)) ?? 0) + 1;
  asked.set(String(range), times);
  if (state.fault({ range, times, response, content })) return;
  if (range === undefined || !state.ranges) {
    const etag = `"${digestOf(content)}"`;
    response.writeHead(200, { etag, 'content-length': content.length }).end(content);
  } else response.writeHead(206, rangeHeaders(range, content)).end(content.subarray(range[0], range[1] + 1));
}

/** First and last byte that are asked for. */
function rangeOf(request: IncomingMessage): readonly [number, number] | undefined {
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  return from === undefined ? undefined : [Number(from), Number(to)];
}

/** The headers of a right answer. */
export function rangeHeaders([from, to]: readonly [number, number], content: Buffer): Record<string, string> {
  return { etag: `"${digestOf(content)}"`, 'content-range': `bytes ${from}-${to}/${content.length}` };
}

function note(state: TestHub, by: 'hub' | 'cdn', { url, headers }: IncomingMessage): void {
  const extras = [headers.authorization, headers.range].filter((text) => text !== undefined);
  state.requests.push([by, decodeURIComponent(url!), ...extras].join(' '));
}
