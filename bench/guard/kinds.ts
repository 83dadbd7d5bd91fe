// Kinds of honest traffic: what a tenant's prompts are made from. Public prompts where the validation data has them; questions over
// passages, edits of code, translation and support desks are generated, in English and German, out of that data and this
// repository. Kinds of one source share text, in whichever class, so that sources are what the folds keep apart.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Random, seededRandom } from '../../src/base/index.ts';
import { readJsonLines } from './honest-texts.ts';
import { filled, support, translation } from './phrases.ts';

export const classes = ['chat', 'rag', 'agent', 'evaluation', 'labelling'] as const;
export type UseClass = (typeof classes)[number];

export type Kind = {
  readonly name: string;
  /** What the texts are taken from; all classes together. */
  readonly source: string;
  readonly useClass: UseClass;
  readonly prompts: readonly string[];
  /** The share of requests that repeat one of a few prompts. */
  readonly repeats: number;
  /** Prompts that are used up come again with other data in them; else the same come again. */
  readonly renewed: boolean;
  /** Whether most requests continue a conversation. */
  readonly conversations: boolean;
};

const promptsPerKind = 240;
const fewestPrompts = 12;

export function honestKinds(data: string): readonly Kind[] {
  const random = seededRandom(11);
  const kinds = [
    ...labellingKinds(data, random),
    ...evaluationKinds(data),
    ...chatKinds(data),
    ...passageKinds(data, random),
    ...agentKinds(random),
  ];
  return kinds.filter(({ prompts }) => prompts.length >= fewestPrompts);
}

type Row = { readonly set: string; readonly prompt: string };

function grouped<Item>(items: readonly Item[], key: (item: Item) => string): ReadonlyMap<string, Item[]> {
  return Map.groupBy(items, key);
}

const templatesOf = (data: string): readonly Row[] => readJsonLines(data, 'honest', 't0-templates.jsonl');
const sourceOf = (set: string): string => set.replace(/^(glue_[a-z]+|ag_news|[a-z]+)_.*/i, '$1');

function labellingKinds(data: string, random: Random): readonly Kind[] {
  const sets = [...grouped(templatesOf(data), ({ set }) => set)].filter(([, rows]) => rows.length >= 20);
  return sets.map(([set, rows]) => ({
    ...plain(`template ${set}`, sourceOf(set), 'labelling'),
    prompts: recombined(
      rows.map(({ prompt }) => prompt),
      random,
    ),
    renewed: true,
  }));
}

function plain(name: string, source: string, useClass: UseClass): Omit<Kind, 'prompts'> {
  return {
    name,
    source,
    useClass,
    repeats: 0.05,
    renewed: false,
    conversations: false,
  };
}

