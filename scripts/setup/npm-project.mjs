// Lets npm install what a small project names, into a directory of its own. Plain JavaScript without dependencies,
// because the pinned Node is installed by it under whatever Node the machine has.
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What is installed is what the lockfile names. Scripts of packages are not run, and what the user has configured to be
 * left out is installed all the same: the project holds nothing that can be left out.
 *
 * @returns the code and the details of the error, undefined where all went well
 */
export function installProject(directory, dependencies, optionalDependencies, packages) {
  const named = { name: 'tiegel-packages', version: '0.0.0', dependencies, optionalDependencies };
  const lockfile = { lockfileVersion: 3, requires: true, packages: { '': named, ...packages } };
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, 'package.json'), JSON.stringify({ ...named, private: true }));
    writeFileSync(join(directory, 'package-lock.json'), JSON.stringify(lockfile));
  } catch (error) {
    return failureOf(String(error.code), error.message, directory);
  }
  const npm = process.env.npm_execpath;
  const [command, first] = npm ? [process.execPath, [npm]] : ['npm', []];
  const { status, stderr, error } = spawnSync(
    command,
    [...first, 'install', '--prefix', directory, ...options],
    {
      cwd: directory,
      encoding: 'utf8',
      stdio: ['ignore', 'ignore', 'pipe'],
      maxBuffer: 2 ** 26,
      shell: npm === undefined && process.platform === 'win32',
    },
  );
  if (status === 0) return undefined;
  const text = error?.message ?? stderr;
  const code = /^npm (?:error|ERR!) code (\S+)/m.exec(text)?.[1] ?? /\bE[A-Z]{4,}\b/.exec(text)?.[0];
  return failureOf(code ?? `status ${status}`, text, directory);
}

const options = [
  '--no-save',
  '--package-lock',
  '--ignore-scripts',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
  '--prefer-offline',
  ...['prod', 'dev', 'optional', 'peer'].map((kind) => `--include=${kind}`),
  // A machine without a network is told so within a minute.
  '--fetch-timeout=60000',
  '--fetch-retries=2',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=5000',
];

const byCode = {
  TGL_SETUP_NO_REGISTRY: [
    'ENOTFOUND',
    'EAI_AGAIN',
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
    'ERR_SOCKET_TIMEOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
    'ENOTCACHED',
    'FETCH_ERROR',
  ],
  TGL_SETUP_PACKAGE_MISSING: ['E404', 'ETARGET', 'E401', 'E403'],
  TGL_SETUP_PACKAGE_CHANGED: ['EINTEGRITY'],
  TGL_SETUP_DISK_FULL: ['ENOSPC', 'EDQUOT'],
};

function failureOf(npmCode, text, path) {
  const code = Object.keys(byCode).find((row) => byCode[row].includes(npmCode)) ?? 'TGL_SETUP_FAILED';
  // Of what npm says, the first line behind its code that says something.
  const said = text
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim())
    .find((line) => line !== '' && !/^(code|errno|syscall|path|network) ?\S*$/.test(line));
  return { code, details: { path, reason: said ? `${npmCode}: ${said}` : npmCode } };
}
