// The cases of the engine contract about text that the engine writes in place of the model. Imported by tests only.
import { expect } from 'vitest';
import {
  type ContractCase,
  canForce,
  collect,
  forcing,
  greedy,
  neverWritten,
  type Token,
  textOf,
  tokensOf,
  whereSupported,
} from './contract-case.ts';

/** Told to write at once, an engine on a busy machine may have come to its end before it hears of it. */
const mostAttempts = 5;

export const forcedTextCases: Readonly<Record<string, ContractCase>> = {
  'writes forced text after so many tokens and lets the model go on': async ({ engine, prompt }) => {
    const forced = { text: '</think>ok', afterTokens: 5, unless: neverWritten };
    await whereSupported(engine, canForce(engine), forcing(prompt, 40, forced), (tokens) => {
      expect(tokens.findIndex(isForced)).toBe(5);
      expect(textOf(tokens.filter(isForced))).toBe('</think>ok');
      expect(tokens.findLastIndex(isForced)).toBe(4 + tokens.filter(isForced).length);
      expect(tokens).toHaveLength(40);
    });
  },
  'counts forced text towards maxTokens': async ({ engine, prompt }) => {
    const forced = { text: 'one two three four five six', afterTokens: 5, unless: neverWritten };
    await whereSupported(engine, canForce(engine), forcing(prompt, 7, forced), (tokens) => {
      expect(tokens.map(isForced)).toEqual([false, false, false, false, false, true, true]);
    });
  },
  'writes forced text before anything else after no token': async ({ engine, prompt }) => {
    const forced = { text: '</think>', afterTokens: 0, unless: neverWritten };
    await whereSupported(engine, canForce(engine), forcing(prompt, 20, forced), (tokens) => {
      expect(tokens.findIndex(isForced)).toBe(0);
      expect(textOf(tokens.filter(isForced))).toBe('</think>');
      expect(tokens).toHaveLength(20);
    });
  },
  'writes no forced text when the model has written its own': async ({ engine, prompt }) => {
    const plain = tokensOf(await collect(engine, greedy(prompt, 30)));
    const forced = { text: '</think>', afterTokens: 20, unless: textOf(plain.slice(0, 20)) };
    await whereSupported(engine, canForce(engine), forcing(prompt, 30, forced), (tokens) =>
      expect(tokens).toEqual(plain),
    );
  },
  'writes forced text when it is told to': async ({ engine, prompt }) => {
    if (!canForce(engine)) return;
    let tokens: Token[] = [];
    for (let attempt = 0; attempt < mostAttempts && !tokens.some(isForced); attempt++) {
      const now = new AbortController();
      const forced = { text: '</think>', afterTokens: null, unless: neverWritten, now: now.signal };
      tokens = [];
      for await (const events of engine.generate(forcing(prompt, 150, forced))) {
        tokens.push(...tokensOf(events));
        if (tokens.length >= 3) now.abort();
      }
      expect(tokens).toHaveLength(150);
    }
    expect(textOf(tokens.filter(isForced))).toBe('</think>');
  },
};

function isForced({ forced }: Token): boolean {
  return forced === true;
}
