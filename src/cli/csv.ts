// Lines of CSV.

/** Cells are quoted where they have to be, and what a spreadsheet would take for a formula is text. */
export function csvLine(cells: readonly (string | number | null | undefined)[]): string {
  return cells.map((value) => cellOf(value ?? '')).join(',');
}

function cellOf(value: string | number): string {
  if (typeof value === 'number') return String(value);
  // A negative amount is no formula.
  const isHarmless = !/^[=+\-@\t\r]/.test(value) || /^-?\d+(\.\d+)?$/.test(value);
  const harmless = isHarmless ? value : `'${value}`;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
