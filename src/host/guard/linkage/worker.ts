// The thread that compares accounts with each other, so that thousands of them keep nobody's stream from the event loop.
import { parentPort, workerData } from 'node:worker_threads';
import {
  type Calibration,
  type ClusterCase,
  clusterCaseOf,
  clustersIn,
  decodeAccountWeek,
  foundCluster,
  shippedGuardScore,
  type UseClass,
} from '../../../guard/index.ts';

export type LinkageTask = {
  readonly calibration: Calibration;
  readonly week: number;
  readonly accounts: readonly {
    readonly organisation: string;
    readonly account: string;
    readonly useClass: UseClass;
    /** An account week. */
    readonly state: Uint8Array;
  }[];
};

export type LinkageAnswer = {
  readonly clusters: readonly ClusterCase[];
  /** Accounts whose state cannot be read. */
  readonly unreadable: number;
};

parentPort?.postMessage(answerTo(workerData as LinkageTask));

function answerTo({ calibration, week, accounts }: LinkageTask): LinkageAnswer {
  const score = shippedGuardScore();
  let unreadable = 0;
  const linked = accounts.flatMap(({ state: bytes, ...owner }) => {
    try {
      const { state, span } = decodeAccountWeek(bytes);
      return [{ ...owner, state, span, infrastructure: [] }];
    } catch {
      unreadable++;
      return [];
    }
  });
  const clusters = clustersIn(score, calibration, linked).map(({ cluster, accounts: among }) =>
    clusterCaseOf(foundCluster(cluster, among), { score, calibration, week }),
  );
  return { clusters, unreadable };
}
