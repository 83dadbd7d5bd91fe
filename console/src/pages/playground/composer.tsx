// Where a question is written: Enter sends it, Escape stops what runs.
import { type KeyboardEvent, type ReactNode, useState } from 'react';
import { useStrings } from '../../frame/language.tsx';
import { Icon } from '../../parts/icon.tsx';
import { strings } from './strings.ts';

type ComposerProps = {
  /** One, or two beside each other. */
  readonly models: readonly string[];
  readonly isRunning: boolean;
  readonly onAsk: (question: string) => void;
  readonly onStop: () => void;
};

export function Composer({ models, isRunning, onAsk, onStop }: ComposerProps): ReactNode {
  const words = useStrings(strings);
  const label = `${words.ask} ${[...new Set(models)].join(', ')}`;
  const [text, setText] = useState('');
  const submit = (): void => {
    if (text.trim() === '' || isRunning) return;
    onAsk(text);
    setText('');
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') onStop();
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    submit();
  };
  return (
    <form
      className="composer"
      data-running={isRunning || undefined}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <textarea
        className="type"
        rows={2}
        aria-label={label}
        placeholder={label}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <div className="tools">
        {models.map((model, side) => (
          <span key={side} className="badge">
            {model}
          </span>
        ))}
        <span className="end line">
          <kbd>{isRunning ? 'Esc' : '↵'}</kbd>
          {!isRunning ? (
            <button type="submit" className="button small primary">
              <Icon name="send" />
              {words.send}
            </button>
          ) : (
            <button type="button" className="button small" onClick={onStop}>
              <Icon name="stop" />
              {words.stop}
            </button>
          )}
        </span>
      </div>
    </form>
  );
}
