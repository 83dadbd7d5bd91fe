// Prints the rows of docs/errors.md from the error table; the text around them is written by hand.
import { type ErrorCode, errorEntry, errorTable } from '../src/base/index.ts';

for (const code of Object.keys(errorTable) as ErrorCode[]) {
  const { status, retryable, publicCode, message, fix } = errorEntry(code);
  const told = publicCode === null ? '-' : `\`${publicCode}\``;
  process.stdout.write(
    `| \`${code}\` | ${status} | ${retryable ? 'yes' : 'no'} | ${told} | ${message} | ${fix} |\n`,
  );
}
