// A tape in the manner of micrograd, over whole operations: each operation allocates its output here and leaves a
// closure that turns the gradient of the output into gradients of the inputs. `reset` frees everything at once.
import { elementCount, type Region, type TensorRuntime } from './runtime.ts';
import { expectShape, isParameter, type Tensor } from './tensor.ts';

/** Where a gradient is to be put, and whether something is there already to which it must be added. */
export type GradientTarget = { readonly offset: number; readonly accumulate: boolean };

/** Receives the byte offset of the gradient of the operation's output. */
type BackwardStep = (outputGradient: number) => void;

export type Tape = Disposable & {
  readonly runtime: TensorRuntime;
  /** False for inference: nothing is recorded, and operations keep nothing for the way back. */
  readonly recording: boolean;
  /** Adds the gradients of a scalar to those of all parameters it was computed from. Once per recording. */
  readonly backward: (loss: Tensor) => void;
  /** Forgets the recording and frees every tensor made on this tape. */
  readonly reset: () => void;

  // For operations:
  /** A new tensor with undefined content. */
  readonly allocate: (operation: string, shape: readonly number[]) => Tensor;
  /** The byte offset of a copy of the integers. */
  readonly integers: (operation: string, values: Int32Array) => number;
  readonly record: (output: Tensor, backward: BackwardStep) => void;
  /** Where the gradient of an input is to be written by a backward step. */
  readonly gradientTarget: (input: Tensor) => GradientTarget;
  /** Gives an input the gradient of the output as it is. The output's buffer goes to at most one input. */
  readonly passGradient: (output: Tensor, input: Tensor) => void;
};

/**
 * A tape that takes its memory above everything allocated so far.
 *
 * @param options.recording default true.
 */
export function createTape(runtime: TensorRuntime, options: { readonly recording?: boolean } = {}): Tape {
  const recording = options.recording ?? true;
  const { floats, integers } = runtime;
  const steps: { readonly output: Tensor; readonly backward: BackwardStep }[] = [];
  let region: Region | undefined;
  const allocateBytes = (operation: string, shape: readonly number[]): number => {
    region ??= runtime.openRegion();
    return region.allocate(operation, shape);
  };
  const gradients = gradientStore(runtime, allocateBytes);

  function backward(loss: Tensor): void {
    expectShape(loss.values.length === 1, 'backward', [loss], 'a scalar');
    floats[gradients.target(loss).offset / 4] = 1;
    for (const { output, backward: step } of steps.reverse()) {
      const gradient = gradients.of(output);
      if (gradient === undefined) continue; // nothing that leads to the loss used it
      step(gradient);
      gradients.release(output, gradient);
    }
    steps.length = 0;
  }

  function reset(): void {
    steps.length = 0;
    gradients.clear();
    region?.[Symbol.dispose]();
    region = undefined;
  }

  return {
    runtime,
    recording,
    backward,
    reset,
    allocate: (operation, shape) => {
      const offset = allocateBytes(operation, shape);
      const values = floats.subarray(offset / 4, offset / 4 + elementCount(shape));
      return { name: operation, shape, offset, values };
    },
    integers: (operation, values) => {
      const offset = allocateBytes(operation, [values.length]);
      integers.set(values, offset / 4);
      return offset;
    },
    record: (output, step) => {
      if (recording) steps.push({ output, backward: step });
    },
    gradientTarget: gradients.target,
    passGradient: gradients.pass,
    [Symbol.dispose]: reset,
  };
}

type GradientStore = {
  /** Offset in bytes of the gradient of an output, if anything has written one. */
  readonly of: (output: Tensor) => number | undefined;
  readonly target: (input: Tensor) => GradientTarget;
  readonly pass: (output: Tensor, input: Tensor) => void;
  /** Frees the gradient of an output whose step has run, unless the step passed it on. */
  readonly release: (output: Tensor, gradient: number) => void;
  readonly clear: () => void;
};

/** The memory of gradients during a backward pass. */
function gradientStore(
  { kernels }: TensorRuntime,
  allocateBytes: (operation: string, shape: readonly number[]) => number,
): GradientStore {
  const gradients = new Map<Tensor, number>();
  // The gradient of an output is dead once its step has run; the next one of the same size reuses warm memory.
  const free = new Map<number, number[]>();

  function target(input: Tensor): GradientTarget {
    if (isParameter(input)) return { offset: input.gradientOffset, accumulate: true };
    const existing = gradients.get(input);
    if (existing !== undefined) return { offset: existing, accumulate: true };
    const offset = free.get(input.values.length)?.pop() ?? allocateBytes('backward', input.shape);
    gradients.set(input, offset);
    return { offset, accumulate: false };
  }

  return {
    of: (output) => gradients.get(output),
    target,
    pass: (output, input) => {
      const given = gradients.get(output);
      if (given !== undefined && !isParameter(input) && !gradients.has(input)) {
        gradients.delete(output);
        gradients.set(input, given);
      } else if (given !== undefined) {
        const { offset } = target(input);
        kernels.add(offset, given, offset, input.values.length);
      }
    },
    release: (output, gradient) => {
      if (!gradients.delete(output)) return; // passed on
      const size = output.values.length;
      free.set(size, [...(free.get(size) ?? []), gradient]);
    },
    clear: () => {
      gradients.clear();
      free.clear();
    },
  };
}
