// The admission key covers the whole tuple and nothing but the tuple.
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../base/index.ts';
import { serving } from '../fixture.ts';
import {
  admissionKeyOf,
  type FileSubject,
  type RemoteSubject,
  remoteSubjectFrom,
  type Subject,
  subjectDifferences,
  subjectFrom,
} from './subject.ts';

const file: FileSubject = {
  weights: digestOf('weights'),
  tensors: digestOf('tensors'),
  tokenizer: digestOf('tokenizer'),
  chatTemplate: digestOf('template'),
  adapters: [],
  quantisation: 'Q8_0',
};
const subject = subjectFrom(file, serving);
const other = digestOf('other');

/** Each with what an operator reads about it. */
const changes: readonly [Partial<Subject>, string][] = [
  [{ weights: other }, 'the weights'],
  [{ tensors: other }, 'the tensor shapes'],
  [{ tokenizer: other }, 'the tokenizer'],
  [{ chatTemplate: other }, 'the chat template'],
  [{ adapters: [other] }, 'the adapters'],
  [{ quantisation: 'F32' }, 'the quantisation ("Q8_0" → "F32")'],
  [{ runtimeBuild: 'scripted 2' }, 'the runtime build ("scripted 1" → "scripted 2")'],
  [{ sampling: { ...subject.sampling, temperature: 0 } }, 'the sampling default temperature (0.6 → 0)'],
  [{ sampling: { ...subject.sampling, topP: 1 } }, 'the sampling default topP (0.95 → 1)'],
  [{ sampling: { ...subject.sampling, maxTokens: 1 } }, 'the sampling default maxTokens (200 → 1)'],
  [{ thinkingBudget: 0 }, 'the thinking budget (null → 0)'],
  [{ systemPrompt: '' }, 'the system prompt'],
  [{ filters: [other] }, 'the content filters'],
];

test.each(changes)('the change %j makes another key and is named once', (change, named) => {
  const changed = { ...subject, ...change };
  expect(admissionKeyOf(changed)).not.toBe(admissionKeyOf(subject));
  expect(subjectDifferences(subject, changed)).toEqual([named]);
});

test.each([
  ['templateRenderer', 'jinja 1', 'the renderer of the template (null → "jinja 1")'],
  ['draft', other, 'the draft model'],
] as const)('a %s is part of the tuple where there is one', (member, value, named) => {
  const changed = subjectFrom({ ...file, [member]: value }, serving);
  expect(changed).toEqual({ ...subject, [member]: value });
  expect(member in subject).toBe(false);
  expect(subjectDifferences(subject, changed)).toEqual([named]);
  expect(subjectDifferences(changed, changed)).toEqual([]);
});

test('a place is part of the tuple where it was declared', () => {
  const changed = subjectFrom(file, { ...serving, place: { region: 'DE' } });
  expect(changed).toEqual({ ...subject, place: { region: 'DE' } });
  expect('place' in subject).toBe(false);
  expect(subjectDifferences(subject, changed)).toEqual(['the declared place (null → {"region":"DE"})']);
});

test('attention that is not the usual one is part of the tuple', () => {
  const changed = subjectFrom(file, { ...serving, attention: 'flash' });
  expect(changed).toEqual({ ...subject, attention: 'flash' });
  expect('attention' in subject).toBe(false);
  expect(subjectDifferences(subject, changed)).toEqual(['the attention (null → "flash")']);
});

test('a watermark is part of the tuple where replies have one', () => {
  const watermark = { window: 4, share: 0.5 };
  const changed = subjectFrom(file, { ...serving, watermark });
  expect(changed).toEqual({ ...subject, watermark });
  expect('watermark' in subject).toBe(false);
  expect(subjectDifferences(subject, changed)).toEqual(['the watermark (null → {"share":0.5,"window":4})']);
});

test('the changes above touch every member', () => {
  expect(new Set(changes.flatMap(([change]) => Object.keys(change)))).toEqual(new Set(Object.keys(subject)));
});

test('members that are not of the tuple and the order of members do not matter', () => {
  const extra = { ...file, path: '/somewhere', sampling: 'ignored' } as FileSubject;
  const reordered = Object.fromEntries(Object.entries(subject).reverse()) as Subject;
  expect(admissionKeyOf(subjectFrom(extra, serving))).toBe(admissionKeyOf(subject));
  expect(admissionKeyOf(reordered)).toBe(admissionKeyOf(subject));
  expect(subjectDifferences(subject, reordered)).toEqual([]);
});

describe('the tuple of a model on a server', () => {
  const remote: RemoteSubject['remote'] = {
    server: 'vllm',
    endpoints: ['https://one.example/v1'],
    model: 'r1',
    contextLength: 4096,
    opensThinking: false,
  };
  const fingerprint = [digestOf('an answer'), null];
  const there = remoteSubjectFrom({ remote, fingerprint }, serving);

  test('holds its place, its answers and the configuration, and nothing else', () => {
    const extra = { ...remote, keyVariable: 'KEY', name: 'far' };
    expect(remoteSubjectFrom({ remote: extra, fingerprint }, { ...serving, more: 1 } as never)).toEqual(
      there,
    );
    expect(there).toEqual({ remote, fingerprint, ...serving });
    const template = digestOf('a template');
    const rendered = remoteSubjectFrom({ remote: { ...remote, template }, fingerprint }, serving);
    expect(rendered.remote).toEqual({ ...remote, template });
  });

  test.each<[Partial<RemoteSubject['remote']>, string]>([
    [{ server: 'sglang' }, 'the remote server ("vllm" → "sglang")'],
    [{ endpoints: [] }, 'the remote endpoints (["https://one.example/v1"] → [])'],
    [{ model: 'r2' }, 'the remote model ("r1" → "r2")'],
    [{ contextLength: 8 }, 'the remote contextLength (4096 → 8)'],
    [{ opensThinking: true }, 'the remote opensThinking (false → true)'],
    [{ template: other }, 'the remote template'],
  ])('names the change %j', (change, named) => {
    const changed = remoteSubjectFrom({ remote: { ...remote, ...change }, fingerprint }, serving);
    expect(subjectDifferences(there, changed)).toEqual([named]);
    expect(subjectDifferences(changed, changed)).toEqual([]);
    expect(admissionKeyOf(changed)).not.toBe(admissionKeyOf(there));
  });

  test('names other answers, and that a file is something else', () => {
    const answered = remoteSubjectFrom({ remote, fingerprint: [null, null] }, serving);
    expect(subjectDifferences(there, answered)).toEqual(['the fingerprint']);
    expect(subjectDifferences(there, subject)).toEqual(['where it runs']);
    expect(subjectDifferences(subject, there)).toEqual(['where it runs']);
  });
});
