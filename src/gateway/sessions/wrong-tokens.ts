// How often an address may show a wrong token before it has to wait. Networks of IPv6 count by what one subscriber has at least.
import { isIPv6 } from 'node:net';
import { type Clock, TiegelError } from '../../base/index.ts';

export type WrongTokens = {
  /** @throws TGL_SIGN_IN_THROTTLED */
  readonly requireFew: (address: string) => void;
  readonly count: (address: string) => void;
};

const most = 10;
const windowMs = 600_000;
const maxAddresses = 10_000;

export function createWrongTokens(clock: Clock): WrongTokens {
  const counted = new Map<string, { readonly since: number; count: number }>();
  const current = (place: string) => {
    const found = counted.get(place);
    return found !== undefined && clock.monotonic() - found.since < windowMs ? found : undefined;
  };
  return {
    requireFew: (address) => {
      const found = current(placeOf(address));
      if (found === undefined || found.count < most) return;
      const retryAfterMs = found.since + windowMs - clock.monotonic();
      throw new TiegelError('TGL_SIGN_IN_THROTTLED', { limit: most, retryAfterMs });
    },
    count: (address) => {
      const place = placeOf(address);
      const found = current(place) ?? { since: clock.monotonic(), count: 0 };
      found.count++;
      // Taken out first, so that the one that is forgotten is the one that was wrong least recently.
      counted.delete(place);
      counted.set(place, found);
      if (counted.size > maxAddresses) counted.delete(counted.keys().next().value as string);
    },
  };
}

/** An address of IPv4, or the first 64 bits of one of IPv6. */
function placeOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [before = '', after] = address.replace(/%.*$/, '').split('::');
  const head = before === '' ? [] : before.split(':');
  const tail = after === undefined || after === '' ? [] : after.split(':');
  const zeros = after === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  return [...head, ...new Array<string>(zeros).fill('0'), ...tail].slice(0, 4).join(':');
}
