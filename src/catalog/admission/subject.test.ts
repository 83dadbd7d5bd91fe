// The admission key covers the whole tuple and nothing but the tuple.
import { expect, test } from 'vitest';
import { digestOf } from '../../base/index.ts';
import { serving } from '../fixture.ts';
import {
  admissionKeyOf,
  type FileSubject,
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

const changes: readonly Partial<Subject>[] = [
  { weights: other },
  { tensors: other },
  { tokenizer: other },
  { chatTemplate: other },
  { adapters: [other] },
  { quantisation: 'F32' },
  { runtimeBuild: 'scripted 2' },
  { sampling: { ...subject.sampling, temperature: 0 } },
  { sampling: { ...subject.sampling, topP: 1 } },
  { sampling: { ...subject.sampling, maxTokens: 1 } },
  { thinkingBudget: 0 },
  { systemPrompt: '' },
  { guardChain: [other] },
];

test.each(changes)('the change %j makes another key and is named once', (change) => {
  const changed = { ...subject, ...change };
  expect(admissionKeyOf(changed)).not.toBe(admissionKeyOf(subject));
  expect(subjectDifferences(subject, changed)).toHaveLength(1);
});

test('the changes above touch every member', () => {
  expect(new Set(changes.flatMap(Object.keys))).toEqual(new Set(Object.keys(subject)));
});

test('members that are not of the tuple and the order of members do not matter', () => {
  const extra = { ...file, path: '/somewhere', sampling: 'ignored' } as FileSubject;
  const reordered = Object.fromEntries(Object.entries(subject).reverse()) as Subject;
  expect(admissionKeyOf(subjectFrom(extra, serving))).toBe(admissionKeyOf(subject));
  expect(admissionKeyOf(reordered)).toBe(admissionKeyOf(subject));
  expect(subjectDifferences(subject, reordered)).toEqual([]);
});
