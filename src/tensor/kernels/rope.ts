// Rotary position embedding (Su et al. 2021) in the half-split layout of Qwen2 and GPT-NeoX: element i of a head turns
// with element i + headWidth/2. In place; the way back is the same rotation with the opposite sign.

/**
 * Turns the first `heads` heads of every row of x, rows `stride` floats apart, by the angle of its position.
 * cosines, sines [contextLength, headWidth/2]; positions [rows] as i32. headWidth is a multiple of 8.
 */
export function rope(
  x: usize, stride: i32, cosines: usize, sines: usize, positions: usize, rows: i32, heads: i32, headWidth: i32,
  sign: f32,
): void {
  const half = <usize>(headWidth >> 1) << 2;
  const signs = f32x4.splat(sign);
  for (let row = 0; row < rows; row++) {
    const angle = <usize>load<i32>(positions + (<usize>row << 2)) * half;
    let head = x + ((<usize>row * <usize>stride) << 2);
    for (let h = 0; h < heads; h++) {
      for (let i: usize = 0; i < half; i += 16) {
        const a = v128.load(head + i), b = v128.load(head + half + i);
        const cosine = v128.load(cosines + angle + i);
        const sine = f32x4.mul(v128.load(sines + angle + i), signs);
        v128.store(head + i, f32x4.sub(f32x4.mul(a, cosine), f32x4.mul(b, sine)));
        v128.store(head + half + i, f32x4.add(f32x4.mul(a, sine), f32x4.mul(b, cosine)));
      }
      head += half << 1;
    }
  }
}
