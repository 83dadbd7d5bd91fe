// What the style sheet of a page of the meter adds to that of every page.
import { toneCount } from './plot.ts';

const tones = [
  'light-dark(#0b62a8, #6cb6ff)',
  'light-dark(#b35900, #ffa657)',
  'light-dark(#8944ab, #d2a8ff)',
  'light-dark(#177245, #4cc38a)',
  'light-dark(#b42318, #ff8d85)',
  'light-dark(#59636e, #9aa4ae)',
];

export const reportStyle: string = `
.plot { max-width: 100%; height: auto; font: 11px/1 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.plot text { fill: var(--quiet); font-variant-numeric: tabular-nums; }
.plot text.title { fill: var(--text); font-size: 12.5px; font-weight: 600; }
.plot .grid { stroke: var(--line); stroke-width: .7; }
.plot .line { fill: none; stroke: var(--quiet); stroke-width: 1.2; }
.plot .whisker { stroke: var(--tone); stroke-width: 1.6; opacity: .6; }
.plot .leader { stroke: var(--tone); stroke-width: .7; stroke-dasharray: 2 3; opacity: .7; }
.plot circle { fill: var(--tone); } .plot text.name { fill: var(--tone); font-weight: 600; }
${tones
  .slice(0, toneCount)
  .map((colour, tone) => `.tone${tone} { --tone: ${colour}; }`)
  .join('\n')}
td, th { vertical-align: top; } td.number { font-variant-numeric: tabular-nums; white-space: normal; }
td:first-child { min-width: 11em; }
.kind { border: 1px solid var(--line); border-radius: 3px; padding: 0 5px; font-size: 12px; white-space: nowrap; }
figure { margin: 10px 0 14px; }
`;
