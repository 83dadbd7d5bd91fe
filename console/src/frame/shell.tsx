// The frame around every page: where one can go, who one is, theme and language.
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { type ReactNode, useState } from 'react';
import { endSession } from '../api/session.ts';
import { Icon, Mark } from '../parts/icon.tsx';
import { type Strings, useLanguage, useStrings } from './language.tsx';
import { type ConsolePage, pagesFor } from './page.ts';
import { Palette } from './palette.tsx';
import { useSignedIn } from './session-context.ts';

type Words = Readonly<
  Record<'skip' | 'menu' | 'close' | 'theme' | 'account' | 'signOut' | 'noAccount' | 'language', string>
>;

const strings: Strings<Words> = {
  en: {
    skip: 'Skip to content',
    menu: 'Menu',
    close: 'Close menu',
    theme: 'Dark or light',
    account: 'Account',
    signOut: 'Sign out',
    noAccount: 'no account',
    language: 'Deutsch',
  },
  de: {
    skip: 'Zum Inhalt',
    menu: 'Menü',
    close: 'Menü schließen',
    theme: 'Dunkel oder hell',
    account: 'Konto',
    signOut: 'Abmelden',
    noAccount: 'kein Konto',
    language: 'English',
  },
};

export function Shell(): ReactNode {
  const words = useStrings(strings);
  const { session } = useSignedIn();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <a className="skip" href="#main">
        {words.skip}
      </a>
      <div className={isOpen ? 'shell open' : 'shell'}>
        <Navigation onLeave={() => setOpen(false)} />
        <div className="main">
          <header className="bar">
            <button
              type="button"
              className="button small icon plain menu"
              aria-label={words.menu}
              aria-expanded={isOpen}
              onClick={() => setOpen(!isOpen)}
            >
              <Icon name="menu" />
            </button>
            <span className="switch">
              <span className="org">
                {session.organisation.name}
                <span className="slash">/</span>
              </span>
              <AccountChoice />
            </span>
            <Settings />
          </header>
          <main className="page" id="main" tabIndex={-1}>
            <Outlet />
          </main>
        </div>
      </div>
    </>
  );
}

function Navigation({ onLeave }: { readonly onLeave: () => void }): ReactNode {
  const words = useStrings(strings);
  const { language } = useLanguage();
  const { session } = useSignedIn();
  const groups = Map.groupBy(pagesFor(session.scopes), (page: ConsolePage) => page.group);
  return (
    <nav className="nav" aria-label="Tiegel">
      <button
        type="button"
        className="button small icon plain close"
        aria-label={words.close}
        onClick={onLeave}
      >
        <Icon name="bad" />
      </button>
      <Link className="brand" to="/">
        <Mark />
        Tiegel
      </Link>
      {[...groups].map(([group, pages]) => (
        <ul key={group}>
          {pages.map((page) => (
            <li key={page.path}>
              <Link to={`/console/${page.path}`} onClick={onLeave}>
                <Icon name={page.icon} />
                {page.title[language]}
              </Link>
            </li>
          ))}
        </ul>
      ))}
      <div className="foot">
        <span className="break">{session.person.name ?? session.person.email ?? session.person.id}</span>
        <span>{session.roles.join(', ')}</span>
      </div>
    </nav>
  );
}

function AccountChoice(): ReactNode {
  const words = useStrings(strings);
  const { session, account, chooseAccount } = useSignedIn();
  const { accounts } = session;
  if (accounts.length < 2) return <b>{accounts[0]?.name ?? words.noAccount}</b>;
  return (
    <select
      className="input"
      aria-label={words.account}
      value={account}
      onChange={(event) => chooseAccount(event.target.value)}
    >
      {accounts.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}

function Settings(): ReactNode {
  const words = useStrings(strings);
  const { language, choose } = useLanguage();
  const queries = useQueryClient();
  const signOut = useMutation({ mutationFn: endSession, onSettled: () => queries.resetQueries() });
  const otherLanguage = (): void => choose(language === 'de' ? 'en' : 'de');
  const leave = (): void => signOut.mutate();
  return (
    <span className="right">
      <Palette
        commands={[
          { name: words.theme, icon: 'moon', run: changeTheme },
          { name: words.language, icon: 'chat', run: otherLanguage },
          { name: words.signOut, icon: 'person', run: leave },
        ]}
      />
      <button
        type="button"
        className="button small plain"
        lang={language === 'de' ? 'en' : 'de'}
        onClick={otherLanguage}
      >
        {words.language}
      </button>
      <button
        type="button"
        className="button small icon plain"
        aria-label={words.theme}
        onClick={changeTheme}
      >
        <Icon name="moon" />
      </button>
      <button type="button" className="button small plain" onClick={leave}>
        {words.signOut}
      </button>
    </span>
  );
}

function changeTheme(): void {
  const { dataset } = document.documentElement;
  dataset.theme = dataset.theme === 'dark' ? 'light' : 'dark';
  localStorage.setItem('tiegel.theme', dataset.theme);
}
