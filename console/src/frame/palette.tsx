// The command palette: Ctrl K, a few letters and Enter lead to every page, model and setting that the person may have.
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { catalogQuery } from '../api/models.ts';
import { visible } from '../markdown/visible.ts';
import { Icon, type IconName } from '../parts/icon.tsx';
import { type Strings, useLanguage, useStrings } from './language.tsx';
import { type ConsolePage, pagesFor } from './page.ts';
import { useSignedIn } from './session-context.ts';

type Words = Readonly<Record<'open' | 'search' | 'none' | 'commands', string>>;

const strings: Strings<Words> = {
  en: {
    ...{
      open: 'Search',
      search: 'Page, model or command',
      none: 'Nothing of that name',
      commands: 'Commands',
    },
  },
  de: {
    ...{ open: 'Suchen', search: 'Seite, Modell oder Befehl', none: 'Nichts mit diesem Namen' },
    commands: 'Befehle',
  },
};

export type Command = { readonly name: string; readonly icon: IconName; readonly run: () => void };

const mostShown = 10;

type Props = {
  /** Beside the pages and models, which it knows itself. */
  readonly commands: readonly Command[];
};

export function Palette({ commands }: Props): ReactNode {
  const words = useStrings(strings);
  const dialog = useRef<HTMLDialogElement>(null);
  /** Which opening of the dialog is on the screen, so that each begins with an empty field. */
  const [opening, setOpening] = useState<number>();
  const open = (): void => {
    dialog.current?.showModal();
    setOpening((before = 0) => before + 1);
  };
  // The event comes some time after the dialog was closed, when it may have been opened again.
  const onClose = (): void => {
    if (!dialog.current?.open) setOpening(undefined);
  };
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      if (!dialog.current?.open) open();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
  return (
    <>
      <button type="button" className="button small plain find" onClick={open}>
        {words.open} <kbd>Ctrl K</kbd>
      </button>
      <dialog ref={dialog} className="dialog" aria-label={words.open} onClose={onClose}>
        {opening && <Search key={opening} commands={commands} onChosen={() => dialog.current?.close()} />}
      </dialog>
    </>
  );
}

function Search({ commands, onChosen }: Props & { readonly onChosen: () => void }): ReactNode {
  const words = useStrings(strings);
  const list = useId();
  const [text, setText] = useState('');
  const [place, setPlace] = useState(0);
  const all = useDestinations();
  const found = matching([...all, ...commands], text);
  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    onChosen();
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) setPlace((place + step + found.length) % Math.max(1, found.length));
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) run(found[place]);
    else return;
    event.preventDefault();
  };
  return (
    <div className="stack">
      <input
        ref={(input) => input?.focus()}
        className="input"
        role="combobox"
        aria-label={words.search}
        aria-expanded
        aria-controls={list}
        aria-activedescendant={found[place] && `${list}${place}`}
        placeholder={words.search}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          setPlace(0);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={list} role="listbox" aria-label={words.commands} className="found">
        {found.map((command, at) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field, which keeps the focus.
          <div
            key={at}
            id={`${list}${at}`}
            role="option"
            tabIndex={-1}
            aria-selected={at === place}
            onClick={() => run(command)}
          >
            <Icon name={command.icon} />
            {visible(command.name)}
          </div>
        ))}
      </div>
      {found.length === 0 && <p className="quiet">{words.none}</p>}
    </div>
  );
}

/** Pages and models. */
function useDestinations(): readonly Command[] {
  const { language } = useLanguage();
  const { session } = useSignedIn();
  const navigate = useNavigate();
  const seesModels = session.scopes.includes('models:read');
  const { data: models = [] } = useQuery({ ...catalogQuery, enabled: seesModels });
  const to = (path: string, search = {}): void => void navigate({ to: `/console/${path}`, search });
  return [
    ...pagesFor(session.scopes).map(({ title, icon, path }: ConsolePage) => ({
      ...{ name: title[language], icon, run: () => to(path) },
    })),
    ...models.map(({ id }) => ({ name: id, icon: 'model' as const, run: () => to('models', { model: id }) })),
  ];
}

/** What begins with the text before what only contains it. */
function matching(commands: readonly Command[], text: string): readonly Command[] {
  const sought = text.trim().toLocaleLowerCase();
  const at = ({ name }: Command): number => name.toLocaleLowerCase().indexOf(sought);
  return commands
    .filter((command) => at(command) >= 0)
    .toSorted((one, other) => Math.min(1, at(one)) - Math.min(1, at(other)))
    .slice(0, mostShown);
}
