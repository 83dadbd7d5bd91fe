// An upstream for the tests of this folder that speaks raw sockets: it can break off anywhere, which no HTTP server would.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { systemClock } from '../../base/index.ts';
import { createOutbound } from '../../outbound/index.ts';
import type { Engine, UnrenderedRequest } from '../engine.ts';
import { createRemoteEngine, type RemoteEngineOptions, type RemoteLimits } from './remote-engine.ts';

export type UpstreamRequest = { readonly path: string; readonly headers: string; readonly body: ChatBody };

/** The members that the tests look at. */
export type ChatBody = {
  readonly messages: readonly { readonly role: string; readonly content: string }[];
  readonly max_tokens: number;
  readonly [name: string]: unknown;
};

export type Upstream = AsyncDisposable & {
  /** Base address for an engine. */
  readonly endpoint: string;
  readonly requests: readonly UpstreamRequest[];
  readonly sockets: ReadonlySet<Socket>;
  /** Stops listening and cuts everything; the port stays unused. */
  readonly kill: () => Promise<void>;
};

/** @param answer is called once a request, when its body is complete */
export async function upstream(
  answer: (socket: Socket, request: UpstreamRequest, index: number) => unknown,
): Promise<Upstream> {
  const requests: UpstreamRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (data) => {
      text += data.toString('latin1');
      const headers = text.slice(0, text.indexOf('\r\n\r\n') + 4);
      const length = Number(/content-length: (\d+)/i.exec(headers)?.[1] ?? 0);
      if (headers.length < 4 || text.length < headers.length + length) return;
      const body = Buffer.from(text.slice(headers.length), 'latin1').toString();
      const path = headers.split(' ')[1] as string;
      const request = { path, headers, body: body === '' ? {} : JSON.parse(body) };
      text = '';
      requests.push(request);
      answer(socket, request, requests.length - 1);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const kill = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    if (!server.listening) return;
    server.close();
    await once(server, 'close');
  };
  return {
    endpoint: `http://127.0.0.1:${port}/v1`,
    requests,
    sockets,
    kill,
    [Symbol.asyncDispose]: kill,
  };
}

export const eventStreamHead =
  'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';

/** A piece of a chunked body. */
export function piece(text: string): string {
  return `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;
}

/** The last piece of a chunked body. */
export const lastPiece = '0\r\n\r\n';

export function delta(members: object, finish: string | null = null): string {
  return dataEvent({ choices: [{ index: 0, delta: members, finish_reason: finish }] });
}

export function dataEvent(value: object): string {
  return `data: ${JSON.stringify(value)}\n\n`;
}

export const done = 'data: [DONE]\n\n';

export function plain(status: string, type: string, body: string, more = ''): string {
  return `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\n${more}content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** A complete stream of those words. */
export function reply(words: readonly string[]): string {
  const deltas = words.map((word) => piece(delta({ content: word })));
  return eventStreamHead + deltas.join('') + piece(delta({}, 'stop')) + piece(done) + lastPiece;
}

export type RemoteSetup = AsyncDisposable & { readonly engine: Engine };

/** Waits for tests that see them pass. */
export const impatient: Partial<RemoteLimits> = { firstTokenMs: 200, idleMs: 200 };

/** An engine over the endpoints, which it may reach. */
export function remoteEngine(
  endpoints: readonly string[],
  options: Partial<RemoteEngineOptions> = {},
): RemoteSetup {
  const outbound = createOutbound({ allowedOrigins: endpoints });
  const engine = createRemoteEngine({
    model: 'far',
    remoteModel: 'org/far',
    endpoints,
    server: 'vllm',
    contextLength: 4096,
    outbound,
    clock: systemClock,
    ...options,
  });
  return {
    engine,
    [Symbol.asyncDispose]: async () => {
      await engine[Symbol.asyncDispose]();
      await outbound[Symbol.asyncDispose]();
    },
  };
}

export const question: UnrenderedRequest = {
  turn: { messages: [{ role: 'user', content: 'What is 6 * 7?' }], thinking: 'open', thinkingBudget: null },
  maxTokens: 100,
  sampling: { temperature: 0, topP: 1 },
};
