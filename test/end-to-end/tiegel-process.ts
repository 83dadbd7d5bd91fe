// Runs the command line as a user would, in a process of its own with a data directory of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../repository/source-files.ts';

export type Finished = { readonly code: number | null; readonly stdout: string; readonly stderr: string };

export function emptyHome(): string {
  return mkdtempSync(join(tmpdir(), 'tiegel-home-'));
}

/** The environment of a user who has nothing configured but a data directory and any free port. */
function environmentOf(home: string): NodeJS.ProcessEnv {
  const { TIEGEL_KEY: _, ...inherited } = process.env;
  return { ...inherited, TIEGEL_HOME: home, TIEGEL_PORT: '0' };
}

/** Runs a program to its end. */
export async function runToEnd(
  home: string,
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const [program, ...words] = command as [string, ...string[]];
  const child = spawn(program, words, { cwd: root, env: { ...environmentOf(home), ...environment } });
  const stdout = textOf(child.stdout);
  const stderr = textOf(child.stderr);
  const code = await exitOf(child);
  return { code, stdout: await stdout, stderr: await stderr };
}

export function tiegel(home: string, ...words: readonly string[]): Promise<Finished> {
  return runToEnd(home, [process.execPath, 'src/cli/main.ts', ...words]);
}

export type RunningServer = AsyncDisposable & {
  readonly url: string;
  readonly key: string | null;
  readonly model: string;
  readonly processId: number | undefined;
  readonly stderr: () => string;
  /** Sends a signal and waits for the end. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
};

/** Starts `tiegel up --json` and waits for its line. */
export async function startServer(home: string, ...words: readonly string[]): Promise<RunningServer> {
  const child = spawn(process.execPath, ['src/cli/main.ts', 'up', '--json', ...words], {
    cwd: root,
    env: environmentOf(home),
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const line = await firstLine(child, () => stderr);
  const { url, key, model } = JSON.parse(line) as { url: string; key: string | null; model: string };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      return exitOf(child);
    }
    return child.exitCode;
  };
  return {
    url,
    key,
    model,
    processId: child.pid,
    stderr: () => stderr,
    stop,
    [Symbol.asyncDispose]: async () => void (await stop('SIGKILL')),
  };
}

function firstLine(child: ChildProcess, stderr: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      if (text.includes('\n')) resolve(text.slice(0, text.indexOf('\n')));
    });
    child.once('exit', (code) =>
      reject(new Error(`tiegel up ended with ${code} before it served:\n${text}${stderr()}`)),
    );
  });
}

function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once('close', (code) => resolve(code)));
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8')) text += chunk;
  return text;
}
