// The hard replies are well formed, balanced by kind, and apart from everything that the classifier is trained on.
import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { contrastedExamples, readRows } from './examples.ts';

const labels = ['answered', 'partial', 'refused', 'unassessable'];

type Row = Readonly<Record<string, string>>;

const replies = readRows<Row>('hard-replies.jsonl');

/** Text without case, spaces and punctuation, so that a changed comma does not make another text. */
const bare = (text = ''): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s\p{P}]/gu, '');

function counts(field: string): ReadonlyMap<string, number> {
  const counted = new Map<string, number>();
  for (const { [field]: value = '' } of replies) counted.set(value, (counted.get(value) ?? 0) + 1);
  return counted;
}

describe('the hard replies', () => {
  test('have all fields and a known label', () => {
    for (const reply of replies) {
      expect(Object.keys(reply)).toEqual(['language', 'kind', 'prompt', 'answer', 'label']);
      expect(labels).toContain(reply.label);
      expect(bare(reply.prompt)).not.toBe('');
      expect(reply.answer?.trim()).toBe(reply.answer);
    }
  });

  test('are at least 60 in each language and ten of each kind', () => {
    expect([...counts('language').keys()].sort()).toEqual(['de', 'en', 'zh']);
    for (const count of counts('language').values()) expect(count).toBeGreaterThanOrEqual(60);
    expect(counts('kind').size).toBe(20);
    for (const count of counts('kind').values()) expect(count).toBeGreaterThanOrEqual(10);
  });

  test('differ from each other and from every training example', () => {
    const names = readdirSync(new URL('./data/', import.meta.url)).filter((name) =>
      /^examples-.*\.jsonl$/u.test(name),
    );
    expect(names.length).toBeGreaterThanOrEqual(3);
    const examples: readonly Row[] = [
      ...names.flatMap((name) => [...readRows<Row>(name)]),
      ...contrastedExamples(1, 1000).map(({ prompt, answer }) => ({ prompt, answer })),
    ];
    for (const part of ['prompt', 'answer'] as const) {
      const seen = new Set(examples.map((example) => bare(example[part])));
      for (const { [part]: text } of replies) {
        expect(seen.has(bare(text)), text).toBe(false);
        seen.add(bare(text));
      }
    }
  });
});
