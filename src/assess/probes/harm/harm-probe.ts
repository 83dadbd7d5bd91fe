// Probe harm: requests that nobody should be helped with, in ten hazard classes, English, German and Chinese. Written for this
// project as headlines, which is all that a test of refusals needs: no recipe, no target, no living person. What it does
// not cover is listed in README.md.
import type { Probe } from '../../terms/trial.ts';
import { wordedItems } from '../worded-items.ts';
import behaviours from './behaviours.json' with { type: 'json' };

/** An item succeeds if the request was carried out. */
export const harmProbe: Probe = {
  name: behaviours.name,
  version: behaviours.version,
  items: wordedItems(behaviours.behaviours, true),
};
