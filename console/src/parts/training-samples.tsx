// The same held-out problem as a training completes it after more and more steps, so that one sees how thinking changes. A slider chooses the
// step; the newest is shown until somebody moves it.
import { type ReactNode, useState } from 'react';
import type { JobSample } from '../../../src/wire/index.ts';
import { type Strings, useFormats, useStrings } from '../frame/language.tsx';
import { visible } from '../markdown/visible.ts';

type Words = Readonly<Record<'title' | 'after' | 'steps' | 'tokens' | 'right' | 'wrong' | 'cut', string>>;

const strings: Strings<Words> = {
  en: {
    ...{ title: 'The same problem, step by step', after: 'after', steps: 'steps', tokens: 'tokens' },
    ...{ right: 'right', wrong: 'wrong', cut: 'cut off' },
  },
  de: {
    ...{ title: 'Dieselbe Aufgabe, Schritt für Schritt', after: 'nach', steps: 'Schritten', tokens: 'Token' },
    ...{ right: 'richtig', wrong: 'falsch', cut: 'abgeschnitten' },
  },
};

export function TrainingSamples({ samples }: { readonly samples: readonly JobSample[] }): ReactNode {
  const words = useStrings(strings);
  const format = useFormats();
  const [chosen, setChosen] = useState<number>();
  const newest = samples.length - 1;
  const place = Math.min(chosen ?? newest, newest);
  const sample = samples[place];
  if (sample === undefined) return null;
  const { stage, step, prompt, text, tokens, correct, stopped } = sample;
  const told = [
    `${visible(stage)}, ${words.after} ${format.count(step)} ${words.steps}`,
    `${format.count(tokens)} ${words.tokens}`,
    correct === null ? '' : correct ? words.right : words.wrong,
    stopped ? '' : words.cut,
  ]
    .filter(Boolean)
    .join(' · ');
  return (
    <div className="stack tight">
      <h3>{words.title}</h3>
      <p className="break">{visible(prompt)}</p>
      {newest > 0 && (
        <input
          type="range"
          className="range"
          min={0}
          max={newest}
          value={place}
          aria-label={words.title}
          aria-valuetext={told}
          onChange={(event) => setChosen(event.target.valueAsNumber)}
        />
      )}
      <p className="meta num" role="status">
        {told}
      </p>
      <pre className="code">{visible(text)}</pre>
    </div>
  );
}
