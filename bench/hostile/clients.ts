// Sixteen clients that ask for all they can get, in a process of their own: constraints that are dear to read, sixteen
// choices a request, long lists of texts to embed, and replies that nobody reads. Each asks again as soon as it is answered.
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

type Target = { readonly url: string; readonly key: string; readonly model: string };

const messages = [{ role: 'user', content: 'Use 3, 5 and 6 once each with + - * to make 21.' }];
const names = Array.from({ length: 20_000 }, (_, index) => `name${index}`);

const chainOfRules = `root ::= r0\n${names
  .slice(0, 5000)
  .map((_, index) => `r${index} ::= r${index + 1}`)
  .join('\n')}`;

/** Each is refused, or costs no more than its size: in either case nobody else is to notice. */
const constraints: readonly object[] = [
  { response_format: grammarFormat(`root ::= "a"${' '.repeat(8)}${'"1" '.repeat(1000)}`) },
  { response_format: grammarFormat(`root ::= ${'['.repeat(60_000)}`) },
  { response_format: grammarFormat(`root ::= "a"{${'9'.repeat(1000)}}`) },
  { response_format: grammarFormat(chainOfRules) },
  { response_format: schemaFormat({ type: 'object', required: names, properties: {} }) },
  { response_format: schemaFormat(nested(2000)) },
  {
    response_format: schemaFormat({
      type: 'object',
      properties: Object.fromEntries(names.slice(0, 2000).map((name) => [name, { type: 'string' }])),
      required: names.slice(0, 2000),
    }),
  },
];

function grammarFormat(grammar: string): object {
  return { type: 'grammar', grammar };
}

function schemaFormat(schema: object): object {
  return { type: 'json_schema', json_schema: { name: 'hostile', schema } };
}

function nested(depth: number): object {
  let schema: object = { type: 'string' };
  for (let level = 0; level < depth; level++) schema = { type: 'array', items: schema };
  return schema;
}

const texts = Array.from({ length: 2048 }, (_, index) => `five apples and ${index} pears `.repeat(8));

async function post({ url, key, model }: Target, path: string, body: object): Promise<void> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model, ...body }),
  });
  for await (const _ of response.body ?? []);
  // Told to come back, it does not wait as long as it was told to.
  if (response.status === 429) await pause(100);
}

/** Asks for a long stream and takes nothing of it. */
async function readNothing({ url, key, model }: Target): Promise<void> {
  const { hostname, port, host } = new URL(url);
  const body = JSON.stringify({ model, messages, stream: true, n: 4 });
  const socket = connect(Number(port), hostname, () => {
    socket.write(
      `POST /v1/chat/completions HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${key}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  });
  socket.pause();
  socket.on('error', () => {});
  await pause(5000);
  socket.destroy();
}

const kinds: Readonly<Record<string, (target: Target, round: number) => Promise<void>>> = {
  constraints: (target, round) =>
    post(target, '/v1/chat/completions', { messages, ...constraints[round % constraints.length] }),
  choices: (target) => post(target, '/v1/chat/completions', { messages, n: 16 }),
  embeddings: (target) => post(target, '/v1/embeddings', { input: texts }),
  readers: (target) => readNothing(target),
};

async function run(target: Target): Promise<void> {
  const wanted = process.argv.slice(2);
  const asks = Object.entries(kinds).flatMap(([name, ask]) =>
    wanted.length === 0 || wanted.includes(name) ? [ask] : [],
  );
  const client = async (number: number): Promise<void> => {
    for (let round = 0; ; round++) {
      try {
        await asks[number % asks.length]?.(target, round + Math.floor(number / asks.length));
      } catch {
        // A connection that was cut is what such a client has to expect.
        await pause(50);
      }
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, number) => client(number)));
}

process.on('disconnect', () => process.exit());
process.on('message', (target: Target) => void run(target));
