// Which model a name in a request stands for, and why it may not be served.
import { describe, expect, test } from 'vitest';
import { manualClock, TiegelError } from '../../base/index.ts';
import type { ServingConfiguration } from '../../catalog/index.ts';
import type { ContentFilter } from '../../reasoning/index.ts';
import { pretendAdmitted, principalOf, servedBy } from '../testing.ts';
import { resolveModel } from './resolve-model.ts';
import type { Resolved, ServedModel } from './served-model.ts';

const expires = '2026-11-30T12:00:00.000Z';
const end = Date.parse(expires);
const engine = {} as ServedModel['engine'];
const filter = (digest: string): ContentFilter => ({ digest }) as ContentFilter;

function served(change: Partial<ServedModel> = {}, filters: readonly string[] = []): ServedModel {
  return {
    ...servedBy(engine, pretendAdmitted(expires, { filters: filters as ServingConfiguration['filters'] })),
    ...change,
  };
}

function asked(
  models: Readonly<Record<string, Resolved>>,
  name: string,
  { now = end - 1, only = null as readonly string[] | null } = {},
): Promise<ServedModel> {
  const directory = {
    list: () => Object.keys(models).map((known) => ({ name: known, created: 0 })),
    resolve: (known: string) => (Object.hasOwn(models, known) ? models[known] : undefined),
  };
  return resolveModel({ models: directory, clock: manualClock(now) }, name, principalOf({ models: only }));
}

describe('a name', () => {
  test('with or without :latest is that of the only version, and first of all the name of the model itself', async () => {
    const [plain, latest] = [served(), served()];
    expect(await asked({ qwen: plain }, 'qwen')).toBe(plain);
    expect(await asked({ qwen: plain }, 'qwen:latest')).toBe(plain);
    expect(await asked({ qwen: plain, 'qwen:latest': latest }, 'qwen:latest')).toBe(latest);
    for (const name of ['qwen:latest:latest', 'qwen:8b', 'qwen:LATEST', ':latest', 'latest'])
      await expect(asked({ qwen: plain }, name)).rejects.toMatchObject({ code: 'TGL_MODEL_UNKNOWN' });
  });

  test('that is unknown is answered with those that the key may ask, and no others', async () => {
    const models = { qwen: served(), secret: served() };
    await expect(asked(models, 'other', { only: ['qwen'] })).rejects.toMatchObject({
      code: 'TGL_MODEL_UNKNOWN',
      details: { received: '"other"', known: ['qwen'], field: 'model' },
    });
  });
});

describe('a model is not served', () => {
  const refused = (models: Readonly<Record<string, Resolved>>, now?: number): Promise<unknown> =>
    asked(models, 'qwen', now === undefined ? {} : { now }).then(
      () => undefined,
      (error: TiegelError) => [error.code, error.details.model, error.details.field, error.details.reason],
    );

  test('that was not admitted, for the reason that the directory gives', async () => {
    expect(await refused({ qwen: { notAdmitted: 'it changed' } })).toEqual([
      ...['TGL_MODEL_NOT_ADMITTED', 'qwen', 'model', 'it changed'],
    ]);
  });

  test('with other content filters than it was admitted with, or in another order', async () => {
    const chain = [filter('a'), filter('b')];
    expect(await refused({ qwen: served({ filters: chain }, ['a', 'b']) })).toBeUndefined();
    expect(await refused({ qwen: served({}, []) })).toBeUndefined();
    const faults = [
      served({ filters: chain.toReversed() }, ['a', 'b']),
      served({ filters: chain.slice(1) }, ['a', 'b']),
      served({ filters: chain }),
      served({}, ['a']),
    ];
    for (const fault of faults)
      expect(await refused({ qwen: fault })).toEqual([
        ...['TGL_MODEL_NOT_ADMITTED', 'qwen', 'model', expect.stringContaining('content filters')],
      ]);
  });

  test('from the very moment on at which its admission expires', async () => {
    expect(await refused({ qwen: served() }, end - 1)).toBeUndefined();
    for (const now of [end, end + 1])
      expect(await refused({ qwen: served() }, now)).toEqual([
        ...['TGL_MODEL_NOT_ADMITTED', 'qwen', 'model', `its admission record expired on ${expires}`],
      ]);
  });

  test('once it was withdrawn, for the reason of that', async () => {
    const reason = new TiegelError('TGL_DRAINING');
    const withdrawn = AbortSignal.abort(reason);
    await expect(asked({ qwen: served({ withdrawn }) }, 'qwen')).rejects.toBe(reason);
  });
});
