// What somebody can do to the files of a data directory without its key: delete, put back, replay, and turn the clock. Nothing
// that was withdrawn comes back by it, and nothing that never was admitted is.
import { chmodSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digestOf, manualClock, systemDisk } from '../../base/index.ts';
import { openCatalog } from '../catalog.ts';
import { catalogWithModel, passedAssessment, serving, temporaryDirectory } from '../fixture.ts';
import { openLayout } from '../storage/layout.ts';
import { createDecisionLog } from './decision-log.ts';
import { rejectionTarget, revocationTarget } from './revocation.ts';
import { openSigningKey } from './signing-key.ts';

const day = 24 * 60 * 60 * 1000;
const policy = { name: 'general', version: '2', digest: digestOf('general') };
const rejecting = { name: 'general', digest: policy.digest, document: { name: 'general' } };

async function setup() {
  const directory = temporaryDirectory();
  const clock = manualClock(Date.UTC(2026, 0, 1));
  const { catalog, variant } = await catalogWithModel(directory.path, { clock });
  const passed = await passedAssessment(catalog, variant);
  const { home } = catalog;
  /** A process that starts now. */
  const opened = () => openCatalog({ home, clock }).admissions;
  return {
    ...{ home, clock, catalog, variant, passed, opened },
    admissions: catalog.admissions,
    admit: () => opened().admit(variant, serving),
    /** A copy of parts of the directory as they are now; the answer puts them back. */
    copyOf: (...names: readonly string[]) => {
      const copy = mkdtempSync(join(directory.path, 'copy-'));
      for (const name of names) cpSync(join(home, name), join(copy, name), { recursive: true });
      return () => {
        for (const name of names) {
          rmSync(join(home, name), { recursive: true });
          cpSync(join(copy, name), join(home, name), { recursive: true });
        }
      };
    },
    entries: () => readdirSync(join(home, 'decisions')).sort(),
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  };
}

describe('what was withdrawn does not come back', () => {
  test.each(['revoked', 'rejected'] as const)('by deleting the file that says it was %s', async (state) => {
    using place = await setup();
    place.admissions.record({ ...place.passed, policy });
    const { subject } = place.passed;
    if (state === 'revoked') place.admissions.revoke('small', subject, true, 'it leaks');
    else place.admissions.reject('small', subject, rejecting, 'it helped');
    const target = state === 'revoked' ? revocationTarget(subject) : rejectionTarget(subject);
    rmSync(join(place.home, 'revocations', `${target}.json`));
    expect(await place.admit()).toMatchObject({ admitted: false, state });
  });

  test('by replaying the file that once lifted it', async () => {
    using place = await setup();
    place.admissions.record({ ...place.passed, policy });
    const { subject } = place.passed;
    place.admissions.revoke('small', subject, true, 'it leaks');
    place.admissions.revoke('small', subject, false, 'mended');
    const replay = place.copyOf('revocations');
    place.admissions.revoke('small', subject, true, 'it leaks again');
    replay();
    expect(await place.admit()).toMatchObject({ state: 'revoked', reason: expect.stringContaining('again') });
  });

  test('by putting back the record that admitted it before', async () => {
    using place = await setup();
    place.admissions.record(place.passed);
    const restore = place.copyOf('admissions');
    place.clock.advance(day);
    place.admissions.record({ ...place.passed, policy });
    restore();
    expect(await place.admit()).toMatchObject({
      state: 'stale',
      reason: 'its admission record is not the one that the log of decisions names last',
    });
  });

  test('by deleting or putting back the log, its last entry, its head or both', async () => {
    using place = await setup();
    place.admissions.record({ ...place.passed, policy });
    const log = place.copyOf('decisions');
    const head = place.copyOf('keys');
    const files = place.copyOf('revocations');
    place.admissions.revoke('small', place.passed.subject, true, 'it leaks');
    const after = place.copyOf('decisions', 'keys', 'revocations');
    const last = (): string => join(place.home, 'decisions', place.entries().at(-1)!);
    const attempts: Record<string, () => void> = {
      'the log put back': log,
      'its last entry deleted': () => rmSync(last()),
      'the log deleted': () => rmSync(join(place.home, 'decisions'), { recursive: true }),
      'the head deleted': () => rmSync(join(place.home, 'keys', 'decisions.head')),
      'log and head deleted': () => {
        rmSync(join(place.home, 'decisions'), { recursive: true });
        rmSync(join(place.home, 'keys', 'decisions.head'));
      },
      'the head put back': head,
      'log and head put back, but not what was revoked': () => {
        log();
        head();
      },
      'log and revocations put back': () => {
        log();
        files();
      },
    };
    for (const [name, attempt] of Object.entries(attempts)) {
      attempt();
      expect((await place.admit()).admitted, name).toBe(false);
      after();
      expect(await place.admit(), `after ${name}`).toMatchObject({ state: 'revoked' });
    }
  });

  test('while a server runs that has seen more, whatever is put back', async () => {
    using place = await setup();
    place.admissions.record({ ...place.passed, policy });
    const everything = place.copyOf('decisions', 'keys', 'revocations', 'admissions');
    place.admissions.revoke('small', place.passed.subject, true, 'it leaks');
    const running = place.opened();
    expect(running.revocationOf(place.passed.subject)).toMatchObject({ reason: 'it leaks' });
    everything();
    expect(running.revocationOf(place.passed.subject)).toMatchObject({
      revoked: true,
      reason: 'the log of decisions cannot be relied on: entries that were there have gone',
    });
  });

  test('by changing any byte of the log', async () => {
    using place = await setup();
    place.admissions.record({ ...place.passed, policy });
    const paths = [...place.entries().map((name) => join('decisions', name)), join('keys', 'decisions.head')];
    const whole = paths.map((path) => readFileSync(join(place.home, path)));
    await fc.assert(
      fc.asyncProperty(
        fc.nat(paths.length - 1),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (which, at, bits) => {
          const changed = Buffer.from(whole[which]!);
          changed[at % (changed.length - 1)]! ^= bits;
          writeFileSync(join(place.home, paths[which]!), changed);
          expect((await place.admit()).admitted).toBe(false);
          writeFileSync(join(place.home, paths[which]!), whole[which]!);
        },
      ),
      { numRuns: 40 },
    );
    expect((await place.admit()).admitted).toBe(true);
  });
});

