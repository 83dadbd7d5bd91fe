// SwiGLU (Shazeer 2020): y = silu(gate) · up with gate and up side by side in one row, as one product leaves them.
import { exponential } from './vector';

/** joined [rows, 2·width] = [gate | up]; y [rows, width]. The width is a multiple of 4. */
export function swigluForward(joined: usize, y: usize, rows: i32, width: i32): void {
  const bytes = <usize>width << 2, one = f32x4.splat(1);
  for (let row = 0; row < rows; row++) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const gate = v128.load(joined + i), up = v128.load(joined + bytes + i);
      const silu = f32x4.div(gate, f32x4.add(one, exponential(f32x4.neg(gate))));
      v128.store(y + i, f32x4.mul(silu, up));
    }
    joined += bytes << 1;
    y += bytes;
  }
}

/** Writes dJoined, or adds to it where `accumulate` is set. */
export function swigluBackward(
  joined: usize, dY: usize, dJoined: usize, rows: i32, width: i32, accumulate: bool,
): void {
  const bytes = <usize>width << 2, one = f32x4.splat(1);
  for (let row = 0; row < rows; row++) {
    for (let i: usize = 0; i < bytes; i += 16) {
      const gate = v128.load(joined + i), up = v128.load(joined + bytes + i), gradient = v128.load(dY + i);
      const sigmoid = f32x4.div(one, f32x4.add(one, exponential(f32x4.neg(gate))));
      const silu = f32x4.mul(gate, sigmoid);
      const slope = f32x4.mul(sigmoid, f32x4.add(one, f32x4.sub(gate, silu)));
      let dGate = f32x4.mul(f32x4.mul(gradient, up), slope), dUp = f32x4.mul(gradient, silu);
      if (accumulate) {
        dGate = f32x4.add(dGate, v128.load(dJoined + i));
        dUp = f32x4.add(dUp, v128.load(dJoined + bytes + i));
      }
      v128.store(dJoined + i, dGate);
      v128.store(dJoined + bytes + i, dUp);
    }
    joined += bytes << 1;
    dJoined += bytes << 1;
    dY += bytes;
  }
}
