// The playground: questions and replies, beside the settings that the next question has; of two settings, replies beside each other.
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { modelsQuery } from '../../api/models.ts';
import { useStrings } from '../../frame/language.tsx';
import { Icon } from '../../parts/icon.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Unanswered } from '../../parts/unanswered.tsx';
import { CodeView } from './code-view.tsx';
import { Composer } from './composer.tsx';
import { requestsOf, useExchanges } from './exchanges.ts';
import { SettingsPanel, type TurnSettings, usualSettings } from './settings-panel.tsx';
import { strings } from './strings.ts';
import { Turn } from './turn.tsx';

const examples = [
  'Use 3, 5 and 6 once each with + - * to make 21.',
  'What is 83 * 46?',
  'Anna has 3 boxes with 12 pens each and gives 7 away. How many are left?',
];

const noOffer = { max_samples: 1, checkers: [] };

export default function Playground(): ReactNode {
  const words = useStrings(strings);
  const { data: served, error, refetch } = useQuery(modelsQuery);
  const models = served?.data;
  const [showsCode, setShowsCode] = useState(false);
  const [settings, setSettings] = useState<readonly TurnSettings[]>([usualSettings]);
  const { exchanges, isRunning, ask, stop, clear } = useExchanges();
  const usual = models?.[0]?.id;
  const sides = settings.map((side) => ({ ...side, model: side.model ?? usual ?? '' }));
  const next = (question: string) => requestsOf(sides, exchanges, question);
  const askNext = (question: string): void => ask(question, next(question));
  const shownCode = exchanges.at(-1)?.replies.map(({ request }) => request) ?? next(examples[0] as string);
  return (
    <>
      <PageHead
        lead={words.lead}
        actions={
          <>
            <button type="button" className="button" onClick={() => setShowsCode(!showsCode)}>
              <Icon name="code" />
              {showsCode ? words.hideCode : words.code}
            </button>
            <button type="button" className="button" onClick={clear}>
              <Icon name="plus" />
              {words.new}
            </button>
          </>
        }
      />
      <Unanswered {...{ data: models, error, refetch }} />
      {models?.length === 0 && <NoModel />}
      {usual !== undefined && (
        <div className="split">
          <div className="talk">
            {exchanges.map(({ question, replies }, place) => (
              <Turn
                key={place}
                question={question}
                replies={replies}
                onReplay={() =>
                  ask(
                    question,
                    replies.map(({ request }) => request),
                  )
                }
              />
            ))}
            {exchanges.length === 0 && <Examples onChoose={askNext} />}
            {showsCode && shownCode.map((request, side) => <CodeView key={side} request={request} />)}
            <Composer
              models={sides.map(({ model }) => model)}
              isRunning={isRunning}
              onAsk={askNext}
              onStop={stop}
            />
          </div>
          <SettingsPanel
            models={models ?? []}
            offer={served?.x_tiegel ?? noOffer}
            sides={sides}
            onChange={setSettings}
          />
        </div>
      )}
    </>
  );
}

function NoModel(): ReactNode {
  const words = useStrings(strings);
  return (
    <div className="empty">
      <h2>{words.none}</h2>
      <p>{words.noneFix}</p>
      <pre className="code">npm run tiegel -- assess MODEL</pre>
    </div>
  );
}

function Examples({ onChoose }: { readonly onChoose: (question: string) => void }): ReactNode {
  const words = useStrings(strings);
  return (
    <div className="empty">
      <h2>{words.examples}</h2>
      {examples.map((question) => (
        <button key={question} type="button" className="link" onClick={() => onChoose(question)}>
          {question}
        </button>
      ))}
    </div>
  );
}
