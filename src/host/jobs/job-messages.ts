// What a server and the process of a job say to each other, and what the process has found out by now.
import { shortened } from '../../base/index.ts';
import type { JobBody, JobRequest } from '../../wire/index.ts';

export type JobTask = {
  readonly request: JobRequest;
  /** From where an earlier job was left. */
  readonly resume: boolean;
};

export type ToJob = { readonly type: 'start'; readonly task: JobTask } | { readonly type: 'cancel' };

export type FromJob =
  | { readonly type: 'progress'; readonly progress: JobBody['progress'] }
  | { readonly type: 'point'; readonly point: JobBody['points'][number] }
  | { readonly type: 'sample'; readonly sample: JobBody['samples'][number] }
  | { readonly type: 'note'; readonly text: string }
  | { readonly type: 'done'; readonly result: NonNullable<JobBody['result']> }
  | { readonly type: 'failed'; readonly problem: NonNullable<JobBody['problem']> }
  /** Because it was asked to. */
  | { readonly type: 'cancelled' };

/** The part of a job that its process tells; kept as JSON in the store. */
export type JobReport = Pick<JobBody, 'progress' | 'points' | 'samples' | 'log' | 'result' | 'problem'>;

export const emptyReport: JobReport = {
  ...{ progress: null, points: [], samples: [], log: [], result: null, problem: null },
};

/** What is kept, so that a report stays small however long a job runs. */
const most = { lines: 40, characters: 300, points: 200, samples: 12, sampleCharacters: 2000 } as const;

/** The report after one more message. */
export function reportAfter(report: JobReport, message: FromJob): JobReport {
  switch (message.type) {
    case 'progress':
      return { ...report, progress: message.progress };
    case 'point':
      return { ...report, points: thinned([...report.points, message.point], most.points) };
    case 'sample': {
      const sample = { ...message.sample, text: shortened(message.sample.text, most.sampleCharacters) };
      return { ...report, samples: thinned([...report.samples, sample], most.samples) };
    }
    case 'note':
      return { ...report, log: [...report.log, message.text.slice(0, most.characters)].slice(-most.lines) };
    case 'done':
      return { ...report, result: message.result };
    case 'failed':
      return { ...report, problem: message.problem };
    case 'cancelled':
      return report;
  }
}

/** Every other one goes once there are too many; the newest stays. */
function thinned<Item>(items: readonly Item[], longest: number): readonly Item[] {
  if (items.length <= longest) return items;
  return items.filter((_, place) => (items.length - 1 - place) % 2 === 0);
}
