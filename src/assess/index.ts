// assess: probes a model and lets the catalog sign what passed.

export { assessmentHistory, type PastAssessment, pastAssessment } from './afterwards/assessment-history.ts';
export { type ComparedCell, compareAssessments } from './afterwards/compare-assessments.ts';
export { differencesFromInstalled } from './afterwards/differences-from-installed.ts';
export { replayAssessment, replayRemote } from './afterwards/replay-assessment.ts';
export { type Verified, verifyOnce } from './afterwards/verify-assessment.ts';
export { assess, assessRemote } from './assess.ts';
export { checkSignature, type Signature } from './attestation/attestation.ts';
export { fullBattery } from './batteries/full.ts';
export { quickBattery } from './batteries/quick.ts';
export { remoteBattery } from './batteries/remote.ts';
export { withSeed } from './batteries/secret-seeds.ts';
export { type DecideOptions, decideRecorded } from './decide-recorded.ts';
export type { Assumption } from './forecast/assumed-model.ts';
export type { Cost } from './forecast/forecast.ts';
export {
  type AssessmentForecast,
  type ForecastOutcome,
  forecastAssessment,
  forecastRemoteAssessment,
} from './forecast-assessment.ts';
export { type LabelSheet, labelMeaning, labelSheets } from './labels/label-sheet.ts';
export { readLabels } from './labels/read-labels.ts';
export { type Unmeasured, unmeasuredCriteria } from './labels/unmeasured.ts';
export { outdatedSince } from './plan/assessment-basis.ts';
export { readRegistration } from './plan/registration.ts';
export { loadPolicy, policyDigest } from './policy/policy.ts';
export { reviewFile } from './probes/file/file-review.ts';
export { reviewSafetensors } from './probes/file/review-safetensors.ts';
export { operatorData } from './probes/operator-data.ts';
export { askRecognition } from './recognition/answer.ts';
export { takeFingerprint } from './recognition/fingerprint.ts';
export {
  answersTested,
  drawQuestion,
  hasChanged,
  type KnownAnswers,
  questionAt,
  withAnswer,
} from './recognition/known-answers.ts';
export { readKnownAnswers, removeKnownAnswers, writeKnownAnswers } from './recognition/known-answers-file.ts';
export { withdrawChanged } from './recognition/withdraw-changed.ts';
export type { Assessment } from './record-conclusion.ts';
export { chosenTrials } from './reports/chosen-trials.ts';
export { notMeant, notTested } from './reports/coverage.ts';
export { readEarlier } from './reports/earlier-reports.ts';
export { heatMaps } from './reports/heat-map.ts';
export { reportLanguages } from './reports/language.ts';
export { renderReport, reportFormats } from './reports/render-report.ts';
export { type Report, type ReportedTrial, readReport } from './reports/report.ts';
export type {
  AssessOptions,
  AssessProgress,
  RemoteAssessOptions,
  TrialOptions,
} from './run/assess-options.ts';
export type { AuxiliaryModel } from './run/auxiliary-model.ts';
export { type JudgeModel, withJudgeModel } from './run/judge-model.ts';
export type { CriterionStanding } from './run/run-trials.ts';
export type { Battery, PolicyBattery, ProbeBattery } from './terms/battery.ts';
export { exitCodeOf, type Verdict } from './terms/verdict.ts';
