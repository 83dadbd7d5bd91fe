import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOf } from '../base/index.ts';
import { openEvidence } from './evidence.ts';

test('sealed evidence holds one object a line and has the digest stated', () => {
  const home = mkdtempSync(join(tmpdir(), 'tiegel-evidence-'));
  const directory = join(home, 'one');
  {
    using evidence = openEvidence(directory);
    const lines = [{ text: 'a\nb' }, { text: '\ud800 alone' }, { nested: [1, null] }];
    for (const line of lines) evidence.append(line);
    expect(existsSync(evidence.path)).toBe(false);
    const digest = evidence.seal();
    const content = readFileSync(evidence.path, 'utf8');
    expect(digestOf(content)).toBe(digest);
    expect(
      content
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(lines);
  }
  expect(existsSync(join(directory, 'evidence.jsonl'))).toBe(true);
  rmSync(home, { recursive: true });
});

test('evidence that was not sealed leaves nothing', () => {
  const home = mkdtempSync(join(tmpdir(), 'tiegel-evidence-'));
  {
    using evidence = openEvidence(join(home, 'one'));
    evidence.append({ text: 'begun' });
  }
  expect(existsSync(join(home, 'one'))).toBe(false);
  rmSync(home, { recursive: true });
});
