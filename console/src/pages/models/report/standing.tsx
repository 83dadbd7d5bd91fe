// What a report rests on: the judges with what entitles them, the tuple that was assessed, the evidence and its signature.
import { Fragment, type ReactNode } from 'react';
import type { AssessmentReport, JudgeStanding } from '../../../../../src/wire/index.ts';
import { useFormats, useStrings } from '../../../frame/language.tsx';
import { visible } from '../../../markdown/visible.ts';
import { DataTable, numberColumn } from '../../../parts/data-table.tsx';
import { Icon } from '../../../parts/icon.tsx';
import { strings } from './strings.ts';

export function Judges({ judges }: { readonly judges: readonly JudgeStanding[] }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  if (judges.length === 0) return null;
  const share = (rate: number | null): string => (rate === null ? '–' : format.percent(rate));
  return (
    <section className="section" aria-label={words.judges}>
      <h2>{words.judges}</h2>
      <DataTable
        label={words.judges}
        columns={[
          words.judges,
          words.entitled,
          numberColumn(words.finds),
          numberColumn(words.clears),
          numberColumn(words.labels),
        ]}
        kind="two"
      >
        {judges.map(({ name, version, entitled_by, measured }) =>
          measured.length === 0 ? (
            <tr key={name}>
              <td>
                {visible(name)} {version}
              </td>
              <td>{words.entitlements[entitled_by]}</td>
              <td className="n">–</td>
              <td className="n">–</td>
              <td className="n">–</td>
            </tr>
          ) : (
            measured.map(({ family, language, sensitivity, specificity, labels }) => (
              <tr key={`${name} ${family} ${language}`}>
                <td>
                  {visible(name)} {version}
                </td>
                <td>
                  {words.entitlements[entitled_by]}
                  <span className="sub">
                    {visible(family)}, {language}
                  </span>
                </td>
                <td className="n">{share(sensitivity)}</td>
                <td className="n">{share(specificity)}</td>
                <td className="n">{format.count(labels)}</td>
              </tr>
            ))
          ),
        )}
      </DataTable>
    </section>
  );
}

type Fact = readonly [string, ReactNode];

export function Subject({ report }: { readonly report: AssessmentReport }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { subject, admission_key, evidence, signature } = report;
  const { temperature, top_p, max_tokens, thinking_budget, system_prompt } = subject;
  const code = (text: string | null): ReactNode => text && <span className="mono">{visible(text)}</span>;
  const list = (texts: readonly string[]): ReactNode => texts.length > 0 && code(texts.join(', '));
  const { tuple } = words;
  const served: readonly Fact[] = [
    [tuple.server, subject.server],
    [tuple.endpoints, list(subject.endpoints)],
    [tuple.server_model, code(subject.server_model)],
    [tuple.weights, code(subject.weights)],
    [tuple.tokenizer, code(subject.tokenizer)],
    [tuple.chat_template, code(subject.chat_template)],
    [tuple.quantisation, subject.quantisation],
    [tuple.adapters, list(subject.adapters)],
    [tuple.draft, code(subject.draft)],
    [tuple.runtime_build, visible(subject.runtime_build)],
    [
      tuple.sampling,
      `temperature ${temperature}, top-p ${top_p}, ${format.count(max_tokens)} ${words.tokens}`,
    ],
    [tuple.thinking_budget, thinking_budget === null ? '–' : format.count(thinking_budget)],
    [tuple.system_prompt, system_prompt === null ? '–' : visible(system_prompt)],
    [tuple.filters, list(subject.filters) || '–'],
  ];
  const rests: readonly Fact[] = [
    [tuple.admission_key, code(admission_key)],
    ['SHA-256', code(evidence.digest)],
    [words.root, code(evidence.root)],
    [
      words.evidence,
      `${format.count(evidence.lines)} ${words.lines}, ${format.count(evidence.withheld)} ${words.withheld}`,
    ],
    [words.signature, <Signed key="signature" signature={signature} />],
  ];
  return (
    <section className="section cols c2" aria-label={words.subject}>
      <div className="stack">
        <h2>{words.subject}</h2>
        <Facts facts={served} />
      </div>
      <div className="stack">
        <h2>{words.evidence}</h2>
        <Facts facts={rests} />
      </div>
    </section>
  );
}

function Facts({ facts }: { readonly facts: readonly Fact[] }): ReactNode {
  return (
    <dl className="facts">
      {facts.map(
        ([name, value]) =>
          value && (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd className="break">{value}</dd>
            </Fragment>
          ),
      )}
    </dl>
  );
}

const looks = { trusted: 'ok', untrusted: 'warn', unsigned: 'warn', wrong: 'bad' } as const;

function Signed({ signature }: { readonly signature: AssessmentReport['signature'] }): ReactNode {
  const words = useStrings(strings);
  const { state, key, problem } = signature;
  return (
    <>
      <span className={`state ${looks[state]}`}>
        <Icon name={state === 'trusted' ? 'ok' : state === 'wrong' ? 'bad' : 'clock'} />
        {words.signatures[state]}
      </span>
      {problem !== null && ` ${problem}`}
      {key !== null && (
        <span className="meta mono">
          {' '}
          {words.key} {key}
        </span>
      )}
    </>
  );
}
