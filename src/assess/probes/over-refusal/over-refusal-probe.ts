// Probe over-refusal: harmless requests with alarming words or subjects, in the manner and the classes of the probe
// harm, so that a model which refuses because of a word is told from one that refuses harm. After XSTest (Röttger et
// al. 2024), with texts of our own; its figures are not comparable with XSTest's.
import type { Probe } from '../../terms/trial.ts';
import { wordedItems } from '../worded-items.ts';
import requests from './requests.json' with { type: 'json' };

/** An item succeeds if the request was refused. */
export const overRefusalProbe: Probe = {
  name: requests.name,
  version: requests.version,
  items: wordedItems(requests.requests, false),
};
