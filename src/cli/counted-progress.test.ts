// Progress of long work, with a terminal and without one.
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { type ManualClock, manualClock } from '../base/index.ts';
import { countedProgress } from './counted-progress.ts';
import { createTerminal } from './terminal.ts';

function collected(clock: ManualClock, isTTY: boolean) {
  const written: string[] = [];
  const stream = Object.assign(
    new Writable({
      write: (chunk, _, done) => {
        written.push(String(chunk));
        done();
      },
    }),
    { isTTY, columns: 80 },
  );
  return { terminal: createTerminal({ json: false, clock, stdout: stream, stderr: stream }), written };
}

test('without a terminal, an hour of work is told in a line a minute, with rate and time left', () => {
  const clock = manualClock();
  const { terminal, written } = collected(clock, false);
  const show = countedProgress({ terminal, clock }, 'tensors');
  for (let second = 0; second < 3600; second++) {
    show('Converting', second, 3600);
    clock.advance(1000);
  }
  expect(written).toHaveLength(59);
  expect(written[0]).toBe('Converting: 60 of 3600 tensors (1 %), 1.0/s, 59 min left\n');
  expect(written.at(-1)).toBe('Converting: 3540 of 3600 tensors (98 %), 1.0/s, 60 s left\n');
});

test('without a terminal, what takes less than a minute is silent', () => {
  const clock = manualClock();
  const { terminal, written } = collected(clock, false);
  const show = countedProgress({ terminal, clock }, 'tensors');
  for (let second = 0; second < 60; second++) {
    show('Converting', second, 60);
    clock.advance(1000);
  }
  terminal.clearProgress();
  expect(written).toEqual([]);
});

test('on a terminal, one line rewrites itself, and another work is counted anew', () => {
  const clock = manualClock();
  const { terminal, written } = collected(clock, true);
  const show = countedProgress({ terminal, clock }, 'trials');
  show('Assessing harm', 0, 10);
  clock.advance(60_000);
  show('Assessing harm', 6, 10);
  show('Assessing bias', 0, 5);
  expect(written).toEqual([
    '\r\u001b[2KAssessing harm: 0 of 10 trials (0 %)',
    '\r\u001b[2KAssessing harm: 6 of 10 trials (60 %), 6.0/min, 40 s left',
    '\r\u001b[2KAssessing bias: 0 of 5 trials (0 %)',
  ]);
});
