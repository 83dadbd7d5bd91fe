// Servers that are killed while they spend samples and probes on replies: what the ledger has settled is what the engine gave, to the
// token, request by request; and what was lost with a server is held at no less than what the engine gave for it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { seededRandom, systemClock, systemEntropy } from '../../src/base/index.ts';
import { testModel } from '../../src/gateway/testing.ts';
import { parseAmount } from '../../src/prices/index.ts';
import { author, forEachDatabase, makeTenant, testPepper } from '../../src/store/contract.ts';
import { addPrice, createPostgresLender, openStore, reapFile } from '../../src/store/index.ts';
import { checkLedger } from '../../src/store/ledger/verify-ledger.ts';

const script = fileURLToPath(new URL('./strategy-node-fixture.ts', import.meta.url));
const kills = 4;

const strategies = [
  { type: 'vote', max_samples: 5, at_once: 2, rule: { type: 'exact' } },
  { type: 'verify', checker: 'even', max_samples: 4, at_once: 2 },
  { type: 'early', every: 8, max_probes: 4, rule: { type: 'agreement', equal: 2 } },
  {
    type: 'cascade',
    tiers: [{ max_thinking_tokens: 0 }, { max_thinking_tokens: 8 }, { max_thinking_tokens: null }],
    accept: { type: 'check', checker: 'even' },
  },
  { type: 'early', every: 8, max_probes: 3, probe: { begins: 'It is ' } },
  {
    type: 'cascade',
    tiers: [{ model: 'small', max_thinking_tokens: 8 }, {}],
    accept: { type: 'check', checker: 'even' },
  },
];

type Given = { prompt: number; completion: number };

/** A server that is killed after some answers. Each key is one client's, who asks one thing after another. */
async function runUntilKilled(
  location: string,
  secrets: readonly string[],
  { round, answers }: { readonly round: number; readonly answers: number },
) {
  const child = spawn(process.execPath, [script, location], { stdio: ['ignore', 'pipe', 'inherit'] });
  const given = new Map<string, Given>();
  const answered = secrets.map(() => 0);
  const lines = createInterface({ input: child.stdout });
  const [url] = (await once(lines, 'line')) as [string];
  lines.on('line', (line) => {
    const [tag = '', prompt, completion] = line.split(' ');
    const sum = given.get(tag) ?? { prompt: 0, completion: 0 };
    given.set(tag, {
      prompt: sum.prompt + Number(prompt),
      completion: sum.completion + Number(completion),
    });
  });
  const client = async (secret: string, index: number): Promise<void> => {
    for (let count = 0; ; count++) {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          ...{ model: testModel, max_tokens: 80, stream: (index + count) % 2 === 0 },
          messages: [{ role: 'user', content: `tag ${round}.${index}.${count}` }],
          x_tiegel: { strategy: strategies[(index + count) % strategies.length] },
        }),
      });
      const text = await response.text();
      if (response.status !== 200) throw new TypeError(`answered with ${response.status}: ${text}`);
      answered[index] = count + 1;
      if (answered.reduce((sum, each) => sum + each, 0) === answers) child.kill('SIGKILL');
    }
  };
  await Promise.allSettled(secrets.map(client));
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  return { answered, given };
}

forEachDatabase('a server that is killed while it spends samples', ({ test, newLocation, name }) => {
  test(`${kills} times has settled what the engine gave`, async () => {
    const location = await newLocation();
    await using store = await openStore(location, { clock: systemClock, entropy: systemEntropy });
    const { database } = store;
    const keys = await store.openKeys(testPepper);
    const { organisation, account, principal } = await makeTenant({ store }, 'one');
    const made = await Promise.all(
      ['a', 'b', 'c', 'd'].map((key) => keys.create(organisation, author, { account, principal, name: key })),
    );
    for (const model of [testModel, 'small'])
      for (const unit of ['prompt-tokens', 'answer-tokens', 'reasoning-tokens'])
        await addPrice(store.context, author, {
          ...{ id: `price_${model}_${unit}`, organisation: null, model, engine: null, unit, currency: 'EUR' },
          ...{ amount: parseAmount('1'), valid_from: 0, source: 'a test', verified: 1, digest: '' },
        });
    /** Of each request of a client its hold, or those of its tiers. */
    const holdsOf = async (key: string) => {
      const rows = await database.query
        .selectFrom('ledger')
        .select(['request', 'parent', 'model'])
        .where('kind', '=', 'hold')
        .where('key', '=', key)
        .orderBy('seq')
        .execute();
      return [...Map.groupBy(rows, ({ request, parent }) => parent ?? request).values()];
    };
    const { integer } = seededRandom(name.length);
    /** By request: what the engine gave for it, and whether its client had the whole answer. */
    const requests = new Map<string, Given & { readonly isAnswered: boolean }>();
    for (let round = 0; round < kills; round++) {
      const secrets = made.map(({ secret }) => secret);
      const before = await Promise.all(made.map(async ({ key }) => (await holdsOf(key.id)).length));
      const { answered, given } = await runUntilKilled(location, secrets, { round, answers: integer(2, 10) });
      for (const [index, { key }] of made.entries()) {
        const held = (await holdsOf(key.id)).slice(before[index]);
        const count = answered[index] as number;
        // Behind those that were answered there is at most the one during which the server was killed.
        expect([count, count + 1]).toContain(held.length);
        for (const [number, holds] of held.entries())
          for (const { request, model } of holds) {
            const tag = `${round}.${index}.${number}/${model}`;
            requests.set(request, {
              ...(given.get(tag) ?? { prompt: 0, completion: 0 }),
              isAnswered: number < count,
            });
            given.delete(tag);
          }
      }
      // Nothing was generated for a request without a hold.
      expect([...given.keys()]).toEqual([]);
    }
    if (name === 'SQLite') await reapFile(database);
    else {
      const terms = { leaseMs: 60_000, longestRequestMs: 60_000 };
      await database.query.updateTable('lessee').set({ expires_at: 0 }).execute();
      await createPostgresLender({ database, entropy: systemEntropy, terms }).reap();
    }
    const rows = await database.query.selectFrom('ledger').selectAll().orderBy('seq').execute();
    const ends = rows.filter(({ kind }) => kind !== 'hold');
    expect(ends.map(({ request }) => request).sort()).toEqual([...requests.keys()].sort());
    const settled = { prompt: 0, completion: 0 };
    const gave = { prompt: 0, completion: 0 };
    let perToken = 0;
    for (const { kind, request, prompt, reasoning, answer, amount } of ends) {
      const { isAnswered, ...given } = requests.get(request) as Given & { readonly isAnswered: boolean };
      if (kind === 'settle') {
        expect({ prompt, completion: reasoning + answer }).toEqual(given);
        settled.prompt += prompt;
        settled.completion += reasoning + answer;
        gave.prompt += given.prompt;
        gave.completion += given.completion;
        perToken = Number(amount) / (prompt + reasoning + answer);
      } else expect(isAnswered).toBe(false);
    }
    expect(settled).toEqual(gave);
    expect(settled.completion).toBeGreaterThan(0);
    const lost = ends.filter(({ kind }) => kind === 'lost');
    expect(lost.length).toBeGreaterThan(0);
    for (const { request, amount } of lost) {
      const given = requests.get(request) as Given;
      expect(Number(amount)).toBeGreaterThanOrEqual(perToken * (given.prompt + given.completion));
    }
    expect((await checkLedger(database)).problems).toEqual([]);
  }, 400_000);
});
