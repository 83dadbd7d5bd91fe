// KaTeX with its styles and fonts, which are loaded with the first formula. It makes elements, never HTML, loads nothing and opens nothing.
import katex from 'katex';
import 'katex/dist/katex.css';

/** @throws ParseError for what is no formula, and for what takes too many expansions */
export function drawFormula(place: HTMLElement, text: string, isDisplay: boolean): void {
  katex.render(text, place, {
    displayMode: isDisplay,
    trust: false,
    strict: 'ignore',
    ...{ maxExpand: 200, maxSize: 20, throwOnError: true },
  });
}
