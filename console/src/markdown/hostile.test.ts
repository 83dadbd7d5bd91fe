// What a model writes, at every place where a stream could be cut: the page of each beginning of it has no element that loads, runs or
// leads anywhere, and is never larger than what was written allows.
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, test } from 'vitest';
import { blockReader } from './blocks.ts';
import { hostileOutputs } from './hostile-outputs.ts';
import { Markdown } from './markdown.tsx';

/** All that Markdown can become here. */
const elements = new Set([
  ...['p', 'h2', 'h3', 'h4', 'pre', 'code', 'blockquote', 'hr', 'ul', 'ol', 'li', 'div', 'span', 'small'],
  ...['table', 'thead', 'tbody', 'tr', 'th', 'td', 'strong', 'em', 'del', 'br', 'button', 'dialog', 'a'],
]);
const attributes = new Set(['class', 'tabindex', 'start', 'type', 'aria-label', 'href', 'target', 'rel']);

/** Of each element that stands in a page: its name and its attributes. Text has no angle brackets of its own there. */
function faultsIn(markup: string): readonly string[] {
  const faults: string[] = [];
  for (const [tag = '', name = '', rest = ''] of markup.matchAll(/<\/?([a-z0-9]+)([^>]*)>/gi)) {
    if (!elements.has(name)) faults.push(tag);
    for (const [, attribute = '', value = ''] of rest.matchAll(/([\w-]+)="([^"]*)"/g)) {
      if (!attributes.has(attribute)) faults.push(tag);
      if (attribute === 'href' && !/^https?:\/\//i.test(value)) faults.push(tag);
    }
  }
  return faults;
}

test('there are at least two hundred outputs', () => {
  expect(new Set(hostileOutputs).size).toBeGreaterThanOrEqual(200);
});

describe('at every place where it can be cut', () => {
  test.each(hostileOutputs.map((output, place) => [place, output] as const))(
    'output %i stays text',
    (_, output) => {
      const reader = blockReader();
      const faults = new Set<string>();
      let shown: readonly unknown[] = [];
      // Long ones are looked at now and then as well as at their end; each of their pieces is the same again.
      const step = Math.max(1, Math.floor(output.length / 200));
      for (let at = 0; at < output.length; at += step) {
        const blocks = reader.push(output.slice(at, at + step));
        shown = blocks;
        for (const fault of faultsIn(renderToStaticMarkup(createElement(Markdown, { blocks }))))
          faults.add(fault);
      }
      const blocks = reader.end();
      for (const fault of faultsIn(renderToStaticMarkup(createElement(Markdown, { blocks }))))
        faults.add(fault);
      expect([...faults]).toEqual([]);
      expect(shown.length).toBeGreaterThan(0);
    },
  );
});
