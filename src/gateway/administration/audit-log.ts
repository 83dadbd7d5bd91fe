// /v1/organization/audit_logs, OpenAI's: who changed what, and who was refused what.
import { type AuditQuery, auditEntryReply, auditQuery, type Maybe, pageReply } from '../../wire/index.ts';
import { json, type Route, route } from '../routes/route.ts';
import type { Administration, AuditFacts, AuditQuestion } from './administration.ts';
import { askerOf } from './attempt.ts';
import { queryOf, secondsOf } from './pages.ts';

const usualEntries = 20;

export function auditRoutes({ auditLog }: Administration): readonly Route[] {
  return [
    route({
      ...{ method: 'GET', path: '/v1/organization/audit_logs', scope: 'audit:read' },
      summary: 'Who changed what and who was refused what, the newest first',
      replies: json(pageReply(auditEntryReply)),
      handle: async (context, request, reply) => {
        const query = queryOf(context, request, reply, auditQuery);
        const limit = query.limit ?? usualEntries;
        // One more than asked for tells whether there is more; it lies at the far end of the page.
        const found = await auditLog(askerOf(request), questionOf(query, limit + 1));
        const backwards = typeof query.before === 'string' && typeof query.after !== 'string';
        const page = backwards ? found.slice(-limit) : found.slice(0, limit);
        const data = page.map(entryOf);
        return reply.send({
          ...{ object: 'list', data, first_id: data[0]?.id ?? null, last_id: data.at(-1)?.id ?? null },
          has_more: found.length > limit,
        });
      },
    }),
  ];
}

function questionOf(query: AuditQuery, limit: number): AuditQuestion {
  const { gt, gte, lt, lte } = query.effective_at ?? {};
  // Times of the log are finer than the whole seconds that are asked for and told.
  const from = [present(gte), next(gt)].filter((second) => second !== undefined);
  const to = [present(lt), next(lte)].filter((second) => second !== undefined);
  return {
    ...(from.length > 0 && { from: Math.max(...from) * 1000 }),
    ...(to.length > 0 && { to: Math.min(...to) * 1000 }),
    actions: present(query.event_types),
    actors: present(query.actor_ids),
    actorEmails: present(query.actor_emails),
    targets: present(query.resource_ids),
    projects: present(query.project_ids),
    before: present(query.before),
    after: present(query.after),
    limit,
  };
}

function present<Value>(value: Maybe<Value>): Value | undefined {
  return value ?? undefined;
}

function next(second: Maybe<number>): number | undefined {
  return typeof second === 'number' ? second + 1 : undefined;
}

function entryOf(entry: AuditFacts) {
  const { id, seq, at, action, actor, target, refused, changed, before, after, reason, request } = entry;
  const policy_version = entry.policyVersion;
  return {
    ...{ id, type: action, effective_at: secondsOf(at), actor: actorOf(actor) },
    // What was refused did not happen: whoever reads this member alone is not to believe that it did.
    ...(refused === null && { [action]: { id: target.id } }),
    x_tiegel: {
      seq,
      actor: actor.type,
      target,
      refused,
      changed,
      before,
      after,
      reason,
      request,
      policy_version,
    },
  };
}

function actorOf({ key, holder }: AuditFacts['actor']): object | null {
  if (holder === null) return null;
  const { id } = holder;
  if (key === null) return { type: 'session', session: { user: { id } } };
  const held =
    holder.kind === 'person'
      ? { type: 'user', user: { id } }
      : { type: 'service_account', service_account: { id } };
  return { type: 'api_key', api_key: { id: key, ...held } };
}
