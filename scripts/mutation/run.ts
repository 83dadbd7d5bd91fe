// `npm run test:mutation -- FOLDER`: changes the code of a folder of src in many small ways and counts how many of the
// changes its tests notice. Fails below 85 %. FOLDER is a path below src, such as `reasoning` or `assess/policy`. With
// MUTATION_SAMPLE=0.2 it measures a random fifth of the changes; MUTATION_SEED=2 draws another one.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const [folder = '', ...options] = process.argv.slice(2);

if (!/^[a-z0-9-]+(\/[a-z0-9-]+)*$/.test(folder) || !existsSync(join(root, 'src', folder))) {
  process.stderr.write(
    `There is no folder src/${folder}. Usage: npm run test:mutation -- FOLDER [options of stryker run]\n`,
  );
  process.exit(2);
}

const stryker = join(root, 'node_modules', '@stryker-mutator', 'core', 'bin', 'stryker.js');
const { status } = spawnSync(process.execPath, [stryker, 'run', 'stryker.config.mjs', ...options], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, MUTATION_FOLDER: folder },
});
process.exit(status ?? 1);
