import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeDirectory, writeFileAtomically } from './files.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'tiegel-files-'));

test('the file holds the new content, with the mode asked for, and nothing is left beside it', () => {
  const path = join(folder(), 'value');
  writeFileAtomically(path, 'one');
  writeFileAtomically(path, [Buffer.from('tw'), Buffer.from('o')], { mode: 0o600 });
  expect(readFileSync(path, 'utf8')).toBe('two');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(join(path, '..'))).toEqual(['value']);
});

test('content that fails half-way leaves the old file and no partial one', () => {
  const path = join(folder(), 'value');
  writeFileAtomically(path, 'old');
  const failing = function* () {
    yield Buffer.from('new');
    throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  };
  expect(() => writeFileAtomically(path, failing())).toThrow(/no room left/);
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(join(path, '..'))).toEqual(['value']);
});

test('a process killed while it writes leaves the old content or the new one', async () => {
  const directory = folder();
  const path = join(directory, 'value');
  writeFileSync(path, 'A'.repeat(1_000_000));
  const program = `
    import { writeFileAtomically } from '${join(import.meta.dirname, 'files.ts')}';
    process.stdout.write('ready');
    for (let turn = 0; ; turn++) writeFileAtomically('${path}', (turn % 2 ? 'A' : 'B').repeat(1_000_000));`;
  for (let trial = 0; trial < 5; trial++) {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, 5 + trial * 9));
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));
    expect(readFileSync(path, 'utf8')).toMatch(/^(A{1000000}|B{1000000})$/);
  }
});

test('directories are made with those above them, and a place that takes none is an error, not an endless loop', () => {
  const parent = folder();
  makeDirectory(join(parent, 'a', 'b'));
  makeDirectory(join(parent, 'a', 'b'));
  expect(readdirSync(join(parent, 'a'))).toEqual(['b']);
  writeFileSync(join(parent, 'file'), '');
  expect(() => makeDirectory(join(parent, 'file', 'below'))).toThrow();
  if (process.platform === 'linux') expect(() => makeDirectory('/proc/nowhere/below')).toThrow();
});
