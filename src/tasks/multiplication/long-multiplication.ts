// Long multiplication of two two-digit factors as text, least significant digit first. For 47 * 36:
//
//   47*6: 7*6=42 4*6=24 24+4=28 282
//   47*3: 7*3=21 4*3=12 12+2=14 141
//   282+1410: 2 8+1+0=09 2+4+0=06 0+1+0=01
//
// The third summand of a column is the carry. Every field has a fixed width (padded with zeros), so that each digit is
// at a constant distance from the digits it depends on; a model can learn that by position alone.

/** The trace of `left * right`; both have two digits. */
export function longMultiplication(left: number, right: number): string {
  const ones = left * (right % 10);
  const tens = left * Math.floor(right / 10);
  return [
    partialProduct(left, right % 10),
    partialProduct(left, Math.floor(right / 10)),
    sum(ones, tens),
  ].join('\n');
}

function partialProduct(factor: number, digit: number): string {
  const low = (factor % 10) * digit;
  const high = Math.floor(factor / 10) * digit;
  const carry = Math.floor(low / 10);
  return [
    `${factor}*${digit}:`,
    `${factor % 10}*${digit}=${padded(low, 2)}`,
    `${Math.floor(factor / 10)}*${digit}=${padded(high, 2)}`,
    `${padded(high, 2)}+${carry}=${padded(high + carry, 2)}`,
    padded(factor * digit, 3),
  ].join(' ');
}

function sum(ones: number, tens: number): string {
  const upper = padded(ones, 4);
  const lower = padded(tens * 10, 4);
  const columns: string[] = [upper.slice(-1)];
  let carry = 0;
  for (let column = 2; column >= 0; column--) {
    const total = Number(upper[column]) + Number(lower[column]) + carry;
    columns.push(`${upper[column]}+${lower[column]}+${carry}=${padded(total, 2)}`);
    carry = Math.floor(total / 10);
  }
  return `${padded(ones, 3)}+${padded(tens, 3)}0: ${columns.join(' ')}`;
}

function padded(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
