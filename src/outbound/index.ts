// outbound: the one way to other machines. Whoever connects to anything does it with an Outbound.
export {
  createOutbound,
  type Outbound,
  type OutboundDeadlines,
  type OutboundOptions,
  type OutboundRequest,
  type OutboundResponse,
  type RedirectRule,
} from './outbound.ts';
