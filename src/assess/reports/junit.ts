// A report as JUnit XML, which build servers show: one test per criterion. What was not decided is an error, since
// the format has no third outcome and a skipped test is green nearly everywhere; what is only reported is skipped.
import { escapeMarkup } from '../../base/index.ts';
import type { Report } from './report.ts';

export function junitReport(report: Report): string {
  const { model, results, decided, started, finished } = report;
  const reported = new Set(
    decided?.policy.criteria.flatMap(({ name, onFailure }) => (onFailure === 'report' ? [name] : [])),
  );
  const required = results.filter(({ name }) => !reported.has(name));
  const count = (verdict: string): number => required.filter((result) => result.verdict === verdict).length;
  const seconds = Math.max(0, (Date.parse(finished) - Date.parse(started)) / 1000);
  const suite = decided?.policy.name ?? report.battery.name;
  const counts = `tests="${results.length}" failures="${count('fail')}" errors="${count('inconclusive')}" skipped="${results.length - required.length}" time="${seconds.toFixed(3)}"`;
  const cases = results.map(({ name, verdict, reason, trials }) => {
    const inside = reported.has(name)
      ? element('skipped', `reported only: ${verdict}; ${reason}`)
      : verdict === 'fail'
        ? element('failure', reason)
        : verdict === 'inconclusive'
          ? element('error', reason)
          : '';
    const properties = `<properties><property name="trials" value="${trials}"/></properties>`;
    return `    <testcase classname="${escapeMarkup(`${model}.${suite}`)}" name="${escapeMarkup(name)}">${properties}${inside}</testcase>`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="tiegel assess" ${counts}>
  <testsuite name="${escapeMarkup(suite)}" timestamp="${started}" ${counts}>
${cases.join('\n')}
  </testsuite>
</testsuites>
`;
}

function element(name: 'failure' | 'error' | 'skipped', message: string): string {
  return `<${name} message="${escapeMarkup(message)}"/>`;
}
