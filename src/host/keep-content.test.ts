// Content is kept where the policy of whoever asks allows it, up to a length, and never at the cost of a request.
import { expect, test } from 'vitest';
import { effectivePolicy } from '../governance/index.ts';
import type { Content } from '../store/index.ts';
import type { RequestObserver } from '../traffic/index.ts';
import { keepContent } from './keep-content.ts';

type Began = NonNullable<RequestObserver['began']>;
type Ended = NonNullable<RequestObserver['ended']>;

function keeping(contentDays: number, keep?: (contents: readonly Content[]) => void) {
  const kept: { readonly days: number; readonly content: Content }[] = [];
  const errors: unknown[] = [];
  const held = keepContent({
    content: {
      keep: (contents, days) => {
        keep?.(contents);
        kept.push(...contents.map((content) => ({ days, content })));
      },
    },
    policies: {
      of: () => ({ policy: effectivePolicy({ schema: 1, retention: { contentDays } }), version: 1 }),
    },
    logger: { error: (...told: readonly unknown[]) => void errors.push(told) },
  } as Parameters<typeof keepContent>[0]);
  const run = (id: string, question: string, answer: string, account: string | null = 'acc_1'): void => {
    const principal = { organisation: 'org_1', account, principalId: 'prn_1' };
    const request = { id, principal } as unknown as Parameters<Began>[0];
    held.observer.began?.(request, { name: 'm', admissionKey: '' }, [{ role: 'user', content: question }]);
    held.observer.parts?.(request, 0, [{ type: 'reasoning-delta', text: 'hm' }]);
    held.observer.parts?.(request, 0, [{ type: 'answer-delta', text: answer }]);
    held.observer.ended?.({
      ...{ requestId: id, model: 'm', outcome: { type: 'finished' } },
    } as unknown as Parameters<Ended>[0]);
  };
  return { held, kept, errors, run };
}

test('what was asked, thought and answered is kept for as long as the policy says, for whom it belongs to', () => {
  const { held, kept, run } = keeping(30);
  run('req_1', 'six times seven?', '42');
  held[Symbol.dispose]();
  expect(kept).toEqual([
    {
      days: 30,
      content: expect.objectContaining({ request: 'req_1', organisation: 'org_1', principal: 'prn_1' }),
    },
  ]);
  expect(JSON.parse(kept[0]?.content.text ?? '')).toEqual({
    ...{ model: 'm', outcome: 'finished', messages: [{ role: 'user', content: 'six times seven?' }] },
    choices: [{ reasoning: 'hm', answer: '42' }],
  });
});

test('nothing is kept without a retention, or for a key that belongs to no account', () => {
  const without = keeping(0);
  without.run('req_1', 'a', 'b');
  without.held[Symbol.dispose]();
  const nobody = keeping(30);
  nobody.run('req_1', 'a', 'b', null);
  nobody.held[Symbol.dispose]();
  expect([...without.kept, ...nobody.kept]).toEqual([]);
});

test('a long request is cut, and what cannot be kept is logged without what was in it', () => {
  const long = keeping(30);
  long.run('req_1', 'x'.repeat(2_000_000), 'y'.repeat(2_000_000));
  long.held[Symbol.dispose]();
  expect(long.kept[0]?.content.text.length).toBeLessThan(1_010_000);
  const full = keeping(30, () => {
    throw new Error('disk full');
  });
  full.run('req_1', 'canary', 'canary');
  full.held[Symbol.dispose]();
  expect(full.errors).toHaveLength(1);
  expect(JSON.stringify(full.errors)).not.toContain('canary');
});
