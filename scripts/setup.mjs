// Brings a checkout to the state its lockfile describes, then checks the Node version. Plain JavaScript without
// dependencies, because it runs before anything is installed, under whatever Node (20 or later) the machine has.
// The pinned Node 24 arrives as a platform package whose binary npm puts first on PATH for every later script.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const stampPath = join(root, 'node_modules', '.tiegel-setup');
const lockDigest = createHash('sha256')
  .update(readFileSync(join(root, 'package-lock.json')))
  .digest('hex');
const installed = existsSync(stampPath) && readFileSync(stampPath, 'utf8') === lockDigest;

if (!installed) {
  process.stderr.write('Installing dependencies (once per change of package-lock.json) …\n');
  const npm = process.env.npm_execpath;
  const [command, prefix] = npm ? [process.execPath, [npm]] : ['npm', []];
  // Not `npm ci`: it refuses a lockfile that lacks packages for other platforms, and registries differ in which of
  // those they hold. Versions and digests come from the lockfile all the same, and it is not rewritten.
  const result = spawnSync(command, [...prefix, 'install', '--no-save', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (result.status !== 0) {
    process.stderr.write(
      'npm install failed. Read the lines above; the usual cause is that no package registry can be reached.\n',
    );
    process.exit(result.status ?? 1);
  }
  writeFileSync(stampPath, lockDigest);
}

const probe = spawnSync('node', ['--version'], { cwd: root, encoding: 'utf8' });
const version = (probe.stdout ?? '').trim();
if (Number(version.slice(1).split('.')[0]) < 24) {
  process.stderr.write(
    `Tiegel needs Node 24 or later and found ${version || 'none'}. No pinned binary exists for ${process.platform}-${process.arch}: install Node 24 and run the command again.\n`,
  );
  process.exit(1);
}