describe('the clock', () => {
  test('set back behind the latest time that was seen admits nothing, also after it was set forward', async () => {
    using place = await setup();
    place.admissions.record({ ...place.passed, policy });
    place.clock.advance(10 * day);
    expect((await place.admit()).admitted).toBe(true);
    place.clock.advance(-8 * day);
    expect(await place.admit()).toMatchObject({
      state: 'quarantined',
      reason: expect.stringMatching(/the clock stands at 2026-01-03.*2026-01-11.* was seen before$/),
    });
    expect(() => place.admissions.revoke('small', place.passed.subject, false, 'x')).toThrow(
      expect.objectContaining({ code: 'TGL_DECISIONS_DAMAGED' }),
    );
    place.clock.advance(8 * day);
    expect((await place.admit()).admitted).toBe(true);
  });

  test('may differ by a day', async () => {
    using place = await setup();
    place.admissions.record({ ...place.passed, policy });
    place.clock.advance(-day);
    expect((await place.admit()).admitted).toBe(true);
  });
});

test.runIf(process.platform !== 'win32')(
  'a directory that others can write to admits nothing, and is named',
  async () => {
    using place = await setup();
    place.admissions.record({ ...place.passed, policy });
    for (const name of ['admissions', 'revocations', 'decisions', 'keys', '.']) {
      const path = join(place.home, name);
      chmodSync(path, 0o777);
      expect(await place.admit()).toMatchObject({ reason: expect.stringContaining('others may write to') });
      chmodSync(path, 0o700);
    }
    expect((await place.admit()).admitted).toBe(true);
  },
);

describe('an honest restore', () => {
  test('begins the log anew: what was revoked stays so, what was admitted has to be assessed again', async () => {
    using place = await setup();
    place.admissions.record({ ...place.passed, policy });
    place.admissions.revoke('small', place.passed.subject, true, 'it leaks');
    rmSync(join(place.home, 'keys', 'decisions.head'));
    const { decisions } = openCatalog({ home: place.home, clock: place.clock });
    expect(decisions.read().sound).toBe(false);
    expect(decisions.restore('a new disk')).toMatchObject({ revocations: 1 });
    expect(await place.admit()).toMatchObject({ state: 'revoked' });
    place.opened().revoke('small', place.passed.subject, false, 'mended');
    expect(await place.admit()).toMatchObject({ state: 'stale' });
    place.opened().record({ ...place.passed, policy });
    expect((await place.admit()).admitted).toBe(true);
    // Numbers go on, so that the log from before cannot be put back.
    expect(place.entries()[0]).toBe('0000000004.json');
  });

  test('sets right a clock that was too far ahead', async () => {
    using place = await setup();
    place.clock.advance(400 * day);
    place.admissions.record(place.passed);
    place.clock.advance(-400 * day);
    const { decisions, admissions } = openCatalog({ home: place.home, clock: place.clock });
    expect(decisions.read().sound).toBe(false);
    decisions.restore('the clock was wrong');
    admissions.record(place.passed);
    expect((await place.admit()).admitted).toBe(true);
  });
});

test('entries of several processes follow each other without a gap', async () => {
  using place = await setup();
  const layout = openLayout(place.home);
  const logs = Array.from({ length: 4 }, () =>
    createDecisionLog({ layout, disk: systemDisk, clock: place.clock }, openSigningKey(layout.signingKey)),
  );
  const target = digestOf('x');
  for (let round = 0; round < 5; round++)
    for (const [index, log] of logs.entries())
      log.append({ kind: 'admission', target, content: digestOf(`${round} ${index}`), model: 'small' });
  for (const log of logs) {
    const read = log.read();
    expect(read.sound && [read.number, read.last('admission', target)]).toEqual([
      21,
      { kind: 'admission', target, content: digestOf('4 3'), model: 'small' },
    ]);
  }
});

test('keys of others are trusted until they are no longer, across a restoration, and not by an entry that somebody takes away', async () => {
  using place = await setup();
  const decisions = () => openCatalog({ home: place.home, clock: place.clock }).decisions;
  const trusted = () => {
    const log = decisions().read();
    return log.sound ? log.trusted.map(({ name }) => name) : log.problem;
  };
  const [one, other] = ['a', 'b'].map((digit) => digit.repeat(64)) as [string, string];
  decisions().trust({ key: one, name: 'the lab' }, true);
  decisions().trust({ key: other, name: 'a friend' }, true);
  expect(trusted()).toEqual(['the lab', 'a friend']);
  decisions().restore('disk replaced');
  expect(trusted()).toEqual(['the lab', 'a friend']);
  decisions().trust({ key: one, name: 'the lab' }, false);
  expect(trusted()).toEqual(['a friend']);
  rmSync(join(place.home, 'decisions', place.entries().at(-1) ?? ''));
  expect(trusted()).toMatch(/cannot be relied on/);
});
