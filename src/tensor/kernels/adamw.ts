// AdamW (Loshchilov and Hutter 2019): Adam with weight decay taken off the value itself, as PyTorch does it.

/**
 * One step over `count` floats. `firstCorrection` = 1 / (1 − beta1^step), `secondCorrection` likewise; `decay` is
 * learning rate × weight decay; the gradient is multiplied by `gradientScale` first.
 */
export function adamW(
  values: usize, gradients: usize, firstMoments: usize, secondMoments: usize, count: i32, learningRate: f32,
  beta1: f32, beta2: f32, firstCorrection: f32, secondCorrection: f32, epsilon: f32, decay: f32, gradientScale: f32,
): void {
  const bytes = <usize>count << 2;
  // The tail of fewer than four floats goes through the same vectors, one lane at a time.
  for (let i: usize = 0; i < bytes; ) {
    const single = bytes - i < 16;
    const gradient = f32x4.mul(read(gradients + i, single), f32x4.splat(gradientScale));
    const first = f32x4.add(
      f32x4.mul(read(firstMoments + i, single), f32x4.splat(beta1)),
      f32x4.mul(gradient, f32x4.splat(1 - beta1)),
    );
    const second = f32x4.add(
      f32x4.mul(read(secondMoments + i, single), f32x4.splat(beta2)),
      f32x4.mul(f32x4.mul(gradient, gradient), f32x4.splat(1 - beta2)),
    );
    const root = f32x4.sqrt(f32x4.mul(second, f32x4.splat(secondCorrection)));
    const direction = f32x4.div(f32x4.mul(first, f32x4.splat(firstCorrection)), f32x4.add(root, f32x4.splat(epsilon)));
    const decayed = f32x4.mul(read(values + i, single), f32x4.splat(1 - decay));
    write(firstMoments + i, first, single);
    write(secondMoments + i, second, single);
    write(values + i, f32x4.sub(decayed, f32x4.mul(direction, f32x4.splat(learningRate))), single);
    i += single ? 4 : 16;
  }
}

// @ts-ignore: decorator
@inline
function read(from: usize, single: bool): v128 {
  return single ? v128.load32_zero(from) : v128.load(from);
}

// @ts-ignore: decorator
@inline
function write(to: usize, value: v128, single: bool): void {
  if (single) v128.store_lane<u32>(to, value, 0);
  else v128.store(to, value);
}
