// What strangers wrote into files, onto servers and onto the command line is printed by many commands, and steers the
// terminal by none of them.
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeModel } from '../../src/catalog/fixture.ts';
import { emptyHome, type Finished, runToEnd, tiegel } from './tiegel-process.ts';

/** Clears the screen, sets the title, turns text around, begins a sequence in 8 bits. */
const hostile = 'x\u001b[2J\u001b]0;owned\u0007\u202egnp\u009b31my';
const steering = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u;

/** A server that answers everything with such text. */
async function hostileServer(): Promise<AsyncDisposable & { readonly origin: string }> {
  const body = JSON.stringify({
    error: { message: hostile },
    data: [{ id: hostile, name: hostile }],
    submission_id: hostile,
    message: hostile,
  });
  const server = createServer((_, response) => {
    response.writeHead(400, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const withoutLineEnds = (text: string): string => text.replaceAll(/[\n\t]/g, '');

/** @returns whether the text was printed at all */
function expectHarmless(words: readonly string[], { stdout, stderr }: Finished): boolean {
  const command = JSON.stringify(words);
  expect(withoutLineEnds(stdout), command).not.toMatch(steering);
  expect(withoutLineEnds(stderr), command).not.toMatch(steering);
  return `${stdout}${stderr}`.includes('owned');
}

test('every command that prints foreign text prints it so that it steers nothing', {
  timeout: 240_000,
}, async () => {
  const home = emptyHome();
  const file = join(home, 'model.gguf');
  const card = join(home, 'card.md');
  const text = { type: 'string', value: hostile } as const;
  writeModel(file, {
    template: `{{ ${JSON.stringify(hostile)} }}`,
    metadata: { 'general.license': text, 'general.name': text },
  });
  writeFileSync(card, `# ${hostile}\n`);
  await using server = await hostileServer();
  const remote = ['remote', 'add', 'far', '--endpoint', `${server.origin}/v1`, '--model', hostile];
  const commands: readonly (readonly string[])[] = [
    ['inspect', file],
    ['import', file, '--card', card, '--name', 'hostile'],
    ['show', 'hostile'],
    ['revoke', 'hostile', '--reason', hostile],
    ['list'],
    ['show', hostile],
    [hostile],
    ['up', '--draft', hostile],
    ['pull', `hf:${hostile}`],
    ['assess', 'verify', hostile],
    ['teach', 'report', hostile],
    ['convert', home, '--out', 'x.gguf', '--type', hostile],
    [...remote, '--allow-private', '--context', '512'],
    ['remote', 'list'],
    ['assess', 'far'],
  ];
  const silent: string[] = [];
  for (const words of commands) {
    const forms = ['inspect', 'show', 'remote'].includes(words[0]!) ? [[], ['--json']] : [[]];
    for (const form of forms) {
      const all = [...words, ...form];
      if (!expectHarmless(all, await tiegel(home, ...all))) silent.push(all.slice(0, 2).join(' '));
    }
  }
  // Those have nothing of it to print; everything else has shown that it prints it, and how.
  expect([...new Set(silent)]).toEqual([]);
  const variable = { TIEGEL_PORT: hostile };
  const command = [process.execPath, 'src/cli/main.ts', 'list'];
  expect(expectHarmless(['list'], await runToEnd(home, command, variable))).toBe(true);
});
