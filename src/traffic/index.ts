// traffic: who asks, and what became of it.
export { type Authenticator, createPrincipal, type Principal } from './principal.ts';
export { noUsage, type TokenUsage } from './token-usage.ts';
