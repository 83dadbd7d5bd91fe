// One turn: the question, the thinking as plain text (its last lines while it runs, one line after), and the answer.
import type { ReactNode } from 'react';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { Markdown } from '../../markdown/markdown.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Problem } from '../../parts/problem.tsx';
import { isRunning, type Reply, useReply } from './reply.ts';
import { strings } from './strings.ts';
import { Thinking } from './thinking.tsx';

type ReplyProps = { readonly reply: Reply };

export type TurnProps = ReplyProps & {
  readonly question: string;
  readonly onReplay: (reply: Reply) => void;
};

export function Turn({ question, reply, onReplay }: TurnProps): ReactNode {
  const phase = useReply(reply, (state) => state.phase);
  const hasThought = useReply(reply, (state) => state.thinking !== '');
  return (
    <article className="turn">
      <div className="ask break">{question}</div>
      {(hasThought || phase === 'waiting') && <Thinking reply={reply} />}
      <Answer reply={reply} />
      {phase === 'failed' && <Problem error={reply.state().error} retry={() => onReplay(reply)} />}
      <Foot reply={reply} onReplay={onReplay} />
    </article>
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

function Foot({ reply, onReplay }: Omit<TurnProps, 'question'>): ReactNode {
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
      <button type="button" className="button small" onClick={() => onReplay(reply)}>
        <Icon name="replay" />
        {words.replay} {reply.request.seed}
      </button>
    </div>
  );
}
