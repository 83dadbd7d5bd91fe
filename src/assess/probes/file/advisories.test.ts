import { describe, expect, test } from 'vitest';
import { advisoriesAgainst } from './advisories.ts';

const dayOfList = Date.parse('2026-11-21');
const matched = (build: string) =>
  advisoriesAgainst(build, dayOfList).matches.map(({ id, state }) => `${id} ${state}`);

describe('a runtime build is compared with the list', () => {
  test.each([
    ['node-llama-cpp 3.22.1 / llama.cpp v0.5.0 / gpu none', []],
    ['tiegel-scripted 1', []],
    ['llama-server 0.4.2 (abc) / sha256 00', []],
    ['llama-server 0.5.0-dev (build 1, commit 0ad4a86) / sha256 00', []],
  ])('%s has no known advisory', (build, expected) => {
    expect(matched(build)).toEqual(expected);
  });

  test('a build before a fix is affected; where no number of the fix is known, nobody can tell', () => {
    expect(matched('node-llama-cpp 3.0.0 / llama.cpp b8145 / gpu none')).toEqual([
      'CVE-2024-21802 unknown',
      'GHSA-7rxv-5jhh-j6xx unknown',
      'CVE-2026-27940 affected',
    ]);
    expect(matched('llama-server 8146 (abc) / sha256 00')).toEqual([
      'CVE-2024-21802 unknown',
      'GHSA-7rxv-5jhh-j6xx unknown',
      'CVE-2026-21869 unknown',
    ]);
    expect(matched('llama.cpp v0.1.0-dev')).toContain('CVE-2026-27940 affected');
    expect(matched('llama.cpp v0.0.9')).toContain('CVE-2026-27940 affected');
  });

  test('a version that cannot be read is not taken for a new one', () => {
    for (const build of ['llama.cpp unknown', 'llama.cpp', 'llama-server of unknown version / sha256 00'])
      expect(matched(build)).toContain('CVE-2026-27940 unknown');
    expect(matched('sglang 0.9.9')).toEqual(['CVE-2026-5760 unknown']);
  });
});

test('a list of more than 90 days is old', () => {
  const at = (days: number) => advisoriesAgainst('x', dayOfList + days * 86_400_000);
  expect(at(90)).toMatchObject({ date: '2026-11-21', ageDays: 90, old: false });
  expect(at(91).old).toBe(true);
  expect(at(-3).ageDays).toBe(0);
});
