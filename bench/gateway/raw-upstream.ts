// Where the raw side of the gateway bench gets its answers from: ready-made bytes at the pace of the scripted engine.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveBench } from './child.ts';
import { replyDocument, replyEvents, tokensPerSecond } from './workload.ts';

const document = replyDocument();
const events = replyEvents();

const server = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { model, stream } = JSON.parse(Buffer.concat(chunks).toString()) as {
    model: string;
    stream: boolean;
  };
  if (!stream) {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(document),
    });
    response.end(document);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (model === 'instant') {
    response.end(events.join(''));
    return;
  }
  let next = 0;
  const timer = setInterval(() => {
    response.write(events[next++]);
    if (next < events.length) return;
    clearInterval(timer);
    response.end();
  }, 1000 / tokensPerSecond);
});
server.listen(0, '127.0.0.1', () => serveBench((server.address() as AddressInfo).port));
