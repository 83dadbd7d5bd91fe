// The checked value of a body, or the refusal that names what is wrong with it. What was left out of it is told in a header.
import type { ServerResponse } from 'node:http';
import { hideKeys, TiegelError } from '../../base/index.ts';
import type { Parsed } from '../../wire/index.ts';

type HeaderTarget = Pick<ServerResponse, 'setHeader'>;

/** Names the fields of a request that were left out because nobody knows them, separated by commas. */
const ignoredFieldsHeader = 'x-tiegel-ignored-fields';

/** More are counted only. */
const maxListed = 32;

/** @throws TGL_REQUEST_INVALID */
export function requireValue<Value>(read: Parsed<Value>, response: HeaderTarget): Value {
  if (read.problem === undefined) {
    if (read.ignored.length > 0) response.setHeader(ignoredFieldsHeader, listed(read.ignored));
    return read.value;
  }
  const { field, sentence } = read.problem;
  throw new TiegelError('TGL_REQUEST_INVALID', { field, problem: sentence });
}

/** Names are a client's words: what a header cannot hold is percent-encoded. */
function listed(fields: readonly string[]): string {
  const names = fields
    .slice(0, maxListed)
    .map((name) => hideKeys(name).replaceAll(/[^\w.[\]-]/gu, encodeURIComponent));
  const more = fields.length - names.length;
  return more > 0 ? `${names.join(', ')}, and ${more} more` : names.join(', ');
}
