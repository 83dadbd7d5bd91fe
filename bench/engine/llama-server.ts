// llama-server as the other side, where LLAMA_SERVER names a binary: one process, one slot a sequence, over HTTP
// without streaming, which is the least that it can cost a client.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { systemClock } from '../../src/base/index.ts';
import type { ComparedSide } from './compare.ts';
import { contextLength, cpuMillisecondsOf, type Side, sequences, type WaitingSide } from './side.ts';

type ServerSize = { readonly slots: number; readonly contextLength: number; readonly threads: number };

type Server = AsyncDisposable &
  ComparedSide & {
    /** Greedy. @param cached whether it may use what it holds of prompts that begin alike. @returns tokens generated */
    readonly complete: (prompt: string, maxTokens: number, cached: boolean) => Promise<number>;
  };

async function launch(binary: string, modelPath: string, size: ServerSize): Promise<Server> {
  const port = await freePort();
  const options = {
    ...{ '-m': modelPath, '-t': size.threads, '-np': size.slots, '-c': size.contextLength * size.slots },
    ...{ '--host': '127.0.0.1', '--port': port },
  };
  const flags = Object.entries(options).flatMap(([name, value]) => [name, String(value)]);
  const child = spawn(binary, flags, { stdio: 'ignore' });
  const kill = (): boolean => child.kill('SIGKILL');
  process.once('exit', kill);
  const address = `http://127.0.0.1:${port}`;
  const ended = once(child, 'close').then(() => {
    throw new Error('llama-server ended');
  });
  await Promise.race([isHealthy(address), ended]);
  ended.catch(() => {});
  return {
    complete: async (prompt, maxTokens, cached) => {
      const body = { prompt, n_predict: maxTokens, temperature: 0, cache_prompt: cached };
      const response = await fetch(`${address}/completion`, { method: 'POST', body: JSON.stringify(body) });
      return ((await response.json()) as { readonly tokens_predicted: number }).tokens_predicted;
    },
    cpuMilliseconds: () => cpuMillisecondsOf(child.pid),
    [Symbol.asyncDispose]: async () => {
      kill();
      process.off('exit', kill);
      await ended.catch(() => {});
    },
  };
}

/** @param threads as many as our engine takes. */
export async function startLlamaServer(binary: string, modelPath: string, threads: number): Promise<Side> {
  const { complete, ...server } = await launch(binary, modelPath, {
    slots: sequences,
    contextLength,
    threads,
  });
  return {
    ...server,
    run: async ({ prompts, maxTokens }) => {
      const started = systemClock.monotonic();
      const counts = prompts.map((pieces) =>
        complete(pieces.map(({ text }) => text).join(''), maxTokens, false),
      );
      const tokens = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
      return { tokens, milliseconds: systemClock.monotonic() - started };
    },
  };
}

export async function startWaitingLlamaServer(
  binary: string,
  modelPath: string,
  size: ServerSize,
): Promise<WaitingSide> {
  const { complete, ...server } = await launch(binary, modelPath, size);
  return {
    ...server,
    firstToken: async (text, conversation) => {
      const started = systemClock.monotonic();
      await complete(text, 1, conversation !== undefined);
      return systemClock.monotonic() - started;
    },
  };
}

async function isHealthy(address: string): Promise<void> {
  for (;;) {
    const answer = await fetch(`${address}/health`).catch(() => undefined);
    if (answer?.ok) return;
    await pause(100);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  server.close();
  await once(server, 'close');
  return port;
}
