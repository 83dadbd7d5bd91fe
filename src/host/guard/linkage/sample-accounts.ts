// A sample of accounts of bounded size, drawn by their names alone: how many neighbours one has among them is then, by share, what it has
// among all.
import { createHash } from 'node:crypto';

export type AccountSample<Account> = {
  readonly add: (account: Account) => void;
  readonly accounts: () => readonly Account[];
  /** Accounts that were added and are not in it. */
  readonly leftOut: () => number;
};

export function sampleAccounts<Account extends { readonly organisation: string; readonly account: string }>(
  most: number,
): AccountSample<Account> {
  let [kept, added, share]: [(readonly [drawn: number, account: Account])[], number, number] = [[], 0, 1];
  return {
    add: (account) => {
      added++;
      const drawn = drawOf(account);
      if (drawn >= share) return;
      kept.push([drawn, account]);
      while (kept.length > most) {
        share /= 2;
        kept = kept.filter(([each]) => each < share);
      }
    },
    accounts: () => kept.map(([, account]) => account),
    leftOut: () => added - kept.length,
  };
}

/** In [0, 1), the same for an account whenever it is asked. */
function drawOf({
  organisation,
  account,
}: {
  readonly organisation: string;
  readonly account: string;
}): number {
  return createHash('sha256').update(`${organisation} ${account}`).digest().readUIntBE(0, 6) / 2 ** 48;
}
