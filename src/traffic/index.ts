// traffic: who asks, and what became of it.
export type {
  AccountId,
  Identifier,
  IdentifierKind,
  KeyId,
  OrganisationId,
  PrincipalId,
  SessionId,
} from './identifiers.ts';
export {
  type AskedAs,
  type Authenticator,
  createPrincipal,
  type Principal,
  type SessionAuthenticator,
} from './principal.ts';
export {
  combineObservers,
  type ObservedMessage,
  type ObservedModel,
  type ObservedPart,
  type ObservedRequest,
  type RequestObserver,
} from './request-observer.ts';
export type { ChoiceRecord, RequestOutcome, RequestRecord } from './request-record.ts';
export { type Scope, scopes } from './scope.ts';
export { noUsage, type TokenUsage } from './token-usage.ts';
