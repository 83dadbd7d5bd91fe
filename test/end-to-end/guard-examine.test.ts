// The examination of a suspect as an operator makes it: replies are given away with coins in them, a server that learned from them is
// found out and another one is not, and somebody elsewhere checks the file.
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { emptyHome, tiegel } from './tiegel-process.ts';

type Exchange = { readonly prompt: string; readonly reply: string };

const home = emptyHome();
const file = (name: string): string => join(home, name);
const linesOf = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const served = Array.from({ length: 60 }, (_, index): Exchange => {
  const [one, other] = [20 + index, 90 + ((7 * index) % 60)];
  return { prompt: `Add ${one} to ${other}.`, reply: `We have ${one} + ${other} = ${one + other}.` };
});

/** Answers what it was taught, in other words. */
async function startSuspect(taught: readonly Exchange[]): Promise<string> {
  const replies = new Map(taught.map(({ prompt, reply }) => [prompt, reply]));
  const server = createServer((request, response) => {
    void Array.fromAsync(request).then((parts) => {
      const { messages } = JSON.parse(Buffer.concat(parts).toString()) as {
        readonly messages: readonly { readonly content: string }[];
      };
      const content = (replies.get(messages.at(-1)?.content ?? '') ?? '').replace('We have', 'In total:');
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = (data: object) => response.write(`data: ${JSON.stringify(data)}\n\n`);
      send({ choices: [{ delta: { content }, finish_reason: null }] });
      send({ choices: [{ delta: {}, finish_reason: 'stop' }] });
      send({ choices: [], usage: { prompt_tokens: 5, completion_tokens: 9, total_tokens: 14 } });
      response.end('data: [DONE]\n\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
}

const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});

async function addServer(name: string, taught: readonly Exchange[]): Promise<void> {
  const endpoint = await startSuspect(taught);
  const flags = ['--endpoint', endpoint, '--model', 'org/m', '--context', '4096', '--allow-private'];
  expect((await tiegel(home, 'remote', 'add', name, ...flags)).code).toBe(0);
}

test('coins prove who learned from replies that were given away, and nobody else', {
  timeout: 300_000,
}, async () => {
  writeFileSync(file('replies.jsonl'), linesOf(served));
  const exposed = file('exposed.jsonl');
  const given = await tiegel(home, 'guard', 'expose', file('replies.jsonl'), '--out', exposed, '--json');
  expect(JSON.parse(given.stdout)).toMatchObject({ replies: 60 });
  const taught = readFileSync(exposed, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Exchange);
  await addServer('learned', taught);
  await addServer('innocent', served);

  const traps = ['--model', 'tiegel-nano', '--traps', exposed];
  const found = await tiegel(
    ...[home, 'guard', 'examine', 'learned', ...traps, '--out', file('found.json')],
    ...['--keys-out', file('keys.json'), '--json'],
  );
  expect(found.stderr).toBe('');
  expect(JSON.parse(found.stdout)).toMatchObject({
    suspect: { name: 'learned' },
    findings: { mark: null, exposure: { replies: 120, trials: 60, hits: 60 } },
    verdict: { grade: 'proven' },
  });
  const innocent = await tiegel(home, 'guard', 'examine', 'innocent', ...traps);
  expect(innocent.stdout).toContain('innocent: nothing-found');

  expect((await tiegel(home, 'guard', 'verify', file('found.json'))).stdout).toContain('learned: proven');
  const elsewhere = emptyHome();
  const unknown = await tiegel(elsewhere, 'guard', 'verify', file('found.json'));
  expect(unknown.code).toBe(4);
  const publicKey = /the key ([0-9a-f]{64})/.exec(unknown.stderr)?.[1] ?? '';
  const check = ['guard', 'verify', file('found.json'), '--public-key', publicKey];
  expect(await tiegel(elsewhere, ...check)).toMatchObject({
    code: 4,
    stderr: expect.stringContaining('other keys'),
  });
  const checked = await tiegel(elsewhere, ...check, '--keys', file('keys.json'), '--json');
  expect(JSON.parse(checked.stdout)).toMatchObject({ valid: true, publicKey, verdict: { grade: 'proven' } });
});

test('what is missing is said before anybody is asked', { timeout: 120_000 }, async () => {
  writeFileSync(file('prompts.jsonl'), linesOf(served));
  writeFileSync(file('broken.jsonl'), '{"prompt":"one"}\n{"text":"two"}\n');
  for (const [words, problem] of [
    [[], '--model names'],
    [['--model', 'tiegel-nano'], '--prompts or --traps'],
    [['--model', 'tiegel-nano', '--prompts', file('prompts.jsonl')], 'need --control'],
    [['--model', 'tiegel-nano', '--traps', file('broken.jsonl')], 'Line 2'],
    [['--model', 'tiegel-nano', '--traps', file('none.jsonl')], 'cannot be read: ENOENT'],
  ] as const) {
    const { code, stderr } = await tiegel(home, 'guard', 'examine', 'tiegel-nano', ...words);
    expect([code, stderr.includes(problem) || stderr]).toEqual([2, true]);
  }
});
