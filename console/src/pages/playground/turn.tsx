// One turn: the question, the thinking as plain text (its last lines while it runs, one line after), and the answer.
import type { ReactNode } from 'react';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { Markdown } from '../../markdown/markdown.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Problem } from '../../parts/problem.tsx';
import { isRunning, type Reply, useReply } from './reply.ts';
import { Samples } from './samples.tsx';
import { strings } from './strings.ts';
import { Thinking } from './thinking.tsx';

export type TurnProps = {
  readonly question: string;
  /** Two stand beside each other. */
  readonly replies: readonly Reply[];
  /** Asks the same again, of all of them. */
  readonly onReplay: () => void;
};

export function Turn({ question, replies, onReplay }: TurnProps): ReactNode {
  const words = useStrings(strings);
  const isPair = replies.length > 1;
  return (
    <article className="turn">
      <div className="ask break">{question}</div>
      <div className={isPair ? 'sides' : undefined}>
        {replies.map((reply, side) => (
          <section key={side} className="reply" aria-label={isPair ? words.sides[side] : undefined}>
            {isPair && <Asked reply={reply} />}
            <ReplyView reply={reply} onReplay={onReplay} />
          </section>
        ))}
      </div>
    </article>
  );
}

type ReplyProps = { readonly reply: Reply };
type ReplyViewProps = ReplyProps & Pick<TurnProps, 'onReplay'>;

/** What this one of two was asked with. */
function Asked({ reply: { request } }: ReplyProps): ReactNode {
  const words = useStrings(strings);
  const { model, reasoning_effort, thinking_token_budget, temperature } = request;
  const facts = [
    reasoning_effort && `${words.effort}: ${reasoning_effort}`,
    thinking_token_budget !== undefined && `${words.budget}: ${thinking_token_budget}`,
    temperature !== undefined && `${words.temperature}: ${temperature}`,
  ];
  return (
    <p className="meta break">
      <b>{model}</b> {facts.filter(Boolean).join(' · ')}
    </p>
  );
}

function ReplyView({ reply, onReplay }: ReplyViewProps): ReactNode {
  const phase = useReply(reply, (state) => state.phase);
  const hasThought = useReply(reply, (state) => state.thinking !== '');
  return (
    <>
      {(hasThought || phase === 'waiting') && <Thinking reply={reply} />}
      <Answer reply={reply} />
      {phase === 'failed' && <Problem error={reply.state().error} retry={onReplay} />}
      <Spent reply={reply} />
      <Foot reply={reply} onReplay={onReplay} />
    </>
  );
}

function Answer({ reply }: ReplyProps): ReactNode {
  const words = useStrings(strings);
  const blocks = useReply(reply, (state) => state.blocks);
  if (blocks.length === 0) return null;
  return (
    <>
      <h2 className="meta" tabIndex={-1}>
        {words.answer}
      </h2>
      <div className="answer model-text" dir="auto">
        <Markdown blocks={blocks} />
      </div>
    </>
  );
}

function Spent({ reply }: ReplyProps): ReactNode {
  const strategy = useReply(reply, (state) => state.strategy);
  return strategy && <Samples strategy={strategy} />;
}

function Foot({ reply, onReplay }: ReplyViewProps): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const phase = useReply(reply, (state) => state.phase);
  const { usage, cost } = reply.state();
  if (isRunning({ phase }))
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
        onClick={() => void navigator.clipboard.writeText(reply.state().answer)}
      >
        <Icon name="copy" />
        {words.copy}
      </button>
      <button type="button" className="button small" onClick={onReplay}>
        <Icon name="replay" />
        {words.replay} {reply.request.seed}
      </button>
    </div>
  );
}
