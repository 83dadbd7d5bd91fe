// How long events may be gathered is said in a header: a whole number of milliseconds, else the request is refused before it waits for anything.
import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { startGateway, testKey, testModel } from '../testing.ts';
import { gatherMsOf } from './gather-time.ts';

const name = 'x-tiegel-gather-ms';
const saying = (value?: string) => ({ headers: { [name]: value } }) as unknown as IncomingMessage;

describe('the time in which events are gathered', () => {
  test.each([
    [undefined, 0],
    ['0', 0],
    ['100', 100],
    ['1000', 1000],
  ])('of %j is %i ms', (value, ms) => expect(gatherMsOf(saying(value))).toBe(ms));

  test.each(['1001', '99999', '-1', '1.5', '1e2', 'soon', '', ' 5'])('is not %j', (value) =>
    expect(() => gatherMsOf(saying(value))).toThrow(/whole number of milliseconds from 0 to 1000/),
  );
});

describe('a stream', () => {
  const ask = async (url: string, gatherMs: string): Promise<Response> =>
    fetch(`${url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json', [name]: gatherMs },
      body: JSON.stringify({ model: testModel, messages: [{ role: 'user', content: 'x' }], stream: true }),
    });

  test('that is gathered says the same', async () => {
    await using server = await startGateway({
      reply: () => ['a ', 'b ', 'c ', '</think>', 'd ', 'e ', 'f '],
    });
    const told = async (gatherMs: string): Promise<string> =>
      (await (await ask(server.url, gatherMs)).text()).replace(/"(id|created)":[^,]+/g, '');
    expect(await told('50')).toBe(await told('0'));
  });

  test('is refused where the header is no such number, and the engine hears nothing of it', async () => {
    let asked = 0;
    await using server = await startGateway({ reply: () => [`${asked++}`, '</think>', 'yes'] });
    const response = await ask(server.url, 'soon');
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { tgl_code: 'TGL_REQUEST_INVALID' } });
    expect(asked).toBe(0);
  });
});
