// What anybody expects of a command line: help, version, one error, an address that is looked at first.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import packageFile from '../../package.json' with { type: 'json' };
import { emptyHome, startServer, tiegel } from './tiegel-process.ts';

test('without a word it prints its help, and so does a group of commands', async () => {
  const bare = await tiegel(emptyHome());
  expect(bare).toMatchObject({ code: 0, stderr: '' });
  expect(bare.stdout).toMatch(/^Usage: tiegel .*\n[\s\S]*\n {2}up /);
  const group = await tiegel(emptyHome(), 'remote');
  expect(group).toMatchObject({ code: 0, stderr: '' });
  expect(group.stdout).toMatch(/^Usage: tiegel remote .*\n[\s\S]*\n {2}add /);
});

test('--version says the version of the package', async () => {
  expect(await tiegel(emptyHome(), '--version')).toEqual({
    code: 0,
    stdout: `${packageFile.version}\n`,
    stderr: '',
  });
});

test('an error appears once: as text on stderr, or with --json as one object on stdout', async () => {
  const text = await tiegel(emptyHome(), 'show', 'nothing-of-that-name');
  expect(text).toMatchObject({ code: 1, stdout: '' });
  expect(text.stderr.match(/TGL_MODEL_UNKNOWN/g)).toHaveLength(1);
  const json = await tiegel(emptyHome(), 'show', 'nothing-of-that-name', '--json');
  expect(json).toMatchObject({ code: 1, stderr: '' });
  expect(JSON.parse(json.stdout)).toMatchObject({ error: { code: 'TGL_MODEL_UNKNOWN', retryable: false } });
});

test('a word that is no command is named, in a group as well', async () => {
  for (const words of [['nonsense'], ['remote', 'nonsense']]) {
    const { code, stderr } = await tiegel(emptyHome(), ...words);
    expect(code).toBe(2);
    expect(stderr).toContain(`unknown command '${words.join(' ')}'`);
  }
});

test('a port that is taken is found before anything is assessed or loaded', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  const home = emptyHome();
  const { code, stdout } = await tiegel(home, 'up', '--port', String(port), '--json');
  other.close();
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'TGL_ADDRESS_IN_USE' } });
  const listed = JSON.parse((await tiegel(home, 'list', '--json')).stdout);
  expect(listed.variants).toEqual([]);
});

test('a model on a server is listed, one in service is named when it is removed', {
  timeout: 120_000,
}, async () => {
  const home = emptyHome();
  const where = ['--endpoint', 'http://127.0.0.1:9/v1', '--allow-private', '--context', '512'];
  await tiegel(home, 'remote', 'add', 'far', '--model', 'org/far', ...where);
  expect((await tiegel(home, 'list')).stdout).toMatch(/On servers\n {2}far: org\/far on compatible/);
  await using server = await startServer(home, '--host', 'localhost', '--port', '0');
  const { code, stderr } = await tiegel(home, 'remove', server.model);
  expect(code).toBe(0);
  expect(stderr).toContain(`${server.model} is in service at ${server.url}`);
  await server.stop();
  await tiegel(home, 'import', 'models/tiegel-nano/tiegel-nano.q8_0.gguf', '--name', server.model);
  expect((await tiegel(home, 'remove', server.model)).stderr).toBe('');
});
