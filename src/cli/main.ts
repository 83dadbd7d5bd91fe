// The entry of the command line. It keeps what Node makes of the sources (types stripped, code compiled), which takes more
// than half of the time of a short command, beside the packages; where that place is read-only, nothing is kept.
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';

enableCompileCache(join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'tiegel'));
const { run } = await import('./program.ts');
process.exitCode = await run(process.argv.slice(2));
