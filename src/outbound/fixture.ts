// A server for the tests of this folder that speaks raw sockets, so that it can do what no HTTP server would.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export type RawServer = AsyncDisposable & {
  readonly port: number;
  readonly origin: string;
  /** Heads of the requests so far, as they came. */
  readonly requests: readonly string[];
  readonly sockets: ReadonlySet<Socket>;
};

/**
 * @param answer is called once a request, when its head is complete
 * @param onBytes is called with whatever arrives
 */
export async function rawServer(
  answer: (socket: Socket, head: string) => void,
  onBytes?: (socket: Socket, bytes: Buffer) => void,
): Promise<RawServer> {
  const requests: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let text = '';
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (data) => {
      onBytes?.(socket, data);
      text += data.toString('latin1');
      if (!text.includes('\r\n\r\n')) return;
      requests.push(text);
      const head = text;
      text = '';
      answer(socket, head);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    requests,
    sockets,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** A whole response of that text. */
export function response(text: string, head = 'HTTP/1.1 200 OK'): string {
  return `${head}\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
}
