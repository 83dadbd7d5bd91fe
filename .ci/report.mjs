// Reads the report of a test run: names tests that were skipped although this machine can run them, and ends with the line
// `N passed, N failed`. Plain JavaScript, since it may run under any Node.
import { existsSync, readFileSync } from 'node:fs';

/** What CI does not run, by what the names of such tests say of themselves. */
const notHere = [
  // A binary of the operator's own choice; Debian has no package of it.
  'the binary in TIEGEL_LLAMA_SERVER (skipped: it is not set)',
  // An optional addon, built by hand: the kernels that everybody runs are what CI tests.
  'the addon (skipped unless `npm run build:native` ran)',
];
/** A published text that a test would compare with, where somebody has it. */
const absentFile = '(not among the validation data)';
/** Data that lie beside the checkout of those who maintain the project, and nowhere else. */
const withData = 'TIEGEL_DATA';
/** A case of a contract that an engine declares not to keep. */
const declared = /\(skipped: [^)]+\)$/;

const [path, checksFailed] = process.argv.slice(2);
const {
  numPassedTests = 0,
  numFailedTests = 1,
  testResults = [],
} = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
const skipped = testResults
  .flatMap(({ assertionResults }) => assertionResults)
  .filter(({ status }) => status !== 'passed' && status !== 'failed')
  .map(({ fullName }) => fullName.trim())
  .filter((name) => !notHere.some((start) => name.startsWith(start)))
  .filter((name) => !declared.test(name) && !name.includes(absentFile))
  .filter((name) => process.env.TIEGEL_DATA !== undefined || !name.includes(withData));

for (const name of skipped) console.log(`Skipped, though CI is meant to run it: ${name}`);
const failed = numFailedTests + skipped.length;
const unnamed = checksFailed === '1' && failed === 0 ? 1 : 0;
console.log(`${numPassedTests} passed, ${failed + unnamed} failed`);
process.exit(failed + unnamed === 0 ? 0 : 1);
