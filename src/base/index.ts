// base: what every other folder may use. Nothing of ours lies below it.
export { canonicalJson, type Json } from './canonical-json.ts';
export { type Clock, type ManualClock, manualClock, systemClock } from './clock.ts';
export { countryName, isCountry } from './countries.ts';
export { type Digest, digestOf, digestOfFile, digestOfJson, parseDigest } from './digest.ts';
export { type Disk, diskError, onDisk, systemDisk } from './disk.ts';
export { attentions, cacheKinds, type EngineLayout, type LayoutWishes } from './engine-layout.ts';
export {
  type DeclaredPlace,
  type EngineOperator,
  type EnginePlace,
  isOperatorName,
  isRegion,
  isWithinRegion,
  placeProblem,
  placeText,
} from './engine-place.ts';
export { type ErrorDetails, TiegelError } from './error.ts';
export { type ErrorCode, type ErrorEntry, errorEntry, errorTable } from './error-table.ts';
export { createFairQueue } from './fair-queue.ts';
export {
  createFileAtomically,
  makeDirectory,
  moveDurably,
  removeDurably,
  streamFileAtomically,
  writeFileAtomically,
} from './files.ts';
export { forEachConcurrently } from './for-each-concurrently.ts';
export { hideKeys } from './hide-keys.ts';
export { type Html, html, textOfHtml } from './html.ts';
export { htmlPage } from './html-page.ts';
export { type IdentifierSource, identifierSource } from './identifier.ts';
export { isRecord } from './is-record.ts';
export { isNestedDeeper } from './json-depth.ts';
export { createKeyedUniforms, type KeyedUniforms, keyedBlocks } from './keyed-uniform.ts';
export { createLinkedList, type LinkedList, type ListNode } from './linked-list.ts';
export { holdLock, isLocked, isRunning } from './lock.ts';
export { lookUp } from './look-up.ts';
export { parseOrigin } from './origin.ts';
export { readPackageFile } from './package-file.ts';
export {
  escapeMarkdown,
  escapeMarkup,
  forTerminal,
  oneLine,
  percent,
  shortened,
  visibleJson,
} from './plain.ts';
export { type Progress, progressMeter } from './progress.ts';
export {
  type Entropy,
  firstAccepted,
  keyedRandom,
  type Random,
  seededRandom,
  systemEntropy,
} from './random.ts';
export { reasonOf } from './reason-of.ts';
export { createShortLivedMap, type ShortLivedMap } from './short-lived-map.ts';
