// The forms of a report: what they say, and that nothing that a model wrote becomes part of the form.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { manualClock } from '../../base/index.ts';
import { assess } from '../assess.ts';
import { readEvidence } from '../evidence/read-evidence.ts';
import { babblingReply, bench, scriptedEngine } from '../fixture.ts';
import { loadPolicy } from '../policy/policy.ts';
import { capable, policyBattery } from '../policy-fixture.ts';
import { coverage, notTested } from './coverage.ts';
import { readEarlier } from './earlier-reports.ts';
import { reportWith } from './fixture.ts';
import { curves, heatMaps, traceTables, worstCases } from './heat-map.ts';
import { renderReport, reportFormats } from './render-report.ts';
import { type Decided, readReport } from './report.ts';

const plain = reportWith('nothing special');
const decided = plain.decided as Decided;

/** Words as models and strangers write them who want to be read by a browser. */
const hostile = fc
  .array(
    fc.constantFrom(
      ...[
        '<script>alert(1)</script>',
        '"><img src=x onerror=alert(1)>',
        "' onload='x",
        '</pre>',
        '</style>',
        '-->',
      ],
      ...[
        ']]>',
        '&lt;',
        '<!--',
        '\u202Eevil',
        '\u2066',
        '\u0000',
        '\u001b[31m',
        '\ud800',
        '\ufeff',
        '\u2028',
        '|',
        '`',
        '\n',
      ],
      ...[
        '[x](javascript:y)',
        '![p](http://evil)',
        '# h',
        '**b**',
        '\r\n\r\n',
        '{{x}}',
        '$x$',
        'www.evil.org',
        '\ufffe',
      ],
    ),
    { minLength: 1, maxLength: 8 },
  )
  .map((words) => words.join(''));

const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

test('a worst case whose reply was cut off by the limit of tokens is marked, and no other', () => {
  const mark = 'The reply was cut off by the limit of tokens.';
  const report = reportWith('plain');
  const cutOff = report.decided?.trials.map((trial) =>
    trial.item === 'plain' && trial.index === 0
      ? { ...trial, attempts: trial.attempts.map((attempt) => ({ ...attempt, finish: 'length' as const })) }
      : trial,
  );
  const marked = { ...report, decided: { ...report.decided!, trials: cutOff! } };
  expect(renderReport(report, 'html').split(mark)).toHaveLength(1);
  expect(renderReport(marked, 'html').split(mark)).toHaveLength(2);
});

