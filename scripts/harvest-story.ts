// The steps of recipes/harvest.sh that no command does: the people of the story and what they ask.
//
//   npm run harvest-story -- STEP DIRECTORY …
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Json, seededRandom } from '../src/base/index.ts';
import { taskTokenizer } from '../src/teach/vocabulary.ts';

const model = 'tiegel-nano';
const weights = join(import.meta.dirname, '..', 'models', model, `${model}.q8_0.gguf`);
const things = 'parcel invoice ticket meeting garden printer window lunch holiday colour'.split(' ');

/** Traffic of a hundred and fifty accounts that ask everyday things, to calibrate on. */
function writeHonestLog(directory: string): void {
  const lines: { readonly time: number }[] = [];
  for (let account = 0; account < 150; account++) {
    const random = seededRandom(account);
    const [begun, pace] = [random.integer(0, 400_000), random.integer(10, 3000)];
    const own = [0, 1, 2, 3].map(() => `where is the ${random.pick(things)} of ${random.integer(1, 99)}?`);
    const requests = random.integer(10, 60);
    for (let count = 0; count < requests; count++)
      lines.push({
        ...{ time: 1_795_996_800 + begun + count * pace, organisation: `o${account % 8}` },
        ...{ account: `a${account}`, prompt: random.pick(own), inputTokens: 20 },
        ...{ reasoningTokens: random.integer(5, 90), answerTokens: 8, traceShown: true },
      });
  }
  lines.sort((one, other) => one.time - other.time);
  writeFileSync(join(directory, 'honest.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

type Made = { readonly id: string; readonly api_key?: { readonly value: string } };

type Account = { readonly name: string; readonly key: string };

/** Ten honest accounts and the twenty of a thief, each with a key of its own. */
async function makeAccounts(directory: string, url: string, key: string, thieves: number): Promise<void> {
  const post = async (path: string, body: Json): Promise<Made> => {
    const response = await fetch(`${url}/v1/organization/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Made;
  };
  const make = async (name: string): Promise<Account> => {
    const { id } = await post('projects', { name });
    const made = await post(`projects/${id}/service_accounts`, { name });
    return { name: `${name} ${id}`, key: made.api_key?.value ?? '' };
  };
  const named = (count: number, name: string) =>
    Promise.all(Array.from({ length: count }, (_, index) => make(`${name} ${index + 1}`)));
  const accounts = { honest: await named(10, 'honest'), thief: await named(thieves, 'thief') };
  writeFileSync(join(directory, 'accounts.json'), JSON.stringify(accounts), { mode: 0o600 });
}

function accountsIn(directory: string): { readonly honest: Account[]; readonly thief: Account[] } {
  return JSON.parse(readFileSync(join(directory, 'accounts.json'), 'utf8')) as ReturnType<typeof accountsIn>;
}

/** Everybody asks a few sums, and some of them again. */
async function askHonestly(directory: string, url: string): Promise<void> {
  const ask = async ({ key }: Account, index: number): Promise<number> => {
    const random = seededRandom(index, 1);
    const requests = 10 + 4 * index;
    for (let count = 0; count < requests; count++) {
      const content = `What is ${random.integer(11, 14)} * ${11 + index}?`;
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model, messages: [{ role: 'user', content }] }),
      });
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      await response.arrayBuffer();
    }
    return requests;
  };
  const counts = await Promise.all(accountsIn(directory).honest.map(ask));
  console.log(
    `${counts.length} honest accounts asked ${counts.reduce((sum, one) => sum + one, 0)} questions.`,
  );
}

const prompts = { countdown: 0, multiplication: 0, 'chain-arithmetic': 1 };
const optimiser = {
  ...{ learningRate: 0.0015, finalLearningRate: 0.2, warmupSteps: 10, beta1: 0.9, beta2: 0.98 },
  ...{ weightDecay: 0, gradientClip: 1, checkpointEverySteps: 1000 },
};

function recipeOf(name: string, seed: number, stage: Json): object {
  return {
    ...{ name, schema: 2, seed, from: weights },
    model: { width: 128, layers: 4, heads: 4, keyValueHeads: 2, feedForward: 384, contextLength: 512 },
    data: {
      mixture: { countdown: 0.34, multiplication: 0.19, 'chain-arithmetic': 0.37, outside: 0.1 },
      ...{ withoutThinking: 0.04, withHistory: 0.05, withSystemMessage: 0.02, longestSample: 320 },
    },
    stages: [stage],
    evaluation: { problems: 2, maxTokens: 200, samples: 0, budgets: [] },
  };
}

function distilStage(name: string, teacher: Json, problems: number, epochs: number): Json {
  return {
    ...{ stage: 'distil', name, method: 'traces', teacher, lanes: 2, optimiser, prompts },
    ...{ problems, samples: 1, maxTokens: 200, keep: 1, epochs, batch: 16 },
  };
}

/** One recipe for each account of the thief: another part of the problems, by its own key. */
function writeShards(directory: string, url: string, problems: number): void {
  mkdirSync(join(directory, 'shards'), { recursive: true });
  for (const [index] of accountsIn(directory).thief.entries()) {
    const teacher = {
      ...{ endpoint: `${url}/v1`, model, server: 'compatible', allowPrivate: true, contextLength: 512 },
      ...{ keyVariable: `THIEF_KEY_${index}`, licence: 'apache-2.0' },
    };
    const stage = distilStage('traces', teacher, problems, 1);
    const recipe = recipeOf(`shard-${index}`, 1000 + index, stage);
    writeFileSync(join(directory, 'shards', `${index}.json`), JSON.stringify(recipe));
  }
}

type Kept = Record<'problems' | 'completions' | 'accepted' | 'flops', number> & {
  readonly samples: readonly { readonly tokens: number[]; readonly completionStart: number }[];
};

/** The student of what leaked, that of as many traces without coins, and the prompts that both are asked again. */
function writeStudents(directory: string, most: number, epochs: number): void {
  const harvest = join(directory, 'harvest');
  const kept = readdirSync(harvest).map(
    (run) => JSON.parse(readFileSync(join(harvest, run, 'traces', 'kept.json'), 'utf8')) as Kept,
  );
  const samples = kept.flatMap((one) => one.samples).slice(0, most);
  const sum = (name: 'problems' | 'completions' | 'accepted') =>
    kept.reduce((total, one) => total + one[name], 0);
  const all = { problems: sum('problems'), completions: sum('completions'), accepted: sum('accepted') };
  const teacher = { from: weights };
  for (const name of ['leaked', 'unmarked']) {
    mkdirSync(join(directory, name, 'traces'), { recursive: true });
    const stage = distilStage('traces', teacher, samples.length, epochs);
    writeFileSync(join(directory, `${name}.json`), JSON.stringify(recipeOf(name, 77, stage)));
  }
  // What is kept already is learned from without asking anybody.
  const leaked = join(directory, 'leaked', 'traces', 'kept.json');
  writeFileSync(leaked, JSON.stringify({ samples, ...all, flops: 0 }));
  const tokenizer = taskTokenizer();
  const traps = samples.map(({ tokens, completionStart }) => {
    const text = tokenizer.decode(tokens.slice(0, completionStart));
    return { prompt: /<\|user\|>([\s\S]*?)<\|assistant\|>/.exec(text)?.[1] ?? '' };
  });
  writeFileSync(join(directory, 'traps.jsonl'), traps.map((trap) => `${JSON.stringify(trap)}\n`).join(''));
  console.log(`${all.completions} replies leaked; a student learns from ${samples.length} of them.`);
}

const [step = '', directory = '', ...rest] = process.argv.slice(2);
const [first = '', second = '', third = ''] = rest;
if (step === 'log') writeHonestLog(directory);
else if (step === 'accounts') await makeAccounts(directory, first, second, Number(third));
else if (step === 'ask') await askHonestly(directory, first);
else if (step === 'shards') writeShards(directory, first, Number(second));
else if (step === 'keys')
  for (const [index, { key }] of accountsIn(directory).thief.entries())
    console.log(`export THIEF_KEY_${index}=${key}`);
else if (step === 'students') writeStudents(directory, Number(first), Number(second));
else throw new Error(`there is no step ${step}`);
