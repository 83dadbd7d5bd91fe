// The language of the console: English or German, by the setting, else by the browser. Strings lie beside what shows them.
import { createContext, type ReactNode, useContext, useMemo, useState } from 'react';

export type Language = 'en' | 'de';

/** The same strings in every language. */
export type Strings<Shape> = Readonly<Record<Language, Shape>>;

type Choice = { readonly language: Language; readonly choose: (language: Language) => void };

const Context = createContext<Choice>({ language: 'en', choose: () => {} });

export function LanguageProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [language, setLanguage] = useState<Language>(document.documentElement.lang === 'de' ? 'de' : 'en');
  const choice = useMemo(
    () => ({
      language,
      choose: (next: Language) => {
        document.documentElement.lang = next;
        localStorage.setItem('tiegel.language', next);
        setLanguage(next);
      },
    }),
    [language],
  );
  return <Context value={choice}>{children}</Context>;
}

export function useLanguage(): Choice {
  return useContext(Context);
}

export function useStrings<Shape>(strings: Strings<Shape>): Shape {
  return strings[useLanguage().language];
}

export type Formats = {
  readonly count: (value: number) => string;
  /** Of seconds since the Unix epoch. */
  readonly day: (seconds: number) => string;
  readonly time: (seconds: number) => string;
  /** A decimal text with up to six significant digits. */
  readonly money: (amount: string | number, currency: string) => string;
  readonly seconds: (milliseconds: number) => string;
  /** With three significant digits. */
  readonly figure: (value: number) => string;
  /** Of a rate between 0 and 1, with one digit behind the point unless it is to have none. */
  readonly percent: (rate: number, digits?: 0 | 1) => string;
  readonly bytes: (bytes: number) => string;
  /** Two significant digits of a percentage, however small. */
  readonly probability: (p: number) => string;
  readonly decimal: (value: number) => string;
  /** With its sign. */
  readonly signed: (value: number) => string;
};

/** Numbers, times and money as the language writes them. */
export function useFormats(): Formats {
  const { language } = useLanguage();
  return useMemo(() => formatsOf(language === 'de' ? 'de-DE' : 'en-GB'), [language]);
}

function formatsOf(locale: string): Formats {
  const count = new Intl.NumberFormat(locale);
  const figure = new Intl.NumberFormat(locale, { maximumSignificantDigits: 3 });
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' });
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
  const tenths = new Intl.NumberFormat(locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const small = new Intl.NumberFormat(locale, { style: 'percent', maximumSignificantDigits: 2 });
  const hundredths = { minimumFractionDigits: 2, maximumFractionDigits: 2 } as const;
  const decimal = new Intl.NumberFormat(locale, hundredths);
  const signed = new Intl.NumberFormat(locale, { ...hundredths, signDisplay: 'exceptZero' });
  return {
    probability: (p) => small.format(p),
    decimal: (value) => decimal.format(value),
    signed: (value) => signed.format(value),
    count: (value) => count.format(value),
    figure: (value) => figure.format(value),
    day: (seconds) => day.format(seconds * 1000),
    time: (seconds) => time.format(seconds * 1000),
    money: (amount, currency) =>
      new Intl.NumberFormat(locale, {
        ...{ style: 'currency', currency: currency.toUpperCase() },
        ...{ minimumSignificantDigits: 2, maximumSignificantDigits: 6 },
      }).format(Number(amount)),
    percent: (rate, digits = 1) =>
      new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(rate),
    seconds: (milliseconds) => `${tenths.format(milliseconds / 1000)} s`,
    bytes: (bytes) => (bytes < 1e9 ? `${tenths.format(bytes / 1e6)} MB` : `${tenths.format(bytes / 1e9)} GB`),
  };
}
