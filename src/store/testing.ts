// A PostgreSQL server of a test's own: an unprivileged user, a free port, a data directory that goes when it ends. Nothing of a
// server that the machine has is touched. Imported by tests only.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';

export { ledgerEntry } from './ledger/entry-fixture.ts';

const debianDirectory = '/usr/lib/postgresql';

/** Where the programs of the newest PostgreSQL of Debian are; undefined where it is not installed. */
export const postgresPrograms: string | undefined = existsSync(debianDirectory)
  ? readdirSync(debianDirectory)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(debianDirectory, version, 'bin'))
      .find((directory) => existsSync(join(directory, 'initdb')))
  : undefined;

/** Ends the name of a test that is skipped without it. */
export const needsPostgres = "needs Debian's package postgresql";

export type PostgresServer = AsyncDisposable & {
  /** The URL of a fresh, empty database. */
  readonly newDatabase: () => Promise<string>;
  /** Ends every connection to a database, as a crash of the server would. */
  readonly disconnectAll: (url: string) => Promise<void>;
  /** Runs a statement in a database. */
  readonly run: (url: string, statement: string) => Promise<readonly Readonly<Record<string, unknown>>[]>;
};

/** @throws Error where it does not start */
export async function startPostgres(): Promise<PostgresServer> {
  const { server, port, directory } = await spawnServer();
  const kill = (): void => void server.kill('SIGKILL');
  process.once('exit', kill);
  const urlOf = (database: string): string => `postgres://tiegel@127.0.0.1:${port}/${database}`;
  const run: PostgresServer['run'] = async (url, statement) => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => {});
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  };
  await untilReady(server, () => run(urlOf('postgres'), 'select 1'));
  let databases = 0;
  return {
    run,
    newDatabase: async () => {
      const name = `store_${++databases}`;
      await run(urlOf('postgres'), `create database ${name}`);
      return urlOf(name);
    },
    disconnectAll: async (url) => {
      const name = new URL(url).pathname.slice(1);
      await run(
        urlOf('postgres'),
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${name}'`,
      );
    },
    [Symbol.asyncDispose]: async () => {
      process.removeListener('exit', kill);
      const ended = once(server, 'exit');
      // A fast shutdown: connections are cut.
      server.kill('SIGINT');
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function spawnServer(): Promise<{
  readonly server: ChildProcess;
  readonly port: number;
  readonly directory: string;
}> {
  const programs = postgresPrograms as string;
  const user = unprivilegedUser();
  const directory = mkdtempSync(join(tmpdir(), 'tiegel-postgres-'));
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
  const data = join(directory, 'data');
  const made = spawnSync(
    join(programs, 'initdb'),
    ['-D', data, '-U', 'tiegel', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'],
    { cwd: directory, ...user, encoding: 'utf8' },
  );
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr || made.error?.message}`);
  const port = await freePort();
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `unix_socket_directories=${directory}`];
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { cwd: directory, ...user, stdio: 'ignore' },
  );
  return { server, port, directory };
}

/** PostgreSQL refuses to run as root. Undefined: whoever runs the test will do. */
function unprivilegedUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const [, , uid, gid] =
    users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')!;
  return { uid: Number(uid), gid: Number(gid) };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function untilReady(server: ChildProcess, connect: () => Promise<unknown>): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await connect();
      return;
    } catch (cause) {
      if (server.exitCode !== null || attempt === 300) throw new Error('PostgreSQL did not start', { cause });
      await pause(100);
    }
  }
}
