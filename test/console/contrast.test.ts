// Colours that meet on the pages, computed from the tokens in both themes: text 4.5:1, marks 3:1 (WCAG 2.2).
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../repository/source-files.ts';

type Colours = ReadonlyMap<string, string>;

const css = readFileSync(join(root, 'console', 'src', 'styles', 'tokens.css'), 'utf8');

function coloursOf(selector: string): Colours {
  const block = css.slice(css.indexOf(`${selector} {`)).split('\n}')[0] as string;
  return new Map(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6})/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

const light = coloursOf(':root');
const themes: readonly Colours[] = [light, new Map([...light, ...coloursOf('[data-theme="dark"]')])];

/** Linear, 0 to 1, in red, green and blue. */
function linear(hex: string): readonly number[] {
  return [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
}

function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = linear(hex);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

const grounds = ['surface', 'ground', 'sunken', 'hover', 'selected', 'raised'];
const states = ['ok', 'warn', 'bad', 'info'];
const texts = [
  ...['ink', 'ink-2', 'ink-3'].flatMap((text) => grounds.map((ground) => [text, ground])),
  ...states.flatMap((state) => ['surface', 'hover', `${state}-soft`].map((ground) => [state, ground])),
  ...states.flatMap((state) => ['ink', 'ink-2'].map((ink) => [ink, `${state}-soft`])),
  ...['surface', 'ground', 'sunken', 'hover', 'thinking-ground'].map((ground) => ['ember', ground]),
  ...['thinking-ground', 'surface', 'sunken'].map((ground) => ['thinking-ink', ground]),
  ...[
    ['warn', 'thinking-ground'],
    ['on-primary', 'primary'],
    ['on-danger', 'danger'],
    ['c-cap', 'surface'],
  ],
  ...['h-0', 'h-1', 'h-2', 'h-3', 'h-4'].map((ground) => ['on-heat', ground]),
];
const series = ['c-1', 'c-2', 'c-3', 'c-4', 'c-5', 'c-6'];
const roles = ['c-prompt', 'c-thinking', 'c-answer', 'c-cap', 'c-held', 'c-axis', 'c-mark'];
const marks = [
  ...[...roles, ...series, 'edge', 'ember', 'thinking-rule', 'danger'].map((mark) => [mark, 'surface']),
  ...[
    ['ember', 'selected'],
    ['ember', 'ground'],
    ['thinking-rule', 'thinking-ground'],
    ['c-held', 'c-held-ground'],
  ],
];

test.each([
  ['text', texts, 4.5],
  ['marks', marks, 3],
] as const)('%s can be told from what they stand on', (_, pairs, least) => {
  const weak = themes.flatMap((colours) =>
    pairs
      .map(([front = '', back = '']) => ({
        front,
        back,
        found: contrast(colours.get(front)!, colours.get(back)!),
      }))
      .filter(({ found }) => !(found >= least)),
  );
  expect(weak).toEqual([]);
});
