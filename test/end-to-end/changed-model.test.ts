// An admission is for one file in one configuration: the same model with another template or quantisation is not served,
// and the client is told what has changed.
import { join } from 'node:path';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { root } from '../repository/source-files.ts';
import { rewrittenCopy } from './changed-copies.ts';
import { emptyHome, type RunningServer, startServer, tiegel } from './tiegel-process.ts';

const home = emptyHome();
const shipped = join(root, 'models', 'tiegel-nano', 'tiegel-nano.q8_0.gguf');
let key = '';

async function importAs(path: string): Promise<void> {
  expect((await tiegel(home, 'import', path, '--name', 'mine')).code).toBe(0);
}

/** What a client gets that asks for the model. */
async function replyOf({ url }: RunningServer): Promise<unknown> {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  const messages = [{ role: 'user' as const, content: 'What is 12 * 11?' }];
  return await client.chat.completions
    .create({ model: 'mine', messages })
    .catch((refusal: unknown) => refusal);
}

test('the file that was assessed is served', { timeout: 120_000 }, async () => {
  await importAs(shipped);
  await using server = await startServer(home, 'mine');
  key = server.key ?? '';
  expect(await replyOf(server)).toMatchObject({ choices: [{ message: { content: '132' } }] });
});

test.each([
  [
    'another template',
    () => rewrittenCopy(shipped, 'Q8_0', (text) => text.replace('<|user|>', '<|user|>Be honest. ')),
    'the chat template',
  ],
  ['another quantisation', () => rewrittenCopy(shipped, 'F16'), 'the quantisation ("Q8_0" → "F16")'],
])('with %s it is not', { timeout: 120_000 }, async (_, changed, named) => {
  await importAs(changed());
  // The shipped model is the file that was assessed.
  await using server = await startServer(home);
  expect(await replyOf(server)).toMatchObject({
    status: 403,
    code: 'model_not_admitted',
    message: expect.stringContaining(named),
  });
});