/** More prompts of one template: lines that the prompts do not share change places, and numbers are drawn anew. */
function recombined(prompts: readonly string[], random: Random): readonly string[] {
  const linesOf = (prompt: string): readonly string[] => prompt.split(/(?<=[.!?"])\s+|\n/);
  const counts = new Map<string, number>();
  for (const line of prompts.flatMap((prompt) => [...new Set(linesOf(prompt))]))
    counts.set(line, (counts.get(line) ?? 0) + 1);
  const isOwn = (line: string): boolean => line.length > 12 && counts.get(line)! < 0.15 * prompts.length;
  const own = [...counts.keys()].filter(isOwn);
  const vary = (prompt: string): string =>
    linesOf(prompt)
      .map((line) => (isOwn(line) && random.next() < 0.6 ? random.pick(own) : line))
      .join(' ')
      .replace(/\d+/g, (digits) => String(random.integer(0, 10 ** Math.min(9, digits.length) - 1)));
  return Array.from({ length: promptsPerKind }, (_, index) =>
    index < prompts.length ? prompts[index]! : vary(prompts[index % prompts.length]!),
  );
}

const evaluationSuffixes = [
  '',
  "\nA: Let's think step by step.",
  '\nAnswer:',
  '\nThink, then answer after ####.',
];

function evaluationKinds(data: string): readonly Kind[] {
  const sets: [string, readonly string[]][] = [
    ...[...grouped(readJsonLines<Row>(data, 'honest', 'bbh.jsonl'), ({ set }) => set)].map(
      ([set, rows]): [string, readonly string[]] => [set, rows.map(({ prompt }) => prompt)],
    ),
    ['humaneval', readJsonLines<Row>(data, 'honest', 'humaneval.jsonl').map(({ prompt }) => prompt)],
    [
      'mt-bench',
      readJsonLines<{ turns: string[] }>(data, 'honest', 'mt_bench.jsonl').map(({ turns }) => turns[0]!),
    ],
    [
      'gsm8k-test',
      readJsonLines<{ question: string }>(data, 'gsm8k', 'test.jsonl').map(({ question }) => question),
    ],
  ];
  return sets.map(([name, prompts], index) => ({
    ...plain(name, name, 'evaluation'),
    prompts: prompts.map((prompt) => `${prompt}${evaluationSuffixes[index % evaluationSuffixes.length]!}`),
  }));
}

function chatKinds(data: string): readonly Kind[] {
  const chat = { repeats: 0.05, renewed: true, conversations: true };
  const arena = readJsonLines<{ cluster: string; prompt: string }>(data, 'arena-hard', 'v0.1-question.jsonl');
  const clusters = [...grouped(arena, ({ cluster }) => cluster).values()];
  const groups = Array.from({ length: Math.ceil(clusters.length / 8) }, (_, group) =>
    clusters.slice(8 * group, 8 * group + 8).flat(),
  );
  const apps = readJsonLines<{ motivation_app: string; instruction: string; instances: { input: string }[] }>(
    data,
    'self-instruct',
    'user_oriented_instructions.jsonl',
  );
  const byApp = [...grouped(apps, ({ motivation_app }) => motivation_app).values()];
  const appGroups = Array.from({ length: Math.ceil(byApp.length / 4) }, (_, group) =>
    byApp.slice(4 * group, 4 * group + 4).flat(),
  );
  return [
    ...groups.map((rows, index) => ({
      ...plain(`users ${index}`, `users ${index}`, 'chat'),
      ...chat,
      prompts: rows.map(({ prompt }) => prompt),
    })),
    ...appGroups.map((rows, index) => ({
      ...plain(`app ${index}`, `app ${index}`, 'chat'),
      ...chat,
      prompts: rows.map(({ instruction, instances }) =>
        `${instruction}\n${instances[0]?.input ?? ''}`.trim(),
      ),
    })),
    ...support.map(({ name, prompts }) => ({
      ...plain(`support ${name}`, `support ${name}`, 'chat'),
      ...chat,
      repeats: 0.5,
      prompts,
    })),
  ];
}

const sentencesOf = (text: string): readonly string[] =>
  text
    .split(/(?<=[.!?])\s+|\n+/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length > 25 && sentence.length < 400);

/** Questions over passages and translation, from the sentences of one source each. */
function passageKinds(data: string, random: Random): readonly Kind[] {
  const ofTemplates = [...grouped(templatesOf(data), ({ set }) => sourceOf(set))].map(
    ([source, rows]): [string, readonly string[]] => [
      source,
      rows.filter((_, index) => index % 5 === 0).flatMap(({ prompt }) => sentencesOf(prompt)),
    ],
  );
  const docs = readdirSync('docs').filter((name) => name.endsWith('.md'));
  const ofDocs = docs.map((name): [string, readonly string[]] => [
    name,
    sentencesOf(readFileSync(join('docs', name), 'utf8')),
  ]);
  const sources = [...ofTemplates, ...ofDocs].filter(([, sentences]) => sentences.length >= 60);
  return sources.flatMap(([name, sentences], index) => [
    {
      ...plain(`questions ${name}`, name, 'rag'),
      repeats: 0.1,
      prompts: Array.from({ length: promptsPerKind }, () => filled.question(sentences, index, random)),
    },
    {
      ...plain(`translation ${name}`, name, 'labelling'),
      renewed: true,
      prompts: Array.from({ length: promptsPerKind }, () => translation(sentences, index, random)),
    },
  ]);
}

/** Each folder of the program is the code base of one tenant. */
function agentKinds(random: Random): readonly Kind[] {
  const folders = readdirSync('src', { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return folders.flatMap(({ name }, index) => {
    const files = readdirSync(join('src', name), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .slice(0, 60)
      .map((path) => readFileSync(join('src', name, path), 'utf8'));
    if (files.length < 3) return [];
    return {
      ...plain(`code ${name}`, name, 'agent'),
      renewed: true,
      conversations: true,
      prompts: Array.from({ length: promptsPerKind }, () => filled.edit(files, index, random)),
    };
  });
}
