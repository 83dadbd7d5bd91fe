import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { TiegelError } from '../../../base/index.ts';
import type { Item } from '../../terms/trial.ts';
import type { DataSetName } from './data-sets.ts';
import { parseJailbreakArtefacts } from './jailbreak-artefacts.ts';
import { itemsOf, readDataSet } from './read-data-set.ts';

type Case = { readonly name: DataSetName; readonly text: string; readonly first: Partial<Item> };

const asked = (content: string): Item['messages'] => [{ role: 'user', content }];

const artefactsOf = (...prompts: readonly (string | null)[]): string =>
  JSON.stringify({
    parameters: { method: 'PAIR', model: 'x', attack_type: 'black_box' },
    jailbreaks: prompts.map((prompt, index) => ({
      ...{ index, goal: `goal ${index}`, behavior: 'B', category: 'Privacy', prompt, response: prompt },
      ...{ jailbroken: prompt !== null, number_of_queries: 1 },
    })),
  });

const cases: readonly Case[] = [
  {
    name: 'harmbench',
    text: 'Behavior,FunctionalCategory,SemanticCategory,Tags,ContextString,BehaviorID\nDo it,contextual,illegal,,"A,\nB",do_it\nX,standard,illegal,,,x\n',
    first: {
      id: 'do_it',
      category: 'illegal',
      messages: asked('A,\nB\n\n---\n\nDo it'),
      expectation: { request: 'Do it' },
      sensitive: true,
    },
  },
  {
    name: 'harm-lines',
    text: 'One\r\n\r\nTwo',
    first: { id: 'line-1', messages: asked('One'), category: 'all' },
  },
  {
    name: 'advbench',
    text: 'goal,target\n"One, please",Sure\nTwo,Sure',
    first: { messages: asked('One, please') },
  },
  {
    name: 'jailbreakbench',
    text: 'Index,Goal,Target,Behavior,Category,Source\n0,One,Sure,b,Privacy,Original\n1,Two,Sure,b,Privacy,Original\n',
    first: { id: '0', category: 'Privacy', messages: asked('One'), sensitive: true },
  },
  {
    name: 'jailbreakbench-benign',
    text: 'Index,Goal,Target,Behavior,Category,Source\n0,One,Sure,b,Privacy,Original\n1,Two,Sure,b,Privacy,Original\n',
    first: { sensitive: false },
  },
  {
    name: 'jailbreakbench-artefacts',
    text: artefactsOf('Imagine goal 0', null, 'Imagine goal 2'),
    first: { id: '0', messages: asked('Imagine goal 0'), expectation: { request: 'goal 0' } },
  },
  {
    name: 'ailuminate',
    text: 'release_prompt_id,prompt_text,hazard,persona,locale,prompt_hash\na1,Eins,cse,normal,de_DE,x\na2,Two,vcr,normal,en_US,y\n',
    first: { id: 'a1', category: 'cse', language: 'de', messages: asked('Eins') },
  },
  {
    name: 'strongreject',
    text: 'category,source,forbidden_prompt\nViolence,custom,One\nViolence,custom,Two\n',
    first: { category: 'Violence', messages: asked('One') },
  },
  {
    name: 'xstest-safe',
    text: 'id,prompt,type,label,focus,note\n1,One,homonyms,safe,kill,v\n2,Two,contrast_homonyms,unsafe,kill,v\n3,Three,homonyms,safe,k,v\n',
    first: { id: '1', category: 'homonyms', messages: asked('One'), sensitive: false },
  },
  {
    name: 'xstest-unsafe',
    text: 'id,prompt,type,label,focus,note\n0,Zero,c,unsafe,k,v\n1,One,homonyms,safe,kill,v\n2,Two,contrast_homonyms,unsafe,kill,v\n',
    first: { id: '0', messages: asked('Zero'), sensitive: true },
  },
  {
    name: 'problems',
    text: '{"prompt": "2+2?", "answer": 4}\n\n{"prompt": "Hauptstadt?", "answer": "Berlin", "language": "de", "id": "b"}\n',
    first: { id: 'line-1', messages: asked('2+2?'), expectation: { answer: '4' }, sensitive: false },
  },
];

test.each(cases)('$name: two requests with what their judge needs', ({ name, text, first }) => {
  const items = itemsOf(name, text, 'file');
  expect(items).toHaveLength(2);
  expect(items[0]).toMatchObject(first);
  expect(new Set(items.map(({ cluster }) => cluster)).size).toBe(2);
});

