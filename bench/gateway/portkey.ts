// Portkey's gateway as a side of the gateway bench: the file that PORTKEY_GATEWAY names, or a release that is fetched from the
// package registry once and kept beside other caches of the user, since nothing of the project needs it. It is asked for whole
// replies only: a fresh installation of 1.15.2 cannot stream.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installProject } from '../../scripts/setup/npm-project.mjs';
import { type BenchServer, startServer } from './child.ts';

export type Portkey = BenchServer & {
  /** What makes it pass requests on to the upstream. */
  readonly headers: Readonly<Record<string, string>>;
};

const startMs = 20_000;
const lookMs = 100;

const release = '1.15.2';

/** The file that starts it, installed where it is not there yet. @throws Error where the registry cannot be reached */
export function portkeyFile(): string {
  const named = process.env.PORTKEY_GATEWAY;
  if (named !== undefined) return named;
  const caches = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tiegel', 'bench');
  const folder = join(caches, `portkey-gateway-${release}`);
  if (!existsSync(folder)) install(caches, folder);
  return join(folder, 'node_modules/@portkey-ai/gateway/build/start-server.js');
}

/** Whole or not at all. None of its packages runs a script. */
function install(caches: string, folder: string): void {
  process.stderr.write(`installing @portkey-ai/gateway ${release} into ${folder}\n`);
  mkdirSync(caches, { recursive: true });
  const made = mkdtempSync(`${folder}-`);
  try {
    const failure = installProject(made, { '@portkey-ai/gateway': release }, {}, {});
    if (failure !== undefined) throw new Error(JSON.stringify(failure));
    renameSync(made, folder);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** Starts it before the upstream. Throws where it does not listen in time. */
export async function startPortkey(file: string, upstreamPort: number): Promise<Portkey> {
  const port = await freePort();
  const probe = new URL('./portkey-probe.ts', import.meta.url).href;
  const server = await startServer(pathToFileURL(file).href, ['--headless', `--port=${port}`], {
    nodeArgs: ['--import', probe],
    quiet: true,
  });
  const headers = {
    'x-portkey-provider': 'openai',
    'x-portkey-custom-host': `http://127.0.0.1:${upstreamPort}/v1`,
  };
  for (let waited = 0; waited < startMs; waited += lookMs) {
    if (await listens(port)) return { ...server, port, headers };
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
  server[Symbol.dispose]();
  throw new Error(`nothing listens on its port after ${startMs} ms`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
