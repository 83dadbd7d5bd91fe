// Follows many streams of numbered tokens at once and checks each number as it comes.
import { Agent, request } from 'node:http';
import { key } from './workload.ts';

export type StreamsOutcome = {
  /** Streams that ended with `[DONE]`. */
  readonly complete: number;
  readonly lost: number;
  readonly disordered: number;
  readonly seconds: number;
};

type Counted = { readonly complete: boolean; readonly received: number; readonly disordered: number };

export async function followStreams(options: {
  readonly port: number;
  readonly streams: number;
  /** Of each stream, the closing tag of the thinking included. */
  readonly tokens: number;
}): Promise<StreamsOutcome> {
  const { port, streams, tokens } = options;
  const agent = new Agent({ maxSockets: streams });
  const started = performance.now();
  const all = await Promise.all(Array.from({ length: streams }, () => follow(agent, port, tokens)));
  const sum = (of: (counted: Counted) => number): number =>
    all.reduce((total, counted) => total + of(counted), 0);
  return {
    complete: all.filter(({ complete }) => complete).length,
    lost: sum(({ received }) => Math.max(0, tokens - 1 - received)),
    disordered: sum(({ disordered }) => disordered),
    seconds: (performance.now() - started) / 1000,
  };
}

function follow(agent: Agent, port: number, tokens: number): Promise<Counted> {
  return new Promise((resolve) => {
    const messages = [{ role: 'user', content: 'Count.' }];
    const body = JSON.stringify({ model: 'numbers', stream: true, max_tokens: tokens, messages });
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    let [rest, text, next, disordered, complete] = ['', '', 0, 0, false];
    const end = (): void => resolve({ complete, received: next, disordered });
    const sending = request(
      { agent, host: '127.0.0.1', port, method: 'POST', path: '/v1/chat/completions', headers },
      (answer) => {
        answer.setEncoding('utf8');
        answer.on('data', (piece: string) => {
          const events = (rest + piece).split('\n\n');
          rest = events.pop() as string;
          for (const event of events) {
            if (event === 'data: [DONE]') complete = true;
            else if (event.startsWith('data: ')) text += contentOf(event.slice(6));
          }
          const numbers = text.split(' ');
          text = numbers.pop() as string;
          for (const number of numbers) {
            if (Number(number) !== next) disordered++;
            next++;
          }
        });
        answer.on('error', end);
        answer.on('end', () => {
          // The blank after the last number belongs to the end of the answer and may be gone.
          if (text !== '' && Number(text) === next) next++;
          end();
        });
      },
    );
    sending.on('error', end);
    sending.end(body);
  });
}

function contentOf(json: string): string {
  const { choices } = JSON.parse(json) as {
    readonly choices?: readonly { readonly delta: { readonly content?: string } }[];
  };
  return choices?.[0]?.delta.content ?? '';
}
