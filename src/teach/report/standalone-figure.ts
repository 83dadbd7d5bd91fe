// A figure as a separate SVG file, for guides and cards. Always light, with a background of its own, since it may be on any page.
import { type Html, textOfHtml } from '../../base/index.ts';
import { chartStyle } from './report-style.ts';

const colours = `svg { color-scheme: light; background: #ffffff; --ground: #ffffff; --line: #d9dde1; --text: #1b1f23;
  --quiet: #59636e; --good: #1a7f45; --bad: #c1272d; --open: #8a5a00; }`;

export function standaloneFigure(drawing: Html): string {
  const text = textOfHtml(drawing);
  const [opening = ''] = text.match(/^<svg[^>]*>/) ?? [];
  const namespace = 'xmlns="http://www.w3.org/2000/svg"';
  // Stated explicitly, since not every viewer supports light-dark().
  const style = `${colours}${chartStyle.replaceAll(/light-dark\(([^,]+),[^)]*\)/g, '$1')}`;
  return `${opening.replace('<svg', `<svg ${namespace}`)}<style>${style}</style>${text.slice(opening.length)}\n`;
}
