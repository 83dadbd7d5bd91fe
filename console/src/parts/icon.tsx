// Icons: strokes on a square of 16. They stand beside words and say nothing of their own.
import type { ReactNode } from 'react';

const paths = {
  overview: 'M2.5 2.5h4.5v6h-4.5zM9 2.5h4.5v3.5h-4.5zM9 8h4.5v5.5h-4.5zM2.5 10.5h4.5v3h-4.5z',
  chat: 'M2.5 3.5h11v7.5h-6l-3 2.5v-2.5h-2z',
  model: 'M8 2l5.5 3v6L8 14l-5.5-3V5z M2.5 5L8 8l5.5-3M8 8v6',
  usage: 'M3 13.5V8M6.5 13.5V4M10 13.5V9.5M13.5 13.5V2.5',
  limits: 'M2 5h12M2 11h12M6 3v4M10.5 9v4',
  meter: 'M2.5 12.5a6 6 0 1 1 11 0M8 10.5l3-4M5 12.5h6',
  key: 'M2.5 11a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M7 9l6-6M11 5l2 2',
  audit: 'M4 2.5h8v11H4zM6 6h4M6 8.5h4M6 11h2',
  person: 'M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 1 0 8 8M3 13.5c.6-2.6 2.5-4 5-4s4.4 1.4 5 4',
  place:
    'M8 14c3-3.3 4.5-5.6 4.5-7.5a4.5 4.5 0 1 0-9 0C3.5 8.4 5 10.7 8 14M8 8a1.5 1.5 0 1 0 0-3 1.5 1.5 0 1 0 0 3',
  training: 'M2.5 2.5v11h11M4.5 10.5l3-4 2.5 2 3.5-5',
  shield: 'M8 2l5 2v4c0 3-2 5-5 6-3-1-5-3-5-6V4z',
  menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
  moon: 'M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z',
  closed: 'M6 3.5L10.5 8 6 12.5',
  open: 'M3.5 6L8 10.5 12.5 6',
  code: 'M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5',
  plus: 'M8 3v10M3 8h10',
  send: 'M8 13V3M4 7l4-4 4 4',
  down: 'M8 2.5v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11',
  stop: 'M4.5 4.5h7v7h-7z',
  copy: 'M5.5 5.5h8v8h-8zM10.5 3.5v-1h-8v8h1',
  replay: 'M3 6.5h7a3 3 0 0 1 0 6H6M3 6.5L6 3.5M3 6.5L6 9.5',
  ok: 'M14 8A6 6 0 1 1 2 8a6 6 0 1 1 12 0M5.5 8.2l1.8 1.8L10.7 6.3',
  clock: 'M14 8A6 6 0 1 1 2 8a6 6 0 1 1 12 0M8 4.5V8l2.5 1.5',
  bad: 'M14 8A6 6 0 1 1 2 8a6 6 0 1 1 12 0M5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
} as const;

export type IconName = keyof typeof paths;

export function Icon({ name }: { readonly name: IconName }): ReactNode {
  return (
    <svg className="i" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}

export function Mark(): ReactNode {
  return (
    <svg viewBox="0 0 20 20" aria-hidden="true">
      <path
        d="M3 4h14l-2.2 11.2a2 2 0 0 1-2 1.6H7.2a2 2 0 0 1-2-1.6z"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinejoin="round"
      />
      <path
        d="M5.1 9.5c1.6-1.3 3.2 1.2 4.9 0s3.3 1.2 4.9 0l-1 5.1a1 1 0 0 1-1 .8H7.1a1 1 0 0 1-1-.8z"
        fill="var(--ember)"
      />
    </svg>
  );
}
