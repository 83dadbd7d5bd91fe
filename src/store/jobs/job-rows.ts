// Jobs: who had which long work started, on which server, and what became of it. The server that does a job gives signs of life for it; what lost its
// server is broken off by whichever server looks next.
import type { Transaction } from 'kysely';
import { TiegelError } from '../../base/index.ts';
import type { OrganisationId, PrincipalId } from '../../traffic/index.ts';
import type { Author } from '../audit/audit-entry.ts';
import { changeAudited, type StoreContext } from '../audit/change-audited.ts';
import type { JobRow, Tables } from '../schema/tables.ts';

export type Job = Omit<JobRow, 'request' | 'report' | 'ending'> & {
  readonly request: unknown;
  readonly report: unknown;
  /** Somebody has asked for its end. */
  readonly ending: boolean;
};

export type JobEnd = Exclude<JobRow['state'], 'queued' | 'running'>;

/** Everything throws TGL_STORE_UNAVAILABLE; what names a job of another organisation, or none, TGL_ID_UNKNOWN. */
export type JobRows = {
  /** Waits for its turn. @throws TGL_JOBS_FULL */
  readonly add: (
    organisation: OrganisationId,
    author: Author,
    job: { readonly server: string; readonly request: object; readonly startedBy: PrincipalId },
  ) => Promise<Job>;
  /** The newest first. */
  readonly list: (
    organisation: OrganisationId,
    after: string | undefined,
    limit: number,
  ) => Promise<readonly Job[]>;
  readonly get: (organisation: OrganisationId, id: string) => Promise<Job>;
  /** Asks for its end, which its server hears. @throws TGL_JOB_ENDED */
  readonly cancel: (organisation: OrganisationId, id: string, author: Author) => Promise<Job>;
  /** False where its end was asked for before it began. */
  readonly begin: (id: string) => Promise<boolean>;
  /** A sign of life for all unfinished jobs of a server, with what they say. @returns those whose end was asked for */
  readonly beat: (server: string, reports: ReadonlyMap<string, object>) => Promise<readonly string[]>;
  readonly end: (id: string, state: JobEnd, report: object) => Promise<void>;
  /** Ends what no server gave a sign of life for in so many milliseconds. @returns how many */
  readonly breakOff: (silentMs: number) => Promise<number>;
};

const unfinished = ['queued', 'running'] as const;
const maxUnfinished = 20;
/** How long what has ended is listed. */
const keptMs = 90 * 86_400_000;

export function createJobRows(context: StoreContext): JobRows {
  return { ...askedRows(context), ...servedRows(context) };
}

/** What people ask about their jobs. */
function askedRows(context: StoreContext): Pick<JobRows, 'add' | 'list' | 'get' | 'cancel'> {
  const { query } = context.database;
  return {
    add: (organisation, author, job) => add(context, organisation, author, job),
    list: async (organisation, after, limit) => {
      const all = query.selectFrom('job').selectAll().where('organisation', '=', organisation);
      const last = after === undefined ? undefined : await jobOf(query, organisation, after);
      const rest =
        last === undefined
          ? all
          : all.where((row) =>
              row.or([
                row('created_at', '<', last.created_at),
                row.and([row('created_at', '=', last.created_at), row('id', '<', last.id)]),
              ]),
            );
      const rows = rest.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
      return (await rows.execute()).map(jobFrom);
    },
    get: (organisation, id) => jobOf(query, organisation, id),
    cancel: (organisation, id, author) => {
      const change = {
        chain: organisation,
        author,
        action: 'job.cancelled',
        target: { type: 'job', id },
      } as const;
      return changeAudited(context, change, async (transaction) => {
        const job = await jobOf(transaction, organisation, id);
        const { state } = job;
        if (!isUnfinished(state)) throw new TiegelError('TGL_JOB_ENDED', { received: id, state });
        await transaction.updateTable('job').set({ ending: 1 }).where('id', '=', id).execute();
        return { value: { ...job, ending: true }, before: { ending: job.ending }, after: { ending: true } };
      });
    },
  };
}

