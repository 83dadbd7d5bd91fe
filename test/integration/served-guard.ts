// A gateway over a store with the guard beside it, calibrated on honest weeks that it observed itself. What the tests of the guard's routes
// and page start.
import { seededRandom } from '../../src/base/index.ts';
import { openCatalog } from '../../src/catalog/index.ts';
import { shippedGuardScore } from '../../src/guard/index.ts';
import { calibrateOnObserved } from '../../src/host/guard/calibrate.ts';
import { signCalibration } from '../../src/host/guard/calibrations.ts';
import type { GuardSetting } from '../../src/host/guard/guard-setting.ts';
import { type Guard, startGuard } from '../../src/host/guard/start-guard.ts';
import { author, testPepper } from '../../src/store/contract.ts';
import { askOnce } from './guard-request.ts';
import { type ServedStore, type ServedStoreOptions, serveStore } from './served-store.ts';

export type ServedGuard = AsyncDisposable & {
  readonly server: ServedStore;
  readonly guard: Guard;
  /** On whose weeks it was calibrated. */
  readonly organisations: readonly string[];
};

type Owner = { readonly organisation: string; readonly account: string };

const weekMs = 7 * 86_400_000;
const words = 'invoice parcel meeting table garden lunch printer ticket holiday broken colour window'.split(
  ' ',
);
const topics = 'volcanoes inflation jazz robotics coffee vaccines photosynthesis encryption'.split(' ');

/** Somebody who asks everyday things, and some of them again. */
function askHonestly(guard: Guard, owner: Owner, seed: number): void {
  const random = seededRandom(seed);
  for (let count = 0; count < 30; count++) {
    const subject = random.pick(words);
    const prompts = [
      `where is my ${subject}?`,
      `please move the ${subject} to ${random.pick(words)}`,
      'thanks',
    ];
    askOnce(guard, owner, random.pick(prompts), count * 60_000);
  }
}

/** Sixty tasks, each another one, all with the same wish for reasoning. */
export function harvest(guard: Guard, owner: Owner): void {
  const random = seededRandom(7);
  for (let count = 0; count < 60; count++) {
    const task = `Write three reasons for ${random.pick(topics)} number ${count} with examples, and compute ${count}^7 mod 31.`;
    const prompt = `${task}\n\nExplain step by step and show all your reasoning before the final answer.`;
    askOnce(guard, owner, prompt, count * 1000);
  }
}

const organisationOf = (place: number): string => `org_${String(place).padStart(30, '0')}`;

/** Thirty honest weeks of six organisations, and a calibration on them that is in force in the week after. */
export async function calibrateHonestly(
  { opened, home }: Pick<ServedStore, 'opened' | 'home'>,
  rate = 0.05,
): Promise<readonly string[]> {
  const { store, clock } = opened;
  const observing = await startBeside({ opened, home }, 'observe', 'node_before');
  for (let account = 0; account < 30; account++)
    askHonestly(observing, { organisation: organisationOf(account % 6), account: `acc_${account}` }, account);
  await observing[Symbol.asyncDispose]();
  clock.advance(weekMs);
  const calibration = await calibrateOnObserved(store, shippedGuardScore(), { clock, rate });
  const { attestations } = openCatalog({ home, clock });
  await store.guard.addCalibration(signCalibration(attestations, calibration), author);
  return Array.from({ length: 6 }, (_, place) => organisationOf(place));
}

export function startBeside(
  { opened: { store, clock }, home }: Pick<ServedStore, 'opened' | 'home'>,
  setting: GuardSetting | undefined,
  node = 'node_guard',
): Promise<Guard> {
  const { attestations } = openCatalog({ home, clock });
  return startGuard({
    ...{ store, clock, attestations, pepper: testPepper, node, setting },
    logger: { info: () => {}, warn: () => {}, error: () => {} },
  });
}

export async function serveGuard(
  setting?: GuardSetting,
  options: Partial<ServedStoreOptions> = {},
): Promise<ServedGuard> {
  await using stack = new AsyncDisposableStack();
  const server = stack.use(await serveStore(options));
  const organisations = await calibrateHonestly(server);
  const guard = stack.use(await startBeside(server, setting));
  const owned = stack.move();
  return { server, guard, organisations, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
