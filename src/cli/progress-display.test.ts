// Progress of long work, with a terminal and without one.
import { Writable } from 'node:stream';
import { expect, test, vi } from 'vitest';
import { type ManualClock, manualClock } from '../base/index.ts';
import { createProgressDisplay } from './progress-display.ts';
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
  const tell = createProgressDisplay({ terminal, clock });
  const show = (doing: string, done: number, total: number): void =>
    tell({ doing, count: { done, total, unit: 'tensors' } });
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
  const tell = createProgressDisplay({ terminal, clock });
  const show = (doing: string, done: number, total: number): void =>
    tell({ doing, count: { done, total, unit: 'tensors' } });
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
  const tell = createProgressDisplay({ terminal, clock });
  const show = (doing: string, done: number, total: number): void =>
    tell({ doing, count: { done, total, unit: 'trials' } });
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

test('bytes are shown as sizes, a share with the time left that the worker knows, figures behind it', () => {
  const clock = manualClock();
  const { terminal, written } = collected(clock, true);
  const tell = createProgressDisplay({ terminal, clock });
  const total = 2 ** 31;
  tell({ doing: 'Pulling', count: { done: 0, total, unit: 'bytes' } });
  clock.advance(1000);
  tell({ doing: 'Pulling', count: { done: 2 ** 29, total, unit: 'bytes' } });
  const count = { done: 40, total: 100, unit: 'percent', secondsLeft: 30 };
  tell({ doing: 'sft', count, detail: 'loss 1.5' });
  expect(written.map((line) => line.slice(5))).toEqual([
    'Pulling: 0.0 MiB of 2.00 GiB (0 %)',
    'Pulling: 512.0 MiB of 2.00 GiB (25 %), 512.0 MiB/s, 3 s left',
    'sft: 40 %, 30 s left · loss 1.5',
  ]);
});

test('what is told faster than anybody reads is drawn five times a second', () => {
  const clock = manualClock();
  const { terminal, written } = collected(clock, true);
  const tell = createProgressDisplay({ terminal, clock });
  for (let done = 0; done < 1000; done++) {
    tell({ doing: 'Pulling', count: { done, total: 1000, unit: 'bytes' } });
    clock.advance(1);
  }
  expect(written).toHaveLength(5);
});

test('work that is not counted shows how long it has taken, until it is over', () => {
  vi.useFakeTimers();
  try {
    const clock = manualClock();
    const { terminal, written } = collected(clock, true);
    const tell = createProgressDisplay({ terminal, clock });
    tell({ doing: 'Loading r1' });
    clock.advance(1000);
    vi.advanceTimersByTime(1000);
    tell(null);
    vi.advanceTimersByTime(5000);
    expect(written).toEqual(['\r\u001b[2KLoading r1 … 0 s', '\r\u001b[2KLoading r1 … 1 s', '\r\u001b[2K']);
  } finally {
    vi.useRealTimers();
  }
});
