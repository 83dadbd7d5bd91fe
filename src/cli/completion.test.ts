// Completion as shells see it: bash runs the script where it is installed, and asks the program itself.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { joinedWords } from './completion.ts';
import { shellScript, shells } from './shell-script.ts';

const program = [process.execPath, join(import.meta.dirname, 'main.ts')];
const installed = (shell: string): boolean => spawnSync(shell, ['-c', 'exit 0']).status === 0;

test('words that bash breaks at colons and equals signs are whole again', () => {
  expect(joinedWords(['show', 'deepseek-r1', ':', '7b'])).toEqual(['show', 'deepseek-r1:7b']);
  expect(joinedWords(['chat', '--model', '=', 'far'])).toEqual(['chat', '--model=far']);
  expect(joinedWords(['show', 'deepseek-r1', ':', ''])).toEqual(['show', 'deepseek-r1:']);
  expect(joinedWords(['up', '--port', '0', ''])).toEqual(['up', '--port', '0', '']);
});

test.each(shells.map((shell) => [shell, installed(shell)] as const))(
  '%s parses its script',
  (shell, here) => {
    const script = shellScript(shell, ["/a path/with 'quotes'/node", 'main.ts']);
    expect(script).toContain('tiegel');
    // Not every machine has the three shells.
    if (here) expect(spawnSync(shell, ['-n'], { input: script })).toMatchObject({ status: 0 });
  },
);

describe.skipIf(!installed('bash'))('bash', () => {
  const home = mkdtempSync(join(tmpdir(), 'tiegel-completion-'));
  mkdirSync(join(home, 'manifests'));
  for (const name of ['tiegel-nano', 'deepseek-r1:1.5b', 'deepseek-r1:7b'])
    writeFileSync(join(home, 'manifests', `${name}.json`), '{}');
  writeFileSync(join(home, 'a model.gguf'), '');
  writeFileSync(join(home, 'script'), shellScript('bash', program));

  /** Calls the function that the script registers, with the words as bash breaks them. */
  function completed(...words: readonly string[]): readonly string[] {
    const lines = `source ./script
complete -p tiegel | grep -q _tiegel || exit 1
COMP_WORDS=(tiegel "$@"); COMP_CWORD=$#; _tiegel
printf '%s\\n' "\${COMPREPLY[@]}"`;
    const options = {
      cwd: home,
      env: { PATH: process.env.PATH, TIEGEL_HOME: home },
      encoding: 'utf8',
    } as const;
    const { stdout, status } = spawnSync('bash', ['--norc', '-c', lines, 'bash', ...words], options);
    expect(status).toBe(0);
    return stdout.split('\n').filter((line) => line !== '');
  }

  test('completes commands, options and models, whose colons it breaks', () => {
    expect(completed('rev')).toEqual(['revoke']);
    expect(completed('convert', '--o')).toEqual(['--out', '--offline']);
    expect(completed('show', 'tie')).toEqual(['tiegel-nano']);
    expect(completed('show', 'deepseek-r1', ':', '')).toEqual(['1.5b', '7b']);
    expect(completed('show', 'deepseek-r1', ':', '7')).toEqual(['7b']);
  });

  test('adds files where files may stand, and evaluates nothing that was typed', () => {
    expect(completed('inspect', 'a')).toEqual(['a model.gguf']);
    expect(completed('up', '$(touch made)', '')).toEqual([]);
    expect(completed('', 'x')).toEqual([]);
    expect(completed('inspect', 'm')).not.toContain('made');
  });
});
