// A stand-in for llama-server in tests: its HTTP interface as far as the engine uses it, with one token a byte. What it
// writes goes round in a circle where no bias or penalty leads out of it; a grammar with "yes" in it gives yes, every other one a fixed object.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Body = Readonly<Record<string, unknown>>;

const flag = (name: string): string => process.argv[process.argv.indexOf(name) + 1] as string;
const contextLength = Number(flag('--ctx-size')) / Number(flag('--parallel'));
const slots = Array.from({ length: Number(flag('--parallel')) }, (_, id) => ({
  id,
  is_processing: false,
  tokens: [] as readonly number[],
  waiting: [] as (() => void)[],
}));
/** Ends a turn; every other id is a byte and one. */
const endToken = 0;
const circle = Buffer.from('abc dö, ');
const tokenMs = 2;
/** A model that is written to while it is loaded, with what it holds already. */
const selfWriting = 'write this while it is loaded';

/** Every other time that it is asked about its slots it closes the connection instead. */
const dropsConnections = flag('--model').includes('drops');
let asked = 0;

if (process.argv.includes('--version')) {
  console.log('version: 1 (fake)');
  process.exit(0);
}
if (flag('--model').includes('crash')) {
  console.log('error: the model cannot be loaded');
  process.exit(1);
}

if (readFileSync(flag('--model'), 'utf8') === selfWriting) writeFileSync(flag('--model'), selfWriting);

const server = createServer(async (request, response) => {
  if (request.headers.authorization !== `Bearer ${process.env.LLAMA_API_KEY}`)
    return answer(response, 401, { error: { message: 'Invalid API Key' } });
  let text = '';
  for await (const piece of request) text += piece;
  const body: Body = text === '' ? {} : JSON.parse(text);
  switch (request.url) {
    case '/health':
      return answer(response, 200, { status: 'ok' });
    case '/props':
      return answer(response, 200, { default_generation_settings: { n_ctx: contextLength } });
    case '/slots':
      if (dropsConnections && asked++ % 2 === 0) return request.socket.destroy();
      return answer(
        response,
        200,
        slots.map(({ id, is_processing }) => ({ id, is_processing })),
      );
    case '/tokenize': {
      const tokens = [...Buffer.from(String(body.content))].map((byte) => ({
        id: byte + 1,
        piece: byte < 128 ? String.fromCharCode(byte) : [byte],
      }));
      return answer(response, 200, { tokens });
    }
    case '/completion':
      if (body.ignore_eos === true)
        return answer(response, 200, { generation_settings: { logit_bias: [{ token: endToken }] } });
      if (body.grammar === 'root ::= (')
        return answer(response, 400, { error: { message: 'the grammar cannot be read' } });
      return await complete(body, request, response);
    default:
      return answer(response, 404, { error: { message: 'not found' } });
  }
});

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function complete(body: Body, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const prompt = body.prompt as readonly number[];
  if (prompt.includes('!'.charCodeAt(0) + 1)) process.exit(7);
  const slot = slots[Number(body.id_slot)] as (typeof slots)[number];
  if (slot.is_processing) await new Promise<void>((resolve) => slot.waiting.push(resolve));
  slot.is_processing = true;
  let here = true;
  response.once('close', () => {
    here = false;
  });
  const send = (event: Body): void => void response.write(`data: ${JSON.stringify(event)}\n\n`);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const cache = body.cache_prompt === true ? sharedLength(slot.tokens, prompt) : 0;
  send({ content: '', tokens: [0], stop: false, prompt_progress: { total: prompt.length, cache } });

  const written: number[] = [];
  let unsent: number[] = [];
  let reason = 'limit';
  while (here && written.length < Number(body.n_predict)) {
    await new Promise((resolve) => setTimeout(resolve, tokenMs));
    const id = nextToken(body, prompt, written);
    written.push(id);
    unsent.push(id);
    const bytes = Buffer.from(unsent.map((token) => token - 1));
    const content = id === endToken ? '<|end|>' : bytes.toString();
    if (content.endsWith('\uFFFD')) continue;
    unsent = [];
    send({
      content,
      tokens: [id],
      stop: false,
      tokens_predicted: written.length,
      ...(body.n_probs !== undefined && { completion_probabilities: likelihoods(content) }),
    });
    if (id !== endToken) continue;
    reason = 'eos';
    break;
  }
  slot.tokens = [...prompt, ...written];
  slot.is_processing = false;
  slot.waiting.shift()?.();
  send({ content: '', tokens: [], stop: true, stop_type: reason, tokens_predicted: written.length });
  response.end();
  request.resume();
}

/** What the file of the model recommends. As in llama.cpp, it stands wherever a request says nothing. */
const recommended = { mirostat: 2, temperature: 1, top_k: 40 };

function nextToken(body: Body, prompt: readonly number[], written: readonly number[]): number {
  const { grammar, seed, temperature, mirostat, top_k }: Body = { ...recommended, ...body };
  const index = written.length;
  if (typeof grammar === 'string') {
    const text = Buffer.from(grammar.includes('"yes"') ? 'yes' : '{"sum":7}');
    return index < text.length ? (text[index] as number) + 1 : endToken;
  }
  const draws = mirostat !== 0 || (Number(temperature) > 0 && top_k !== 1 && body.min_p !== 1);
  const turn = draws ? Number(seed) : 0;
  const likeliest = circle[(prompt.length + index + turn) % circle.length] as number;
  return likeliestOf(body, likeliest + 1, [...prompt, ...written]);
}

/** After biases and penalties; letters are likelier than what else there is. */
function likeliestOf(body: Body, likeliest: number, occurred: readonly number[]): number {
  const biases = new Map((body.logit_bias ?? []) as readonly (readonly [number, number])[]);
  const penalty = Number(body.repeat_penalty ?? 1);
  const logitOf = (id: number): number => {
    const isLetter = /[a-z]/.test(String.fromCharCode(id - 1));
    const logit = (id === likeliest ? 10 : isLetter ? 6 : 1) + (biases.get(id) ?? 0);
    return occurred.includes(id) ? logit / penalty : logit;
  };
  const ids = Array.from({ length: 256 }, (_, byte) => byte + 1);
  return ids.reduce((best, id) => (logitOf(id) > logitOf(best) ? id : best));
}

function likelihoods(token: string): readonly Body[] {
  const top = [
    { token, logprob: -0.1 },
    { token: 'x', logprob: -2.5 },
    { token: 'y', logprob: -3.4e38 },
  ];
  return [{ token, logprob: -0.1, top_logprobs: top }];
}

function sharedLength(a: readonly number[], b: readonly number[]): number {
  let length = 0;
  while (length < a.length && length < b.length - 1 && a[length] === b[length]) length++;
  return length;
}

server.listen(0, '127.0.0.1', () => {
  console.log(`main: server is listening on http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