/** What servers say of theirs. */
function servedRows({ database, clock }: StoreContext): Pick<JobRows, 'begin' | 'beat' | 'end' | 'breakOff'> {
  const { query } = database;
  return {
    begin: async (id) => {
      const now = clock.now();
      const { numUpdatedRows } = await query
        .updateTable('job')
        .set({ state: 'running', began_at: now, beat_at: now })
        .where('id', '=', id)
        .where('state', '=', 'queued')
        .where('ending', '=', 0)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    beat: async (server, reports) => {
      const own = query.updateTable('job').set({ beat_at: clock.now() }).where('server', '=', server);
      const rows = await own.where('state', 'in', unfinished).returning(['id', 'ending']).execute();
      for (const { id } of rows) {
        const report = reports.get(id);
        if (report === undefined) continue;
        await query
          .updateTable('job')
          .set({ report: JSON.stringify(report) })
          .where('id', '=', id)
          .execute();
      }
      return rows.filter(({ ending }) => Number(ending) === 1).map(({ id }) => id);
    },
    end: async (id, state, report) => {
      await query
        .updateTable('job')
        .set({ state, ended_at: clock.now(), report: JSON.stringify(report) })
        .where('id', '=', id)
        .where('state', 'in', unfinished)
        .execute();
    },
    breakOff: async (silentMs) => {
      const now = clock.now();
      const { numUpdatedRows } = await query
        .updateTable('job')
        .set({ state: 'broken-off', ended_at: now })
        .where('state', 'in', unfinished)
        .where('beat_at', '<', now - silentMs)
        .executeTakeFirst();
      return Number(numUpdatedRows);
    },
  };
}

function isUnfinished(state: JobRow['state']): boolean {
  return state === 'queued' || state === 'running';
}

function add(
  context: StoreContext,
  organisation: OrganisationId,
  author: Author,
  { server, request, startedBy }: Parameters<JobRows['add']>[2],
): Promise<Job> {
  const id = `job_${Buffer.from(context.entropy(15)).toString('hex')}`;
  const change = { chain: organisation, author, action: 'job.started', target: { type: 'job', id } } as const;
  return changeAudited(context, change, async (transaction) => {
    const now = context.clock.now();
    const waiting = await transaction
      .selectFrom('job')
      .select('id')
      .where('organisation', '=', organisation)
      .where('state', 'in', unfinished)
      .limit(maxUnfinished)
      .execute();
    if (waiting.length >= maxUnfinished)
      throw new TiegelError('TGL_JOBS_FULL', { unfinished: waiting.length });
    await transaction
      .deleteFrom('job')
      .where('organisation', '=', organisation)
      .where('ended_at', '<', now - keptMs)
      .execute();
    const times = { created_at: now, began_at: null, ended_at: null, beat_at: now };
    const row: JobRow = {
      ...{ id, organisation, server, request: JSON.stringify(request), state: 'queued' },
      ...{ started_by: startedBy, ...times, ending: 0, report: '{}' },
    };
    await transaction.insertInto('job').values(row).execute();
    const after = { request: row.request, server };
    return { value: jobFrom(row), before: null, after };
  });
}

async function jobOf(
  query: Pick<Transaction<Tables>, 'selectFrom'>,
  organisation: OrganisationId,
  id: string,
): Promise<Job> {
  const row = await query
    .selectFrom('job')
    .selectAll()
    .where('organisation', '=', organisation)
    .where('id', '=', id)
    .executeTakeFirst();
  if (row === undefined) throw new TiegelError('TGL_ID_UNKNOWN', { kind: 'job', received: id.slice(0, 100) });
  return jobFrom(row);
}

function jobFrom({ request, report, ending, ...row }: JobRow): Job {
  const times = {
    ...{ created_at: Number(row.created_at), beat_at: Number(row.beat_at) },
    began_at: row.began_at === null ? null : Number(row.began_at),
    ended_at: row.ended_at === null ? null : Number(row.ended_at),
  };
  return {
    ...{ ...row, ...times, ending: Number(ending) === 1 },
    ...{ request: JSON.parse(request) as unknown, report: JSON.parse(report) as unknown },
  };
}