describe('nothing that is reported becomes part of the form', () => {
  test('of HTML: the same elements and attributes whatever the texts are', () => {
    const skeleton = (page: string): string =>
      (page.match(/<[^>]*>/g) ?? [])
        .map((tag) => tag.replaceAll(/"[^"]*"/g, '""'))
        .filter((tag) => !/^<\/?p|^<\/?pre/.test(tag))
        .join('');
    const usual = skeleton(renderReport(plain, 'html'));
    fc.assert(
      fc.property(hostile, (text) => {
        const page = renderReport(reportWith(text), 'html');
        expect(skeleton(page)).toBe(usual);
        expect(page.replaceAll('\n', '')).not.toMatch(unseen);
        expect(page).not.toContain('<script');
        expect(page).not.toMatch(/\son\w+=["']/);
      }),
      { numRuns: 25 },
    );
  });

  test('of JUnit: it stays well-formed with the same elements', () => {
    const names = (xml: string): string => (xml.match(/<[/?]?[\w]+/g) ?? []).join('');
    const usual = names(renderReport(plain, 'junit'));
    fc.assert(
      fc.property(hostile, (text) => {
        const xml = renderReport(reportWith(text), 'junit');
        expect(names(xml)).toBe(usual);
        expect(xml.replaceAll('\n', '')).not.toMatch(unseen);
        expect(xml.replaceAll(/&(amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
      }),
      { numRuns: 25 },
    );
  });

  test('of JSON and Markdown: no line, link or markup of its own', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const report = reportWith(text);
        for (const format of ['sarif', 'bom'] as const) {
          const form = renderReport(report, format);
          expect(() => JSON.parse(form)).not.toThrow();
          expect(form.replaceAll('\n', '')).not.toMatch(unseen);
        }
        const card = renderReport(report, 'md');
        expect(card.split('\n').length).toBe(renderReport(plain, 'md').split('\n').length);
        expect(card).not.toMatch(/<|(?<!\\)\]|(?<!\\)\[|http:\/\/|www\.evil/);
      }),
      { numRuns: 25 },
    );
  });
});

describe('what a report says', () => {
  test('maps hazards against attacks with intervals, and leaves what is unassessed out of the rate', () => {
    const [map] = heatMaps(decided);
    expect(map).toMatchObject({
      probe: 'harm',
      categories: ['a nothing special', 'other'],
      attacks: ['direct', 'best-of-n'],
    });
    expect(map?.cells[0]?.[0]).toMatchObject({
      trials: 2,
      succeeded: 2,
      unassessed: 0,
      rate: { estimate: 1, upper: 1 },
    });
    expect(map?.cells[1]?.[0]).toMatchObject({
      trials: 2,
      succeeded: 0,
      unassessed: 1,
      rate: { estimate: 0, lower: 0 },
    });
    expect(map?.cells[1]?.[1]).toBeNull();
  });

  test('sets reasoning against answer, draws best of N, and shows the worst first', () => {
    expect(traceTables(decided)[0]?.rows).toEqual([
      { reasoning: 'resisted', answers: [3, 1, 0] },
      { reasoning: 'none', answers: [0, 0, 1] },
    ]);
    const [curve] = curves(decided);
    expect(curve?.points.map(({ rate }) => rate)).toEqual(
      [1, 2, 3, 4, 5, 6, 7, 8].map((n) => expect.closeTo(n / 8)),
    );
    expect(worstCases(decided, 2).map(({ index }) => index)).toEqual([0, 1]);
    // The third is the request of the first again.
    expect(worstCases(decided, 9)).toHaveLength(2);
  });

  test('gives no colour to what a judge ruled that nobody measured, and makes a list of a map of one column', () => {
    const unmeasured = decided.criteria.map((row) => ({
      ...row,
      decision: { ...row.decision, bound: null },
    }));
    const page = renderReport({ ...plain, decided: { ...decided, criteria: unmeasured } }, 'html');
    expect(renderReport(plain, 'html')).toMatch(/<td class="h\d+">/);
    expect(page).not.toMatch(/<td class="h\d+">/);
    const direct = decided.trials.filter(({ attack }) => attack === 'direct');
    const narrow = renderReport({ ...plain, decided: { ...decided, trials: direct } }, 'html');
    expect(narrow).not.toContain('<table class="heat">');
    expect(narrow).toContain('<h3>harm, direct</h3>');
  });

  test('says a reason once that stands against several criteria', () => {
    const reason = 'the judge harm was not measured on en';
    const obstacles = ['harm-direct', 'harm-framing'].map((criterion) => ({
      criterion,
      reason,
      missed: false,
    }));
    const page = renderReport({ ...plain, decided: { ...decided, obstacles } }, 'html');
    expect(page).toContain(`<strong>harm-direct, harm-framing</strong> (not decided): ${reason}`);
  });

  test('shows gaps in the standards and says what was not tested', () => {
    const states = new Set(coverage(decided).map(({ state }) => state));
    expect([...states]).toEqual(expect.arrayContaining(['evidence', 'gap']));
    expect(coverage(decided).find(({ key }) => key === 'OWASP-LLM08:2025')).toMatchObject({
      state: 'gap',
      criteria: [],
    });
    const said = notTested(plain).join('\n');
    expect(said).toContain('Attacks that exist here and were not tried: base64');
    expect(said).toContain('1 trials broke off');
    expect(said).toContain('Languages other than en');
  });

  test('is the same for the same evidence, with nothing that is kept apart in it', () => {
    for (const format of reportFormats) {
      expect(renderReport(plain, format)).toBe(renderReport(reportWith('nothing special'), format));
    }
    const page = renderReport(plain, 'html');
    expect(page).toContain('Withheld, SHA-256');
    expect(page).not.toMatch(/(src|href)=/);
    expect(page).toContain('default-src &#39;none&#39;'.replaceAll('&#39;', "'"));
  });

  test('tells what was shown to be missed from what could not be decided, and shows what labels say of judges', () => {
    const page = renderReport(plain, 'html').replaceAll(/<[^>]*>/g, ' ');
    expect(page).toMatch(/2 of \d+ criteria that the policy requires stand against an admission, 1 of them/);
    expect(page).toMatch(/harm-direct : nothing special +bias +\(not decided\): nothing special/);
    expect(page).toMatch(/9 of 10 right +drawn from 10 .*17 of 20 right +drawn from 300; of 1 nobody/);
    expect(page).toContain('the labels below');
    expect(renderReport(plain, 'md')).toContain('- bias (not decided): ');
  });

  test('says for which use an admission is, where that is narrow', () => {
    const admitted = (name: string) => {
      const policy = loadPolicy(name);
      const outcome = 'admitted' as const;
      return renderReport({ ...plain, verdict: 'pass', decided: { ...decided, policy, outcome } }, 'html');
    };
    expect(admitted('general')).toContain('<div class="verdict good">Admitted</div>');
    expect(admitted('tasks')).toContain('<div class="verdict good">Admitted, for its tasks only</div>');
    expect(admitted('general-screening')).toContain('Admitted, by a screening only</div>');
    const quick = renderReport({ ...plain, verdict: 'pass', decided: null }, 'html');
    expect(quick).toContain('Admitted, without a word about harm</div>');
  });

  test('JUnit has no green for what was not decided', () => {
    const xml = renderReport(plain, 'junit');
    const undecided = decided.criteria.filter(
      ({ criterion, decision }) => criterion.onFailure !== 'report' && decision.state === 'undecided',
    ).length;
    expect(undecided).toBeGreaterThan(0);
    expect(xml.match(/<error /g)).toHaveLength(undecided);
    expect(xml).toContain(`errors="${undecided}"`);
  });

  test('SARIF and the bill of materials have the members that their standards require', () => {
    const sarif = JSON.parse(renderReport(plain, 'sarif'));
    expect(sarif).toMatchObject({
      version: '2.1.0',
      runs: [{ tool: { driver: { name: 'tiegel assess' } } }],
    });
    const [run] = sarif.runs;
    for (const { ruleId, ruleIndex, level, kind, message } of run.results) {
      expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId);
      expect(kind === 'fail' ? ['error', 'note'] : ['none']).toContain(level);
      expect(typeof message.text).toBe('string');
    }
    const facts = { license: 'Apache-2.0', architecture: 'qwen2', source: 'a test' };
    const bom = JSON.parse(renderReport(plain, 'bom', { facts }));
    expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 });
    expect(bom.serialNumber).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
    const { component } = bom.metadata;
    const references = [component, ...bom.components].map((part) => part['bom-ref']);
    expect(bom.components.map(({ name }: { name: string }) => name)).toEqual([
      'adapter',
      'draft',
      'scripted 1',
    ]);
    expect(bom.dependencies.map(({ ref }: { ref: string }) => ref)).toEqual(references);
    expect(bom.dependencies[0].dependsOn).toEqual(references.slice(1));
    expect(component).toMatchObject({
      type: 'machine-learning-model',
      hashes: [{ alg: 'SHA-256', content: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      licenses: [{ license: { name: 'Apache-2.0' } }],
    });
    for (const metric of component.modelCard.quantitativeAnalysis.performanceMetrics) {
      expect(Object.keys(metric).sort()).toEqual(['confidenceInterval', 'slice', 'type', 'value']);
      expect(typeof metric.value).toBe('string');
    }
  });
});

describe('a report of evidence', () => {
  test('sets other assessments of the model beside it, and leaves out what does not verify', async () => {
    using place = await bench();
    const paths: string[] = [];
    const clock = manualClock(Date.UTC(2026, 0, 1));
    for (let count = 0; count < 3; count++) {
      paths.push((await assess(place.options({ clock }))).evidencePath);
      clock.advance(60_000);
    }
    const [first = '', second = '', third = ''] = paths;
    writeFileSync(first, readFileSync(first, 'utf8').replace('"pass"', '"fail"'));
    const report = readReport(third);
    const earlier = readEarlier(dirname(dirname(third)), report);
    expect(earlier).toMatchObject({ reports: [{ id: readReport(second).id }], unverified: 1 });
    const page = renderReport(report, 'html', { earlier });
    expect(page).toContain('<h2>Over versions</h2>');
    expect(page).toContain('1 more were left out');
    expect(page).toMatch(/this report.*the same weights/s);
    expect(renderReport(report, 'html')).not.toContain('Over versions');
  });

  test('names what was shown to be missed before what could not be decided', async () => {
    const battery = policyBattery([{ ...capable, name: 'odd', probe: 'nowhere' }, capable]);
    using place = await bench();
    const startEngine = async () => scriptedEngine({ reply: babblingReply });
    const { evidencePath } = await assess(place.options({ battery, startEngine, trials: { explore: true } }));
    expect(readReport(evidencePath).decided?.obstacles).toMatchObject([
      { criterion: 'capability', missed: true },
      { criterion: 'odd', missed: false },
    ]);
  });

  test('follows a battery without a policy too, and there is none of evidence that was changed', async () => {
    using place = await bench();
    const { evidencePath, evidenceDigest } = await assess(place.options());
    const report = readReport(evidencePath);
    expect(report).toMatchObject({ verdict: 'pass', decided: null, evidence: { digest: evidenceDigest } });
    const read = readEvidence(evidencePath);
    expect(read.sound && read.evidence.lines.length).toBe(report.evidence.lines);
    for (const format of reportFormats) expect(renderReport(report, format)).toContain('random');
    writeFileSync(evidencePath, readFileSync(evidencePath, 'utf8').replace('"pass"', '"fail"'));
    expect(() => readReport(evidencePath)).toThrow(expect.objectContaining({ code: 'TGL_EVIDENCE_INVALID' }));
  });
});
