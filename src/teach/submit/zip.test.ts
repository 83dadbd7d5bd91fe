// Archives that another program opens.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasPython } from '../has-python.ts';
import { zipOf } from './zip.ts';

const files = { 'b.txt': 'zwei\n', 'a.txt': 'eins ä\n', 'empty.txt': '' };

test('the same files give the same bytes in whatever order', () => {
  expect(zipOf({ 'a.txt': 'eins ä\n', 'empty.txt': '', 'b.txt': 'zwei\n' })).toEqual(zipOf(files));
});

describe.skipIf(!hasPython())("python's zipfile (skipped without python3)", () => {
  test('finds every file whole', () => {
    const directory = mkdtempSync(join(tmpdir(), 'tiegel-zip-'));
    try {
      const path = join(directory, 'package.zip');
      writeFileSync(path, zipOf(files));
      const code = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    print(json.dumps({name: archive.read(name).decode() for name in archive.namelist()}))`;
      expect(JSON.parse(execFileSync('python3', ['-c', code, path], { encoding: 'utf8' }))).toEqual(files);
      expect(readFileSync(path).length).toBeLessThan(500);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
