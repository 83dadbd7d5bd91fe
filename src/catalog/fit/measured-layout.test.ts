import { mkdtempDisposableSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOf } from '../../base/index.ts';
import { type MeasuredLayout, measuredLayout, rememberLayout } from './measured-layout.ts';

const weights = digestOf('weights');
const usual = { threads: 1, attention: 'plain', caches: 'one' } as const;
const layout: MeasuredLayout = {
  ...{ machine: 'one', runtimeBuild: 'build 1', at: 5, usual, chosen: { ...usual, threads: 2 } },
  compared: [{ layout: { ...usual, threads: 2 }, ratio: 0.7, rounds: 3 }],
};

test('what was measured comes back for the model, machine and runtime that it was measured for', () => {
  using home = mkdtempDisposableSync(join(tmpdir(), 'tiegel-layouts-'));
  rememberLayout(home.path, weights, layout);
  expect(measuredLayout(home.path, weights, layout)).toEqual({ state: 'measured', measured: layout });
  for (const other of [{ machine: 'two' }, { runtimeBuild: 'build 2' }])
    expect(measuredLayout(home.path, weights, { ...layout, ...other })).toEqual({ state: 'unknown' });
  expect(measuredLayout(home.path, digestOf('others'), layout)).toEqual({ state: 'unknown' });
});

test('each machine and runtime has one, the last that was measured', () => {
  using home = mkdtempDisposableSync(join(tmpdir(), 'tiegel-layouts-'));
  for (let build = 0; build < 20; build++)
    rememberLayout(home.path, weights, { ...layout, runtimeBuild: `build ${build}` });
  rememberLayout(home.path, weights, { ...layout, runtimeBuild: 'build 19', chosen: usual });
  expect(measuredLayout(home.path, weights, { ...layout, runtimeBuild: 'build 19' })).toMatchObject({
    measured: { chosen: usual },
  });
  expect(measuredLayout(home.path, weights, { ...layout, runtimeBuild: 'build 0' }).state).toBe('unknown');
});

test('a damaged file is told as such, and replaced by the next measurement', () => {
  using home = mkdtempDisposableSync(join(tmpdir(), 'tiegel-layouts-'));
  rememberLayout(home.path, weights, layout);
  const path = join(home.path, 'layouts', `${weights}.json`);
  const sound = readFileSync(path, 'utf8');
  const damages = [
    '',
    sound.slice(0, -9),
    sound.replace('"plain"', '"other"'),
    sound.replace('"threads": 2', '"threads": 0'),
    sound.replace('"schema": 1', '"schema": 2'),
    sound.replace('"layouts"', '"layout"'),
  ];
  for (const damaged of damages) {
    expect(damaged).not.toBe(sound);
    writeFileSync(path, damaged);
    expect(measuredLayout(home.path, weights, layout).state).toBe('damaged');
  }
  rememberLayout(home.path, weights, layout);
  expect(readFileSync(path, 'utf8')).toBe(sound);
});
