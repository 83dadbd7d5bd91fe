// Asks every replica for its list of models now and then; any answer below 500 shows that somebody is there.
import type { Outbound } from '../../outbound/index.ts';

export type HealthCheckOptions = {
  readonly endpoints: readonly string[];
  readonly outbound: Outbound;
  readonly credentials: Readonly<Record<string, string>>;
  readonly limits: { readonly healthMs: number; readonly connectMs: number };
  readonly report: (replica: number, healthy: boolean) => void;
};

const largestList = 1024 * 1024;

/** @returns what stops it */
export function checkRegularly(options: HealthCheckOptions): () => void {
  const { endpoints, outbound, credentials, report } = options;
  const { healthMs, connectMs } = options.limits;
  const deadlines = { connectMs, totalMs: connectMs };
  const check = async (endpoint: string, replica: number): Promise<void> => {
    try {
      using response = await outbound.request({
        url: `${endpoint}/models`,
        credentials,
        deadlines,
        maxBytes: largestList,
      });
      report(replica, response.status < 500);
    } catch {
      report(replica, false);
    }
  };
  const timer = setInterval(() => void endpoints.map(check), healthMs);
  timer.unref();
  return () => clearInterval(timer);
}
