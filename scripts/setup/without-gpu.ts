// Libraries for GPUs make a machine faster and are needed by nobody: where they cannot be had, the rest is installed.
import { TiegelError } from '../../src/base/error.ts';
import { isWhole, type Stamp } from './stamp.ts';

export type Attempt = {
  /** What is installed. */
  readonly before: Stamp | undefined;
  readonly goal: Stamp;
  /** Those of its builds without which no model runs. */
  readonly needed: readonly string[];
  readonly install: (stamp: Stamp) => Promise<void>;
  readonly print: (text: string) => void;
};

/** @throws what `install` throws, where the choice of builds was made by hand or they are not the reason */
export async function installOrWithoutGpu(attempt: Attempt): Promise<void> {
  const { before, goal, needed, install, print } = attempt;
  try {
    await install(goal);
  } catch (error) {
    if (!TiegelError.isInstance(error) || goal.gpu !== 'auto' || needed.length === goal.builds.length)
      throw error;
    print(`${error.code}: ${error.message}`);
    print('Going on without the libraries for the GPU; `tiegel doctor --gpu none` gives them up.');
    const without = { ...goal, builds: needed };
    if (!isWhole(before, without)) await install(without);
  }
}
