// One turn: the question, the thinking as plain text (its last lines while it runs, one line after), and the answer.
import { type ReactNode, useState, useSyncExternalStore } from 'react';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { Markdown } from '../../markdown/markdown.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Problem } from '../../parts/problem.tsx';
import { isRunning, type Reply, type ReplyState } from './reply.ts';
import { strings } from './strings.ts';

export type TurnProps = {
  readonly question: string;
  readonly reply: Reply;
  readonly onReplay: (reply: Reply) => void;
};

export function Turn({ question, reply, onReplay }: TurnProps): ReactNode {
  const state = useSyncExternalStore(reply.subscribe, reply.state);
  const words = useStrings(strings);
  return (
    <article className="turn">
      <div className="ask break">{question}</div>
      {(state.thinking !== '' || state.phase === 'waiting') && <Thinking state={state} reply={reply} />}
      {state.answer !== '' && (
        <>
          <h2 className="meta" tabIndex={-1}>
            {words.answer}
          </h2>
          <div className="answer model-text" dir="auto">
            <Markdown blocks={state.blocks} />
          </div>
        </>
      )}
      {state.phase === 'failed' && <Problem error={state.error} retry={() => onReplay(reply)} />}
      <Foot state={state} reply={reply} onReplay={onReplay} />
    </article>
  );
}

type ThinkingProps = { readonly state: ReplyState; readonly reply: Reply };

function Thinking({ state, reply }: ThinkingProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const [isOpen, setOpen] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const isLive = state.phase === 'waiting' || state.phase === 'thinking';
  const tokens = state.usage?.completion_tokens_details.reasoning_tokens ?? state.thinkingTokens;
  const measured = `${format.seconds(state.thinkingMs)} · ${format.count(tokens)} ${words.tokens}`;
  const wasCut = state.stoppedBy === 'budget' || state.stoppedBy === 'length';
  const answerNow = (): void => void reply.answerNow().catch(setProblem);
  return (
    <div className={wasCut ? 'thinking cut' : 'thinking'}>
      <div className="line">
        <button type="button" className="fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name={isOpen ? 'open' : 'closed'} />
          {isLive ? (
            <>
              <span className="live" data-beat={isBeat(state) || undefined}>
                {state.phase === 'waiting' ? words.waiting : words.thinking}
              </span>
              <span className="num">{measured}</span>
            </>
          ) : (
            <span>
              {words.thought} {measured}
            </span>
          )}
          {!isLive && state.stoppedBy !== null && (
            <span className="end meta why">{words.stoppedBy[state.stoppedBy]}</span>
          )}
        </button>
      </div>
      {isOpen && <WholeText text={state.thinking} />}
      {isLive && !isOpen && <Tail text={state.thinking} />}
      {state.phase === 'thinking' && (
        <div className="line text">
          <button type="button" className="button small" onClick={answerNow}>
            {words.answerNow}
          </button>
        </div>
      )}
      {problem !== undefined && isLive && <Problem error={problem} />}
    </div>
  );
}

/** What is alive beats once in two seconds, and only while something arrives: an animation would draw sixty times a second. */
function isBeat({ thinkingMs }: ReplyState): boolean {
  return Math.floor(thinkingMs / 1000) % 2 === 1;
}

/** More than three lines ever show. */
const tailLength = 600;

/** The end of what was thought, in one text node however long it is. A screen reader is told how it stands, not every word. */
function Tail({ text }: { readonly text: string }): ReactNode {
  return (
    <div className="tail" aria-hidden="true">
      <div className="model-text" dir="auto">
        {text.slice(-tailLength)}
        <span className="caret" />
      </div>
    </div>
  );
}

const pieceLength = 4000;

/** All that was thought, as text alone; what is out of sight is not laid out. */
function WholeText({ text }: { readonly text: string }): ReactNode {
  const pieces = Array.from({ length: Math.ceil(text.length / pieceLength) }, (_, piece) =>
    text.slice(piece * pieceLength, (piece + 1) * pieceLength),
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be scrolled by keyboard as well.
    <div className="text model-text" dir="auto" tabIndex={0}>
      {pieces.map((piece, place) => (
        <span key={place}>{piece}</span>
      ))}
    </div>
  );
}

function Foot({ state, reply, onReplay }: Omit<TurnProps, 'question'> & ThinkingProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const { usage, cost, phase } = state;
  if (isRunning(state))
    return (
      <p className="meta" role="status">
        {{ waiting: words.waiting, thinking: words.thinking, answering: words.answering }[phase as 'waiting']}
      </p>
    );
  const reasoning = usage?.completion_tokens_details.reasoning_tokens ?? 0;
  return (
    <div className="line meta num">
      <span role="status">{phase === 'stopped' ? words.stopped : words.done}</span>
      {usage && (
        <span>
          {format.count(reasoning)} + {format.count(usage.completion_tokens - reasoning)} {words.tokens}
        </span>
      )}
      {cost && <span>{format.money(cost.amount, cost.currency)}</span>}
      <button
        type="button"
        className="button small"
        onClick={() => void navigator.clipboard.writeText(state.answer)}
      >
        <Icon name="copy" />
        {words.copy}
      </button>
      <button type="button" className="button small" onClick={() => onReplay(reply)}>
        <Icon name="replay" />
        {words.replay} {reply.request.seed}
      </button>
    </div>
  );
}
