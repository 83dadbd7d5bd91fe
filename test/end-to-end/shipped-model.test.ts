// The main job, as a newcomer meets it: `tiegel up` on an empty data directory assesses and serves the shipped
// reasoner, and the official client holds a conversation with it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isHonestAnswer } from '../../src/tasks/index.ts';
import { root } from '../repository/source-files.ts';
import { emptyHome, type RunningServer, startServer, tiegel } from './tiegel-process.ts';

type Delta = { content?: string | null; reasoning_content?: string; reasoning?: string };

const home = emptyHome();
const countdown = 'Use 3, 5 and 6 once each with + - * to make 21.';
let server: RunningServer;
let client: OpenAI;

beforeAll(async () => {
  server = await startServer(home);
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: server.key ?? '', maxRetries: 0 });
}, 180_000);

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const ask = (content: string) => ({ model: server.model, messages: [{ role: 'user' as const, content }] });

describe('tiegel up on an empty data directory', () => {
  test('assesses the shipped model, serves it on loopback and shows the key', () => {
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(server.key).toMatch(/^tgl_/);
    expect(server.model).toBe('tiegel-nano');
    expect(server.stderr()).toContain('Assessing it now');
  });

  test('lists the model', async () => {
    const models = await client.models.list();
    expect(models.data.map(({ id }) => id)).toEqual(['tiegel-nano']);
  });

  test('thinks, then answers', async () => {
    const completion = await client.chat.completions.create(ask(countdown));
    const message = completion.choices[0]!.message as Delta;
    expect(message.content).toMatch(/= 21$/);
    expect(message.reasoning_content).toMatch(/yes/);
    expect(message.reasoning).toBe(message.reasoning_content);
    expect(completion.choices[0]!.finish_reason).toBe('stop');
    const { completion_tokens, completion_tokens_details } = completion.usage!;
    expect(completion_tokens_details!.reasoning_tokens).toBeGreaterThan(10);
    expect(completion_tokens_details!.reasoning_tokens).toBeLessThan(completion_tokens);
  });

  test('streams thinking before the answer, and the stream says what the whole says', async () => {
    const whole = await client.chat.completions.create(ask(countdown));
    const stream = await client.chat.completions.create({ ...ask(countdown), stream: true });
    let reasoning = '';
    let answer = '';
    for await (const chunk of stream) {
      const delta = (chunk.choices[0]?.delta ?? {}) as Delta;
      if (delta.reasoning_content) expect(answer).toBe('');
      reasoning += delta.reasoning_content ?? '';
      answer += delta.content ?? '';
    }
    expect(answer).toBe(whole.choices[0]!.message.content);
    expect(reasoning).toBe((whole.choices[0]!.message as Delta).reasoning_content);
  });

  test('goes on with a conversation', async () => {
    const { content } = (await client.chat.completions.create(ask(countdown))).choices[0]!.message;
    const next = await client.chat.completions.create({
      model: server.model,
      messages: [
        { role: 'user', content: countdown },
        { role: 'assistant', content },
        { role: 'user', content: 'What is 12 * 11?' },
      ],
    });
    expect(next.choices[0]!.message.content).toBe('132');
  });

  test('an aborted stream ends, and the next request is served at once', async () => {
    const abort = new AbortController();
    const stream = await client.chat.completions.create(
      { ...ask(countdown), stream: true },
      { signal: abort.signal },
    );
    for await (const _ of stream) abort.abort();
    const { content } = (await client.chat.completions.create(ask('What is 12 * 11?'))).choices[0]!.message;
    expect(content).toBe('132');
  });

  test.each([
    ['en', 'Who are you?'],
    ['de', 'Wie wird das Wetter morgen?'],
  ] as const)('says in %s what it can do when it is asked something else', async (language, prompt) => {
    const { content } = (await client.chat.completions.create(ask(prompt))).choices[0]!.message;
    expect(isHonestAnswer(content ?? '', language)).toBe(true);
  });

  test('refuses a wrong key, an unknown model and a field it does not know', async () => {
    const stranger = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'tgl_wrong', maxRetries: 0 });
    await expect(stranger.models.list()).rejects.toMatchObject({ status: 401 });
    await expect(client.chat.completions.create({ ...ask('x'), model: 'gpt-4o' })).rejects.toMatchObject({
      status: 404,
    });
    await expect(client.chat.completions.create({ ...ask('x'), temperature: 9 })).rejects.toMatchObject({
      status: 400,
    });
  });

  test('prompts, answers and keys are in no log', () => {
    expect(server.stderr()).not.toContain('once each');
    expect(server.stderr()).not.toContain(server.key);
  });
});

describe('a second start on the same data directory', () => {
  test('serves without another assessment and does not show the key again; SIGTERM ends it cleanly', async () => {
    await using second = await startServer(home);
    expect(second.key).toBeNull();
    expect(second.stderr()).not.toContain('Assessing');
    expect(await second.stop('SIGTERM')).toBe(0);
  });

  test('a model that is in the catalog without a record answers 403 with the reason', async () => {
    const shipped = join(root, 'models', 'tiegel-nano', 'tiegel-nano.q8_0.gguf');
    const bytes = readFileSync(shipped);
    expect(bytes.length).toBeLessThan(4_000_000);
    const { openCatalog } = await import('../../src/catalog/index.ts');
    const { systemClock } = await import('../../src/base/index.ts');
    const { damagedCopy } = await import('./changed-copies.ts');
    const path = damagedCopy(shipped);
    await openCatalog({ home, clock: systemClock }).variants.importFile(path, {
      name: 'stranger',
      source: 'a test',
    });
    await using again = await startServer(home);
    const other = new OpenAI({ baseURL: `${again.url}/v1`, apiKey: server.key ?? '', maxRetries: 0 });
    await expect(other.chat.completions.create({ ...ask('x'), model: 'stranger' })).rejects.toMatchObject({
      status: 403,
      code: 'model_not_admitted',
      message: expect.stringContaining('has not been assessed'),
    });
  });
});

test('tiegel show prints the card of the shipped model', async () => {
  const { code, stdout } = await tiegel(home, 'show', 'tiegel-nano');
  expect(code).toBe(0);
  expect(stdout).toContain(
    readFileSync(join(root, 'models', 'tiegel-nano', 'README.md'), 'utf8').split('\n')[0],
  );
});

describe('tiegel chat', () => {
  test('prints thinking and answer as text', async () => {
    const { code, stdout } = await tiegel(home, 'chat', countdown);
    expect(code).toBe(0);
    const [thinking, answer] = stdout.split('\n\n') as [string, string];
    expect(thinking).toMatch(/yes/);
    expect(answer.trim()).toMatch(/= 21$/);
  });

  test('prints one JSON object with --json', async () => {
    const { stdout } = await tiegel(home, 'chat', '--json', 'Was ist 47 * 36?');
    expect(JSON.parse(stdout)).toMatchObject({ answer: '1692', thinking: { outcome: 'closed' } });
  });

  test('holds a conversation over standard input', async () => {
    const child = spawn(process.execPath, ['src/cli/main.ts', 'chat'], {
      cwd: root,
      env: { ...process.env, TIEGEL_HOME: home },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.stdin.end('What is 12 * 11?\nWhat is 20 * 20?\n');
    await once(child, 'close');
    expect(output).toMatch(/132[\s\S]*400/);
  });
});
