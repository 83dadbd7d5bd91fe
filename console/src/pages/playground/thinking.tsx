// What a model thought, as plain text: its last lines while it thinks, one line afterwards, and all of it when opened. The last lines and
// what is counted are written into text nodes as they arrive, without React, which would cost more than drawing them.
import { type ReactNode, useCallback, useLayoutEffect, useRef, useState } from 'react';
import { useFormats, useStrings } from '../../frame/language.tsx';
import { Icon } from '../../parts/icon.tsx';
import { Problem } from '../../parts/problem.tsx';
import { type Reply, type ReplyState, useReply } from './reply.ts';
import { strings } from './strings.ts';

type Props = { readonly reply: Reply };

export function Thinking({ reply }: Props): ReactNode {
  const words = useStrings(strings);
  const [isOpen, setOpen] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const phase = useReply(reply, (state) => state.phase);
  const stoppedBy = useReply(reply, (state) => state.stoppedBy);
  const isLive = phase === 'waiting' || phase === 'thinking';
  const wasCut = stoppedBy === 'budget' || stoppedBy === 'length';
  const answerNow = (): void => void reply.answerNow().catch(setProblem);
  return (
    <div className={wasCut ? 'thinking cut' : 'thinking'}>
      <div className="line">
        <button type="button" className="fold" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name={isOpen ? 'open' : 'closed'} />
          {isLive ? <Live reply={reply} /> : <span>{words.thought}</span>}
          <Measured reply={reply} />
          {!isLive && stoppedBy !== null && (
            <span className="end meta why">{words.stoppedBy[stoppedBy]}</span>
          )}
        </button>
      </div>
      {isOpen && <WholeText reply={reply} />}
      {isLive && !isOpen && <Tail reply={reply} />}
      {phase === 'thinking' && (
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

function Live({ reply }: Props): ReactNode {
  const words = useStrings(strings);
  const isBeat = useReply(reply, isOddSecond);
  const isWaiting = useReply(reply, ({ phase }) => phase === 'waiting');
  return (
    <span className="live" data-beat={isBeat || undefined}>
      {isWaiting ? words.waiting : words.thinking}
    </span>
  );
}

/** What is alive beats once in two seconds, and only while something arrives: an animation would draw sixty times a second. */
function isOddSecond({ thinkingMs }: ReplyState): boolean {
  return Math.floor(thinkingMs / 1000) % 2 === 1;
}

/** How long and how much it thought. */
function Measured({ reply }: Props): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const measured = useCallback(
    ({ usage, thinkingMs, thinkingTokens }: ReplyState): string => {
      const tokens = usage?.completion_tokens_details.reasoning_tokens ?? thinkingTokens;
      return `${format.seconds(thinkingMs)} · ${format.count(tokens)} ${words.tokens}`;
    },
    [format, words],
  );
  return <Written className="num" reply={reply} text={measured} />;
}

/** More than three lines ever show. */
const tailLength = 600;

function endOf({ thinking }: ReplyState): string {
  return thinking.slice(-tailLength);
}

/** The end of what was thought, in one text node however long it is. A screen reader is told how it stands, not every word. */
function Tail({ reply }: Props): ReactNode {
  return (
    <div className="tail" aria-hidden="true">
      <div className="model-text" dir="auto">
        <Written reply={reply} text={endOf} />
        <span className="caret" />
      </div>
    </div>
  );
}

type WrittenProps = Props & {
  readonly className?: string;
  /** The same function each time, so that what listens is not put up again. */
  readonly text: (state: ReplyState) => string;
};

/** A text that follows a reply without being rendered again. */
function Written({ reply, className, text }: WrittenProps): ReactNode {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    const node = document.createTextNode(text(reply.state()));
    place.current?.append(node);
    const unsubscribe = reply.subscribe(() => {
      const now = text(reply.state());
      if (now !== node.data) node.data = now;
    });
    return () => {
      unsubscribe();
      node.remove();
    };
  }, [reply, text]);
  return <span className={className} ref={place} />;
}

const pieceLength = 4000;

/** All that was thought, as text alone; what is out of sight is not laid out. */
function WholeText({ reply }: Props): ReactNode {
  const text = useReply(reply, (state) => state.thinking);
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
