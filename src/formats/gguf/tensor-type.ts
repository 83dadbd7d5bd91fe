// The tensor types of ggml and how many bytes their blocks take (ggml/src/ggml-common.h of llama.cpp). Types that ggml
// has removed are unknown here.

/** `code`: the number in the file; `blockLength`: elements of a block, rows are whole blocks. */
export const tensorTypes = {
  F32: { code: 0, blockLength: 1, blockBytes: 4 },
  F16: { code: 1, blockLength: 1, blockBytes: 2 },
  Q4_0: { code: 2, blockLength: 32, blockBytes: 18 },
  Q4_1: { code: 3, blockLength: 32, blockBytes: 20 },
  Q5_0: { code: 6, blockLength: 32, blockBytes: 22 },
  Q5_1: { code: 7, blockLength: 32, blockBytes: 24 },
  Q8_0: { code: 8, blockLength: 32, blockBytes: 34 },
  Q8_1: { code: 9, blockLength: 32, blockBytes: 36 },
  Q2_K: { code: 10, blockLength: 256, blockBytes: 84 },
  Q3_K: { code: 11, blockLength: 256, blockBytes: 110 },
  Q4_K: { code: 12, blockLength: 256, blockBytes: 144 },
  Q5_K: { code: 13, blockLength: 256, blockBytes: 176 },
  Q6_K: { code: 14, blockLength: 256, blockBytes: 210 },
  Q8_K: { code: 15, blockLength: 256, blockBytes: 292 },
  IQ2_XXS: { code: 16, blockLength: 256, blockBytes: 66 },
  IQ2_XS: { code: 17, blockLength: 256, blockBytes: 74 },
  IQ3_XXS: { code: 18, blockLength: 256, blockBytes: 98 },
  IQ1_S: { code: 19, blockLength: 256, blockBytes: 50 },
  IQ4_NL: { code: 20, blockLength: 32, blockBytes: 18 },
  IQ3_S: { code: 21, blockLength: 256, blockBytes: 110 },
  IQ2_S: { code: 22, blockLength: 256, blockBytes: 82 },
  IQ4_XS: { code: 23, blockLength: 256, blockBytes: 136 },
  I8: { code: 24, blockLength: 1, blockBytes: 1 },
  I16: { code: 25, blockLength: 1, blockBytes: 2 },
  I32: { code: 26, blockLength: 1, blockBytes: 4 },
  I64: { code: 27, blockLength: 1, blockBytes: 8 },
  F64: { code: 28, blockLength: 1, blockBytes: 8 },
  IQ1_M: { code: 29, blockLength: 256, blockBytes: 56 },
  BF16: { code: 30, blockLength: 1, blockBytes: 2 },
  TQ1_0: { code: 34, blockLength: 256, blockBytes: 54 },
  TQ2_0: { code: 35, blockLength: 256, blockBytes: 66 },
  MXFP4: { code: 39, blockLength: 32, blockBytes: 17 },
  NVFP4: { code: 40, blockLength: 64, blockBytes: 36 },
  Q1_0: { code: 41, blockLength: 128, blockBytes: 18 },
  Q2_0: { code: 42, blockLength: 64, blockBytes: 18 },
} as const;

export type TensorType = keyof typeof tensorTypes;

const typeOfCode: ReadonlyMap<number, TensorType> = new Map(
  (Object.keys(tensorTypes) as TensorType[]).map((type) => [tensorTypes[type].code, type]),
);

/** The type with this number in the file, if ggml knows it. */
export function tensorTypeOfCode(code: number): TensorType | undefined {
  return typeOfCode.get(code);
}
