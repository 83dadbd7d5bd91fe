// The trial of layouts over the runtime itself.
import { availableParallelism } from 'node:os';
import type { Clock, EngineLayout } from '../../../base/index.ts';
import { machineTime, wasDisturbed } from '../../speed/disturbance.ts';
import type { Library } from '../ffi/library.ts';
import type { NativeModel } from '../ffi/model.ts';
import { physicalCores } from '../physical-cores.ts';
import { chooseLayout, type LayoutChoice, notMeasured } from './choose-layout.ts';
import { layoutAlternatives } from './layout.ts';
import { createLayoutWork, workSize } from './layout-work.ts';
import { hasSolo, type OpenContext, openServing } from './open-contexts.ts';

type LayoutsToTry = {
  readonly usual: EngineLayout;
  readonly keepsAttention: boolean;
  readonly open: OpenContext;
  readonly clock: Clock;
};

/** @throws Error with what the runtime said */
export function tryLayouts(
  library: Library,
  model: NativeModel,
  { usual, keepsAttention, open, clock }: LayoutsToTry,
): LayoutChoice {
  const { size, isRecurrent, vocabulary, trainContextSize } = model;
  const hasRoom = trainContextSize >= workSize.contextLength;
  // What the trial decodes has to be taken back; and on a GPU the threads of the processor have little to do.
  if (library.device !== 'cpu' || isRecurrent || !hasRoom) return notMeasured(usual, 'not-measured');
  const solo = hasSolo(library, model);
  const work = createLayoutWork(
    (layout) => openServing(open, layout, workSize, solo),
    vocabulary.size,
    clock,
  );
  const alternatives = layoutAlternatives(size, physicalCores(), availableParallelism());
  const tried = keepsAttention ? { ...alternatives, attention: [] } : alternatives;
  return chooseLayout(usual, tried, { work, watch: watchMachine, clock });
}

/** The result says whether others took of the machine since this was called. */
export function watchMachine(): () => boolean {
  const [before, own] = [machineTime(), process.cpuUsage()];
  return () => {
    const { user, system } = process.cpuUsage(own);
    return wasDisturbed(before, machineTime(), (user + system) / 1000);
  };
}
