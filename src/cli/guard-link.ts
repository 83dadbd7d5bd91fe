// `tiegel guard link`: compares the accounts of the running week with each other now, as servers do every ten minutes.
import { openCatalog } from '../catalog/index.ts';
import { shippedGuardScore } from '../guard/index.ts';
import { linkAccounts, openCalibration } from '../host/index.ts';
import type { GuardCase } from '../store/index.ts';
import type { CommandContext, ExitCode } from './command.ts';
import { lineOfCase } from './guard.ts';
import { withStore } from './with-store.ts';

export async function runGuardLink(context: CommandContext): Promise<ExitCode> {
  const { terminal, environment, clock } = context;
  return withStore(context, {}, async ({ store }) => {
    const newest = await store.guard.calibration();
    const { attestations } = openCatalog({ home: environment.home, clock });
    const calibration = newest && openCalibration(attestations, newest.envelope, shippedGuardScore());
    if (calibration?.linkage === undefined) {
      terminal.print('There are no limits of honest accounts to compare with; see `tiegel guard calibrate`.');
      terminal.result({ linked: false, cases: [] });
      return 0;
    }
    const found: GuardCase[] = [];
    const problems: object[] = [];
    const note = (told: object): void => void problems.push(told);
    await using linkage = linkAccounts({
      ...{ store, clock, logger: { warn: () => {}, error: note } },
      ...{ onCase: () => {}, onFailure: () => {} },
      onFound: async (one) => void found.push(one),
    });
    linkage.begin(calibration);
    await linkage.looked();
    for (const one of found) terminal.print(lineOfCase(one));
    for (const problem of problems) terminal.note(JSON.stringify(problem));
    if (found.length === 0) terminal.print('No accounts belong together as honest ones do not.');
    terminal.result({ linked: problems.length === 0, cases: found });
    return problems.length === 0 ? 0 : 4;
  });
}
