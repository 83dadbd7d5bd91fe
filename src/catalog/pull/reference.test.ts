// What people may write to name a model that is somewhere else.
import { describe, expect, test } from 'vitest';
import { knownModels, servedElsewhere, usualQuantisation } from '../variant/known-models.ts';
import { nameOf, nameOfReference } from './pull.ts';
import { parseKnownName, parsePullReference } from './reference.ts';

const hub = (repository: string, revision = 'main', wanted?: string) => ({
  ...{ kind: 'hub', repository, revision, wanted },
});

describe('a repository of the hub', () => {
  test.each([
    ['hf:org/model', hub('org/model')],
    ['hf:org/model@v1.2', hub('org/model', 'v1.2')],
    ['hf:org/model@refs/pr/3', hub('org/model', 'refs/pr/3')],
    ['hf:org/model:Q4_K_M', hub('org/model', 'main', 'Q4_K_M')],
    ['hf:org/model@v1:sub/file.gguf', hub('org/model', 'v1', 'sub/file.gguf')],
    [`hf:${'a'.repeat(96)}/m`, hub(`${'a'.repeat(96)}/m`)],
  ])('is named by %s', (text, expected) => {
    expect(parsePullReference(text)).toEqual(expected);
  });

  test.each([
    'hf:',
    'hf:model',
    'hf:org/model/more',
    'hf:org/',
    'hf:/model',
    'hf:org/model@',
    'hf:org/model:',
    'hf: org/model',
    'hf:org/../model',
    'hf:org/a..b',
    'hf:.org/model',
    'hf:org/mo del',
    'hf:org/model:../file',
    'hf:org/model@../main',
    'hf:org/model:a//b',
    `hf:${'a'.repeat(97)}/m`,
  ])('is not named by %j', (text) => {
    expect(() => parsePullReference(text)).toThrow(expect.objectContaining({ code: 'TGL_PULL_REFERENCE' }));
  });

  test('says which of both is wrong', () => {
    expect(() => parsePullReference('hf:org')).toThrow(/expected hf:OWNER\/NAME/);
    expect(() => parsePullReference('hf:org/a..b')).toThrow(/has characters that no repository/);
  });
});

describe('an address', () => {
  test('is taken with either scheme, in any case', () => {
    for (const text of [
      'https://example.org/m.gguf',
      'http://example.org/m.gguf',
      'HTTPS://example.org/m.gguf',
    ])
      expect(parsePullReference(text)).toEqual({ kind: 'url', url: new URL(text) });
  });

  test('that is none is refused', () => {
    expect(() => parsePullReference('https://')).toThrow(/it is not a URL/);
    expect(() => parsePullReference('ftp://example.org/m')).toThrow(/neither hf:OWNER\/NAME/);
  });
});

describe('a known name', () => {
  test.each(knownModels)('$name stands for its repository', (model) => {
    const expected = { kind: 'known', model, repository: model.repository, revision: 'main' };
    expect(parsePullReference(model.name)).toEqual({ ...expected, wanted: usualQuantisation });
    expect(parsePullReference(`${model.name}-q8_0`)).toEqual({ ...expected, wanted: 'Q8_0' });
    expect(parseKnownName(`${model.name}x`)?.model).not.toBe(model);
  });

  test('that nobody knows is refused with those that are known', () => {
    expect(parseKnownName('llama')).toBeUndefined();
    expect(() => parsePullReference('llama')).toThrow(knownModels[0]?.name);
  });

  test.each(servedElsewhere)('$name is said to run on servers only', ({ name, architecture }) => {
    for (const text of [name, `${name}-20b`, `${name}:20b`, `${name}.1`])
      expect(() => parsePullReference(text)).toThrow(architecture);
  });
});

describe('a name in the catalog', () => {
  test.each([
    ['Some Model (v2).gguf', 'some-model-v2-'],
    ['.hidden.GGUF', 'hidden'],
    ['--a', 'a'],
    ['ä', 'model'],
    ['', 'model'],
    ['m'.repeat(80), 'm'.repeat(64)],
    ['a.gguf.gguf', 'a.gguf'],
  ])('is made of %j as %j', (text, name) => {
    expect(nameOf(text)).toBe(name);
  });

  test('is that of a known name with its quantisation, and of no other text', () => {
    expect(nameOfReference('deepseek-r1:7b')).toBe('deepseek-r1-7b-q4_k_m');
    expect(nameOfReference('deepseek-r1:7b-q8_0')).toBe('deepseek-r1-7b-q8_0');
    expect(nameOfReference('hf:owner/name')).toBeUndefined();
  });

  test.each(['see https://example.org/m.gguf', ' https://example.org/m.gguf', 'xhttps://example.org'])(
    'or an address is all of a text: %j is none',
    (text) => {
      expect(() => parsePullReference(text)).toThrow(/neither hf:OWNER\/NAME/);
    },
  );
});
