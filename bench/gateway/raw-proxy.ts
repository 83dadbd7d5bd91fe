// The raw side of the gateway bench: the shortest pass-through that node:http allows. No key, no check, no log.
import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveBench } from './child.ts';

const agent = new Agent({ keepAlive: true });
const upstreamPort = Number(process.argv[2]);

const server = createServer((incoming, outgoing) => {
  const { method, url, headers } = incoming;
  const forwarded = request(
    { agent, host: '127.0.0.1', port: upstreamPort, method, path: url, headers },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    },
  );
  incoming.pipe(forwarded);
});
server.listen(0, '127.0.0.1', () => serveBench((server.address() as AddressInfo).port));
