// Whatever text comes in, what reaches a terminal steers nothing, and styles are those that a command asked for.
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTerminal, type Terminal } from './terminal.ts';

/** Clears the screen, sets the title, rings, hides a line, turns text around, ends a string in 8 bits. */
const hostile = '\u001b[2J\u001b]0;owned\u0007\u0008\u202egnp.exe\u009b31m\u0000\r\ud800';
const steering = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/u;

type Output = { readonly terminal: Terminal; readonly stdout: () => string; readonly stderr: () => string };

function outputOf({ json = false, isTTY = false } = {}): Output {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()].map((stream) =>
    Object.assign(stream, { isTTY, columns: 80, getColorDepth: () => 8, hasColors: () => true }),
  );
  const terminal = createTerminal({ json, stdout: stdout!, stderr: stderr! });
  const textOf = (stream: PassThrough) => () => String(stream.read() ?? '');
  return { terminal, stdout: textOf(stdout!), stderr: textOf(stderr!) };
}

/** What is left once the sequences that the terminal itself writes are gone. */
const withoutOwn = (text: string): string =>
  ['\r\u001b[2K', ...[1, 2, 22, 31, 32, 39].map((code) => `\u001b[${code}m`), '\n'].reduce(
    (rest, own) => rest.replaceAll(own, ''),
    text,
  );

describe('a terminal', () => {
  test('spells out what would steer it, and leaves letters of all scripts, tabs and lines', () => {
    const { terminal, stdout, stderr } = outputOf();
    terminal.print(hostile);
    terminal.note('两 行\n\tß שלום');
    expect(stdout()).toBe(
      '⟨U+001B⟩[2J⟨U+001B⟩]0;owned⟨U+0007⟩⟨U+0008⟩⟨U+202E⟩gnp.exe⟨U+009B⟩31m⟨U+0000⟩⟨U+000D⟩⟨U+D800⟩\n',
    );
    expect(stderr()).toBe('两 行\n\tß שלום\n');
  });

  test('keeps the joiners of emoji and of Persian words', () => {
    const { terminal, stdout } = outputOf();
    terminal.write('👩‍🔬 می‌خواهم 🏴󠁧󠁢󠁥󠁮󠁧󠁿');
    expect(stdout()).toBe('👩‍🔬 می‌خواهم 🏴󠁧󠁢󠁥󠁮󠁧󠁿');
  });

  test('styles what it is asked to, also one within another, and styles no text that only looks like it', () => {
    const { terminal, stdout } = outputOf({ isTTY: true });
    terminal.print(
      `${terminal.dim(`a ${terminal.bold('b')} c`)} \u0002${'0'.repeat(24)}bold\u0002d\u001b[1me`,
    );
    const shown = stdout().replace('\r\u001b[2K', '');
    expect(shown).toBe(
      `\u001b[2ma \u001b[22m\u001b[1mb\u001b[22m\u001b[2m c\u001b[22m ⟨U+0002⟩${'0'.repeat(24)}bold⟨U+0002⟩d⟨U+001B⟩[1me\n`,
    );
  });

  test('lets no text through that steers it, by whatever way and however styled', () => {
    const text = fc.oneof(
      fc.constant(hostile),
      fc.string({ unit: fc.constantFrom(...hostile, 'a', '\u2066', '\u0002', '\u0003') }),
    );
    fc.assert(
      fc.property(text, fc.boolean(), (foreign, isTTY) => {
        const { terminal, stdout, stderr } = outputOf({ isTTY });
        terminal.print(`${terminal.good(foreign)} ${foreign}`);
        terminal.write(terminal.dim(foreign));
        terminal.note(`${terminal.bad('Error')} ${foreign}`);
        terminal.progress(foreign);
        expect(withoutOwn(stdout())).not.toMatch(steering);
        expect(withoutOwn(stderr())).not.toMatch(steering);
      }),
    );
  });

  test('writes JSON that means the same and in which nothing steers it', () => {
    const { terminal, stdout } = outputOf({ json: true });
    terminal.result({ [hostile]: [hostile, 'שלום 👩‍🔬'] });
    const line = stdout();
    expect(line.slice(0, -1)).not.toMatch(steering);
    expect(JSON.parse(line)).toEqual({ [hostile]: [hostile, 'שלום 👩‍🔬'] });
  });
});