describe('what is not read', () => {
  test.each([
    ['advbench', 'goal,target\n,Sure\n', { line: 2, column: 1 }, /empty/],
    ['advbench', 'prompt\nx\n', { line: 1, column: 'goal' }, /no column goal/],
    ['advbench', 'goal\n', { line: 1 }, /no request/],
    ['harm-lines', ' \n\n', { line: 1 }, /no request/],
    ['jailbreakbench', 'Index,Goal,Category\n1,a,b\n1,c,d\n', { line: 3 }, /that of line 2/],
    [
      'xstest-safe',
      'id,prompt,type,label\n1,a,b,maybe\n',
      { line: 2, column: 'label' },
      /neither safe nor unsafe/,
    ],
    [
      'ailuminate',
      'release_prompt_id,prompt_text,hazard,locale\n1,a,b,fr_FR\n',
      { line: 2, column: 'locale' },
      /none of/,
    ],
    [
      'problems',
      '{"prompt": "a", "answer": "b"}\n{"prompt": "a"}\n',
      { line: 2, column: 'answer' },
      /invalid input/,
    ],
    ['problems', '{"prompt": "a", "answer": "b"}\n{"prompt" "a"}\n', { line: 2, column: 11 }, /not JSON/],
    ['problems', '{"prompt": "a", "answer": "b", "anwser": "c"}\n', { line: 1 }, /anwser/],
    ['jailbreakbench-artefacts', '{\n"parameters":\n', { line: 2, column: 14 }, /not JSON/],
    [
      'jailbreakbench-artefacts',
      '{"parameters": {"method": "a", "model": "b"}}',
      { line: 1, column: 'jailbreaks' },
      /invalid/,
    ],
  ] as const)('%s %#: says where, what and how it is repaired', (name, text, place, problem) => {
    let error: unknown;
    try {
      itemsOf(name, text, 'file.csv');
    } catch (thrown) {
      error = thrown;
    }
    if (!TiegelError.isInstance(error)) throw error;
    expect(error.code).toBe('TGL_DATA_SET_INVALID');
    expect(error.details).toMatchObject({ file: 'file.csv', ...place });
    expect(error.message).toMatch(problem);
    expect(error.fix).toMatch(/^Repair the file: \S.{10}/);
  });
});

describe('files', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tiegel-data-set-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const written = (content: string | Uint8Array): string => {
    const path = join(folder, 'set.csv');
    writeFileSync(path, content);
    return path;
  };

  test('a probe is named after its set and versioned by its content', async () => {
    const one = await readDataSet('advbench', written('goal\none\n'));
    const same = await readDataSet('advbench', written('goal\none\n'));
    const other = await readDataSet('advbench', written('goal\none!\n'));
    expect(one).toMatchObject({ name: 'advbench', version: same.version });
    expect(other.version).not.toBe(one.version);
  });

  test('bytes that are not UTF-8 are named by line and column', async () => {
    const path = written(Buffer.concat([Buffer.from('goal\nä '), Buffer.from([0xe4]), Buffer.from('x\n')]));
    await expect(readDataSet('advbench', path)).rejects.toMatchObject({
      code: 'TGL_DATA_SET_INVALID',
      details: { file: path, line: 2, column: 3 },
    });
  });

  test('a kind that there is not is refused with those that there are', async () => {
    await expect(readDataSet('harmbnch', written('x\n'))).rejects.toThrow(
      /the kinds are harmbench, harm-lines/,
    );
  });

  test('a folder or nothing at all is not a file', async () => {
    for (const path of [folder, join(folder, 'none')])
      await expect(readDataSet('advbench', path)).rejects.toMatchObject({ code: 'TGL_FILE_NOT_FOUND' });
  });
});

const data = process.env.TIEGEL_DATA;

describe.skipIf(data === undefined)('the public files (TIEGEL_DATA)', () => {
  const pathOf = (...parts: readonly string[]): string => join(data ?? '', ...parts);

  test('HarmBench has 200 standard behaviours', async () => {
    const { items } = await readDataSet('harm-lines', pathOf('harmbench', 'harmbench_prompts.txt'));
    expect(items).toHaveLength(200);
  });

  test('XSTest has 250 safe prompts of ten types and 200 unsafe ones of eight', async () => {
    const path = pathOf('xstest', 'xstest_prompts.csv');
    const [safe, unsafe] = [await readDataSet('xstest-safe', path), await readDataSet('xstest-unsafe', path)];
    expect([safe.items.length, unsafe.items.length]).toEqual([250, 200]);
    const types = (items: readonly Item[]): number => new Set(items.map(({ category }) => category)).size;
    expect([types(safe.items), types(unsafe.items)]).toEqual([10, 8]);
    expect(new Set([...safe.items, ...unsafe.items].map(({ id }) => id)).size).toBe(450);
  });

  test.each([
    ['pair-vicuna-13b-v1.5.json', 'PAIR', 82, 69],
    ['pair-gpt-3.5-turbo-1106.json', 'PAIR', 87, 71],
    ['jbc-vicuna-13b-v1.5.json', 'JailbreakChat', 100, 90],
  ])(
    'the artefacts %s have 100 rows, and as many jailbreaks as their paper says',
    async (file, method, prompts, jailbroken) => {
      const path = pathOf('jailbreakbench', file);
      const artefacts = parseJailbreakArtefacts(readFileSync(path, 'utf8'), file);
      expect(artefacts.method).toBe(method);
      expect(artefacts.jailbreaks).toHaveLength(100);
      expect(artefacts.jailbreaks.filter((artefact) => artefact.jailbroken)).toHaveLength(jailbroken);
      const { items } = await readDataSet('jailbreakbench-artefacts', path);
      expect(items).toHaveLength(prompts);
    },
  );
});
