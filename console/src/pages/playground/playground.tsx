// The playground: questions and replies, beside the settings that the next question has.
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { ChatCompletionMessage } from '../../../../src/wire/index.ts';
import type { ChatRequest } from '../../api/chat.ts';
import { modelsQuery } from '../../api/models.ts';
import { useStrings } from '../../frame/language.tsx';
import { useSignedIn } from '../../frame/session-context.ts';
import { Icon } from '../../parts/icon.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Unanswered } from '../../parts/unanswered.tsx';
import { CodeView } from './code-view.tsx';
import { isRunning, type Reply, startReply } from './reply.ts';
import { SettingsPanel, type TurnSettings, usualSettings } from './settings-panel.tsx';
import { strings } from './strings.ts';
import { Turn } from './turn.tsx';

type Exchange = { readonly question: string; readonly reply: Reply };

const examples = [
  'Use 3, 5 and 6 once each with + - * to make 21.',
  'What is 83 * 46?',
  'Anna has 3 boxes with 12 pens each and gives 7 away. How many are left?',
];

const largestSeed = 2 ** 31;

export default function Playground(): ReactNode {
  const words = useStrings(strings);
  const { data: models, error, refetch } = useQuery(modelsQuery);
  const [showsCode, setShowsCode] = useState(false);
  const [settings, setSettings] = useState<TurnSettings>(usualSettings);
  const { exchanges, running, ask, clear } = useExchanges();
  const model = settings.model ?? models?.[0]?.id;
  const next = (question: string): ChatRequest => requestOf(model ?? '', settings, exchanges, question);
  const lastQuestion = exchanges.at(-1)?.reply.request;
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
      {model !== undefined && (
        <div className="split">
          <div className="talk">
            {exchanges.map(({ question, reply }, place) => (
              <Turn
                key={place}
                question={question}
                reply={reply}
                onReplay={({ request }) => ask(question, request)}
              />
            ))}
            {exchanges.length === 0 && <Examples onChoose={(question) => ask(question, next(question))} />}
            {showsCode && <CodeView request={lastQuestion ?? next(examples[0] as string)} />}
            <Composer model={model} running={running} onAsk={(question) => ask(question, next(question))} />
          </div>
          <SettingsPanel models={models ?? []} settings={{ ...settings, model }} onChange={setSettings} />
        </div>
      )}
    </>
  );
}

/** What was asked so far, and the reply that runs. Leaving the page ends it. */
function useExchanges() {
  const { account } = useSignedIn();
  const queries = useQueryClient();
  const [exchanges, setExchanges] = useState<readonly Exchange[]>([]);
  const [running, setRunning] = useState<Reply>();
  const latest = useRef<Reply>(undefined);
  useEffect(() => () => latest.current?.stop(), []);
  const ask = (question: string, request: ChatRequest): void => {
    latest.current?.stop();
    const reply = startReply(request, account, () => {
      setRunning((now) => (now === reply ? undefined : now));
      void queries.invalidateQueries({ queryKey: ['limits'] });
    });
    latest.current = reply;
    setRunning(reply);
    setExchanges((before) => [...before, { question, reply }]);
  };
  const clear = (): void => {
    latest.current?.stop();
    setExchanges([]);
  };
  return { exchanges, running, ask, clear };
}

function requestOf(
  model: string,
  { effort, budget, temperature, seed }: TurnSettings,
  exchanges: readonly Exchange[],
  question: string,
): ChatRequest {
  const before = exchanges
    .filter(({ reply }) => !isRunning(reply.state()) && reply.state().answer !== '')
    .flatMap(({ question: asked, reply }): ChatCompletionMessage[] => [
      { role: 'user', content: asked },
      { role: 'assistant', content: reply.state().answer },
    ]);
  return {
    model,
    messages: [...before, { role: 'user', content: question }],
    ...(effort !== '' && { reasoning_effort: effort }),
    ...(budget !== '' && { thinking_token_budget: Number(budget) }),
    ...(temperature !== '' && { temperature: Number(temperature) }),
    seed:
      seed === '' ? (crypto.getRandomValues(new Uint32Array(1))[0] as number) % largestSeed : Number(seed),
  };
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

type ComposerProps = {
  readonly model: string;
  readonly running: Reply | undefined;
  readonly onAsk: (question: string) => void;
};

function Composer({ model, running, onAsk }: ComposerProps): ReactNode {
  const words = useStrings(strings);
  const [text, setText] = useState('');
  const submit = (): void => {
    if (text.trim() === '' || running !== undefined) return;
    onAsk(text);
    setText('');
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') running?.stop();
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <form
      className="composer"
      data-running={running !== undefined || undefined}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        className="type"
        rows={2}
        aria-label={`${words.ask} ${model}`}
        placeholder={`${words.ask} ${model}`}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="tools">
        <span className="badge">{model}</span>
        <span className="end line">
          <kbd>{running === undefined ? '↵' : 'Esc'}</kbd>
          {running === undefined ? (
            <button type="submit" className="button small primary">
              <Icon name="send" />
              {words.send}
            </button>
          ) : (
            <button type="button" className="button small" onClick={running.stop}>
              <Icon name="stop" />
              {words.stop}
            </button>
          )}
        </span>
      </div>
    </form>
  );
}
