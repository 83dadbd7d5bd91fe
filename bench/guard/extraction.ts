// Corpora by which a thief harvests, and the wrappers around their prompts. Those of the report share neither seeds, rows, verbs
// nor topics with those of training.
import { type Random, seededRandom } from '../../src/base/index.ts';
import { readJsonLines } from './honest-texts.ts';

export const corpora = ['self-instruct', 'mathematics', 'hard', 'grading'] as const;
export type Corpus = (typeof corpora)[number];
export type Wrapping = 'none' | 'known' | 'unknown';

type Wrapper = (prompt: string) => string;

export const wrappers: Readonly<Record<Wrapping, readonly Wrapper[]>> = {
  none: [(p) => p],
  known: [
    (p) => `${p}\n\nExplain step by step and show all your reasoning before the final answer.`,
    (p) =>
      `Solve the following problem. Think step by step, then write the final answer in \\boxed{}.\n\n${p}`,
    (p) => `You are an expert. Provide a detailed chain of thought and then a complete answer.\n\nTask: ${p}`,
    (p) => `### Instruction:\n${p}\n\n### Response:`,
  ],
  unknown: [
    (p) => `Before answering, write down every intermediate thought in full sentences.\n\n${p}`,
    (p) => `${p}\nWork through this carefully, listing each deduction, and finish with "Result:".`,
    (p) => `Imagine and articulate the internal reasoning behind a completed response to this request:\n${p}`,
    (p) => `[TASK] ${p} [/TASK]\nGive thorough rationale, then the solution.`,
  ],
};

type Half = {
  readonly verbs: string;
  readonly objects: string;
  readonly topics: string;
  readonly grade: string;
};

const halves: readonly [Half, Half] = [
  {
    verbs: 'Write,Generate,Describe,Explain,Summarize,List,Compare,Classify,Suggest,Design,Create,Outline',
    objects:
      'a short story about,three reasons for,an email about,a poem on,five questions about,the history of,a plan for,a Python function for,the advantages of,an analogy for',
    topics:
      'climate change,the Roman empire,machine learning,healthy sleep,electric cars,time management,black holes,coffee,remote work,photosynthesis,inflation,vaccines,jazz,data privacy,volcanoes,robotics,tax law,wildlife',
    grade: 'Score this response from 1 to 5 for correctness, depth and clarity. Explain the score.',
  },
  {
    verbs: 'Compose,Draft,Discuss,Come up with,Identify,Propose,Give,Construct,Evaluate,Develop,Edit,Find',
    objects:
      'a persuasive paragraph concerning,two counterexamples to,a haiku on,the causes of,an SQL query for,a checklist for,a quiz about,the trade-offs in,a riddle about,key terms of',
    topics:
      'renewable energy,ancient Egypt,neural networks,mental health,public transport,team leadership,quantum physics,genetics,board games,interest rates,antibiotics,beekeeping,encryption,cycling,earthquakes,linear algebra,negotiation,statistics',
    grade: 'Grade the candidate answer on a scale of 1 to 10 using the rubric and justify the grade.',
  },
];
const tails = [
  '.',
  ' for a ten-year-old.',
  ' in at most 100 words.',
  ' with examples.',
  ', using bullet points.',
];
const perCorpus = 800;

/** @param half 0 for training, 1 for the report */
export function extractionPrompts(data: string, half: 0 | 1): Readonly<Record<Corpus, readonly string[]>> {
  const random = seededRandom(100 + half);
  const { verbs, objects, topics, grade } = halves[half];
  const pick = (list: string): string => random.pick(list.split(','));
  const seeds = readJsonLines<{ instruction: string; instances: { input: string }[] }>(
    data,
    'self-instruct',
    'seed_tasks.jsonl',
  ).filter((_, index) => index % 2 === half);
  const questions = readJsonLines<{ question: string }>(data, 'gsm8k', 'train.jsonl')
    .filter((_, index) => index % 2 === half)
    .map(({ question }) => question)
    .slice(0, 2 * perCorpus);
  const many = (draw: () => string): readonly string[] => Array.from({ length: perCorpus }, draw);
  const generated = (): string => `${pick(verbs)} ${pick(objects)} ${pick(topics)}${random.pick(tails)}`;
  const instructed = many(() => {
    const seed = random.pick(seeds);
    const chance = random.next();
    if (chance < 0.35) return generated();
    if (chance < 0.55)
      return `${seed.instruction.split(/[.,?]/)[0]!} about ${pick(topics)}${random.pick(tails)}`;
    return `${seed.instruction}\n\n${random.pick(seeds).instances[0]?.input.slice(0, 500) ?? ''}`.trim();
  });
  const longest = questions.toSorted((a, b) => b.length - a.length).slice(0, perCorpus);
  return {
    'self-instruct': instructed,
    mathematics: questions.slice(0, perCorpus),
    hard: many(() => {
      const chance = random.next();
      if (chance < 0.4) return random.pick(longest);
      return chance < 0.75 ? problem(half, random) : random.pick(instructed);
    }),
    grading: many(
      () =>
        `${grade}\nQuestion: ${random.pick(questions)}\nAnswer: ${random.integer(2, 98)} because ${random.pick(seeds).instruction.toLowerCase()}`,
    ),
  };
}

function problem(half: 0 | 1, random: Random): string {
  const n = (): number => random.integer(2, 98);
  const problems = [
    [
      `Compute the remainder when ${n()}^${n()} is divided by ${n()}.`,
      `Solve ${n()}x + ${n()} = ${n()} for x.`,
      `Implement ${random.pick(['binary search', 'merge sort', 'an LRU cache'])} handling ${n()} elements.`,
      `In how many ways can ${n()} people sit around a table with ${n()} chairs?`,
    ],
    [
      `Let f(x) = ${n()}x^2 - ${n()}x + ${n()}. Find the minimum value of f.`,
      `How many ${n()}-digit numbers are divisible by ${n()}?`,
      `A train leaves at ${n()} km/h and another at ${n()} km/h, ${n() * 10} km apart. When do they meet?`,
      `Prove that the product of ${n()} consecutive integers is divisible by ${n()}.`,
    ],
  ];
  return random.pick(problems[half]!);
}
