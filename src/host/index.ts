// host: this machine. It brings models to admission, fits and pools engines, and fills the ports of the gateway.
export { openAuxiliaryModel } from './auxiliary-model.ts';
export { startBenchEngine } from './bench-engine.ts';
export type { HostContext, WorkProgress } from './context.ts';
export { energyOfMachine } from './energy.ts';
export { fetchIntoCatalog } from './fetch-model.ts';
export { findEvidence } from './find-evidence.ts';
export { forecastLocal, forecastRemote } from './forecast.ts';
export { openContent } from './govern.ts';
export { calibrateOnObserved } from './guard/calibrate.ts';
export { openCalibration, signCalibration } from './guard/calibrations.ts';
export { signCaseFile } from './guard/case-files.ts';
export { readKeys, signExamination, writtenKeys } from './guard/examinations.ts';
export { gatherMaterial } from './guard/examine-suspect.ts';
export { exposureKey, forensicKeys } from './guard/forensic-keys.ts';
export { linkAccounts } from './guard/linkage/link-accounts.ts';
export { clearWithMeasures } from './guard/measures.ts';
export { openSignedFile, type SignedFile } from './guard/signed-files.ts';
export { openJudgeModel } from './judge-model.ts';
export {
  assessModel,
  assessmentTarget,
  findModel,
  servingConfiguration,
  shippedModel,
} from './local-models.ts';
export { machineOf } from './machine.ts';
export { measuredSpeeds } from './measured-speeds.ts';
export { type LayoutInForce, layoutInForce } from './model-layout.ts';
export { pepperOf, requireReachable } from './open-store.ts';
export { placedModels } from './placed-models.ts';
export { prepareModel, startAdmitted } from './prepare-model.ts';
export {
  assessRemoteModel,
  contextLengthOnServer,
  findRemote,
  remoteAssessmentTarget,
  remoteServing,
  remoteTemplate,
  requireNoDraft,
} from './remote-models.ts';
export { runningServers } from './running-servers.ts';
export { createServerLogger } from './server-logger.ts';
export { type RunningServer, type ServerOptions, type StartedServer, startServer } from './start-server.ts';
export { subjectNamed } from './subject-named.ts';
export { teachingWork } from './teaching-work.ts';
