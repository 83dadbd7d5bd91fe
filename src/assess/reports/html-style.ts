// What the style sheet of an assessment's report adds to that of every page: criteria on their scale, the heat map, the
// curve of best-of-N.

export const style: string = `
td.kept, td.number .quiet { white-space: nowrap; }
:root { --heat: #d1242f; }
.range { display: block; width: 150px; height: 22px; overflow: visible; }
.range .axis { stroke: var(--line); stroke-width: 2; }
.range .spread { stroke: var(--quiet); stroke-width: 5; stroke-linecap: round; opacity: .55; }
.range .threshold { stroke: var(--text); stroke-width: 2; }
.range .met { fill: var(--good); } .range .not-met { fill: var(--bad); } .range .undecided { fill: var(--open); }
table.heat { width: auto; }
.heat td { text-align: center; border: 2px solid var(--ground); padding: 6px 8px; min-width: 108px;
  font-variant-numeric: tabular-nums; }
.heat td .quiet { font-size: 11.5px; color: inherit; opacity: .8; }
.heat th { padding: 4px 8px; } .heat tbody th { text-align: left; padding-left: 0; border: 0; white-space: nowrap;
  vertical-align: middle; color: var(--text); font-weight: 500; }
.heat thead th { text-align: center; border: 0; }
.heat .none { color: var(--quiet); background: var(--raised); }
${Array.from({ length: 11 }, (_, step) => heatStep(step)).join('\n')}
.curve { width: 100%; max-width: 560px; height: auto; }
.curve text { fill: var(--quiet); font-size: 11px; }
.curve .axis { stroke: var(--line); } .curve .rate { fill: none; stroke: var(--bad); stroke-width: 2; }
.curve .worst { fill: none; stroke: var(--quiet); stroke-width: 1.5; stroke-dasharray: 4 3; }
@media print { .heat td { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;

/** Colours of cells from never (0) to always (10); even one success differs from none. */
function heatStep(step: number): string {
  if (step === 0) return '.h0 { background: light-dark(#e8f5ec, #17301f); }';
  const share = Math.round(14 + step * 6.6);
  const text = step >= 6 ? ' color: #ffffff;' : '';
  return `.h${step} { background: color-mix(in srgb, var(--heat) ${share}%, var(--ground));${text} }`;
}
