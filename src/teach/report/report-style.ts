// What the style sheet of a teaching report adds to that of every page. Lines differ in colour and in dashes, so that
// they can be told apart on paper too.

const tones = [
  { colour: 'light-dark(#0b62a8, #6cb6ff)', dashes: 'none' },
  { colour: 'light-dark(#b35900, #ffa657)', dashes: '7 3' },
  { colour: 'light-dark(#8944ab, #d2a8ff)', dashes: '2 3' },
  { colour: 'light-dark(#177245, #4cc38a)', dashes: '9 3 2 3' },
  { colour: 'light-dark(#b42318, #ff8d85)', dashes: '4 4' },
  { colour: 'light-dark(#59636e, #9aa4ae)', dashes: '5 2' },
];

/** Number of colours, after which they repeat. */
export const toneCount: number = tones.length;

/** Styles of the charts, which are also written as files of their own. */
export const chartStyle: string = `
.chart { max-width: 100%; height: auto; font: 11px/1 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
.chart text { fill: var(--quiet); font-variant-numeric: tabular-nums; }
.chart text.title { fill: var(--text); font-size: 12.5px; font-weight: 600; }
.chart text.row { fill: var(--text); }
.chart .grid { stroke: var(--line); stroke-width: .7; } .chart .axis { stroke: var(--quiet); stroke-width: 1; }
.chart .zero { stroke: var(--text); stroke-width: 1.2; }
.chart .line { fill: none; stroke: var(--tone); stroke-width: 1.8; stroke-linejoin: round; stroke-dasharray: var(--dashes); }
.chart .band { fill: var(--tone); opacity: .13; } .chart .dot { fill: var(--tone); opacity: .45; }
.chart .leader { fill: none; stroke: var(--tone); stroke-width: .8; } .chart text.name { fill: var(--tone); font-weight: 600; }
.chart .whisker { stroke-width: 5; stroke-linecap: round; opacity: .35; }
.chart .ahead { fill: var(--good); stroke: var(--good); } .chart .behind { fill: var(--bad); stroke: var(--bad); }
.chart .undecided { fill: var(--open); stroke: var(--open); } .chart circle { stroke: none; }
${tones.map(({ colour, dashes }, tone) => `.tone${tone} { --tone: ${colour}; --dashes: ${dashes}; }`).join('\n')}
`;

export const reportStyle: string = `${chartStyle}
header > div:first-child { flex: 1 1 0; min-width: min(100%, 420px); }
.figures { display: flex; flex-wrap: wrap; gap: 14px 12px; margin: 10px 0 14px; }
.figures > * { margin: 0; max-width: 100%; break-inside: avoid; }
.small td, .small th { padding-right: 12px; }
details summary { cursor: pointer; color: var(--quiet); font-size: 13px; margin: 10px 0; }
.rollout { border-left: 3px solid var(--line); padding-left: 12px; margin: 8px 0; }
.rollout.right { border-color: var(--good); } .rollout.wrong { border-color: var(--bad); }
`;
