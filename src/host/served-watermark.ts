// The mark of a server that marks its replies.
import type { ServingConfiguration } from '../catalog/index.ts';

/**
 * Four tokens before one decide its number, since text that was changed loses the mark in so many tokens more; and half of the
 * tokens, since the others are what keeps two replies to one prompt from being the same.
 */
export const servedWatermark: NonNullable<ServingConfiguration['watermark']> = { window: 4, share: 0.5 };
