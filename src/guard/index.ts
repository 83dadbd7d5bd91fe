// guard: notices who harvests a model, alone or as a group, by what is computed inside each request.
export { addRequest, emptyAccountState, type RequestFacts, sumOf } from './account/account-state.ts';
export { accountStateBytes } from './account/encode-account-state.ts';
export {
  type Calibration,
  calibrateClasses,
  parseCalibration,
  standingOf,
} from './calibration/calibration.ts';
export { honestWeeksOf, type ObservedWeek } from './calibration/honest-weeks.ts';
export {
  type CaseFile,
  type CaseMaterial,
  type ClusterMaterial,
  clusterEvidenceFrom,
  evidenceFrom,
  verifyCaseFile,
} from './cases/case-file.ts';
export { type ClusterCase, clusterCaseOf, measuredIn, membersIn } from './cases/cluster-case.ts';
export { foundCluster } from './cases/cluster-evidence.ts';
export { type Evidence, evidenceOf } from './cases/evidence.ts';
export { emptyAccountWeek, joinedSpan, observeState, startOfWeek, weekOf } from './decision/account-week.ts';
export { weeksNeeded } from './decision/conformal.ts';
export { type Drift, driftOf } from './decision/drift.ts';
export { decodeAccountWeek, encodeAccountWeek, type StoredWeek } from './decision/encode-account-week.ts';
export { type Judgement, judge } from './decision/judge.ts';
export { createFeatureExtractor } from './features/request-features.ts';
export {
  type Examination,
  examine,
  type ForensicKeys,
  type Material,
  verifyExamination,
  type WrittenText,
} from './forensics/examination.ts';
export { exposeReply, exposeWritten } from './forensics/exposure.ts';
export { generatorNames, streamedGenerators } from './forensics/generators/generators.ts';
export { clustersIn, isCoveredBy, isSameCluster } from './linkage/clusters-in.ts';
export type { LinkedAccount } from './linkage/linked-account.ts';
export { type ClusterReport, collectClusters, collectLimits } from './linkage/replayed-clusters.ts';
export { type Observation, observeRequests } from './observation/observe-requests.ts';
export { readTraffic } from './replay/read-traffic.ts';
export {
  type AccountReport,
  driftIn,
  type ReplayedWeek,
  replayTraffic,
  reportsOf,
} from './replay/replay-traffic.ts';
export { type GuardScore, shippedGuardScore } from './score/guard-score.ts';
export type { HashKey } from './sketches/hash.ts';
export { declarableClasses, isUseClass, judgedClasses, type UseClass } from './use-class.ts';
