// The servers that run over a data directory: each leaves a note while it serves, so that a command that changes models
// can say what it touches. A note whose process is gone counts for nothing and is swept away.
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, makeDirectory, writeFileAtomically } from '../base/index.ts';

export type RunningServer = {
  readonly process: number;
  readonly url: string;
  readonly models: readonly string[];
};

/** Leaves the note until disposed of. @throws TGL_DISK_FULL, TGL_FILE_NOT_WRITABLE */
export function announceServer(home: string, server: Omit<RunningServer, 'process'>): Disposable {
  const directory = directoryOf(home);
  makeDirectory(directory, 0o700);
  const path = join(directory, `${process.pid}.json`);
  writeFileAtomically(path, `${JSON.stringify({ process: process.pid, ...server })}\n`, { mode: 0o600 });
  return { [Symbol.dispose]: () => rmSync(path, { force: true }) };
}

/** Those that run at this moment. */
export function runningServers(home: string): readonly RunningServer[] {
  const directory = directoryOf(home);
  return namesIn(directory).flatMap((name) => {
    const path = join(directory, name);
    const server = readNote(path);
    if (server !== undefined && isRunning(server.process)) return [server];
    rmSync(path, { force: true });
    return [];
  });
}

function directoryOf(home: string): string {
  return join(home, 'servers');
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory).filter((name) => /^\d+\.json$/.test(name));
  } catch {
    return [];
  }
}

function readNote(path: string): RunningServer | undefined {
  try {
    const { process: identifier, url, models } = JSON.parse(readFileSync(path, 'utf8')) as RunningServer;
    const sound = typeof url === 'string' && Array.isArray(models);
    return sound ? { process: identifier, url, models } : undefined;
  } catch {
    return undefined;
  }
}
