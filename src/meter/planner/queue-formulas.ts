// Steady-state formulas of queues, as checks of the simulation: Erlang's C for k servers, its waiting times, and the correction
// of Allen and Cunneen for arrivals and services that are not exponential. They know nothing of bursts and hours: on real
// traffic the first is far too low and both are too high near saturation over a short time.

/**
 * The probability that a request waits (Erlang C).
 *
 * @param load in [0, 1): the share of the time in which a server is busy
 */
export function erlangC(servers: number, load: number): number {
  if (!(Number.isSafeInteger(servers) && servers >= 1 && load >= 0 && load < 1))
    throw new TypeError(`Erlang C of ${servers} servers at a load of ${load}`);
  const offered = servers * load;
  // The blocking probability of Erlang B by its recursion, which overflows nowhere.
  let blocked = 1;
  for (let count = 1; count <= servers; count++) blocked = (offered * blocked) / (count + offered * blocked);
  return blocked / (1 - load * (1 - blocked));
}

/** Mean and 95th percentile of the wait in an M/M/k queue, in the unit of `service`, its mean. */
export function waitOfMMk(
  servers: number,
  load: number,
  service: number,
): { readonly mean: number; readonly p95: number } {
  const waits = erlangC(servers, load);
  const drain = service / (servers * (1 - load));
  return { mean: waits * drain, p95: waits <= 0.05 ? 0 : drain * Math.log(waits / 0.05) };
}

/**
 * Mean wait of a G/G/k queue (Allen 1990).
 *
 * @param arrivals squared coefficient of variation of the gaps, as that of the services
 */
export function allenCunneen(
  servers: number,
  load: number,
  service: number,
  arrivals: number,
  services: number,
): number {
  return (waitOfMMk(servers, load, service).mean * (arrivals + services)) / 2;
}
