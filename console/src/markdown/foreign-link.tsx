// A link or a picture that a model wrote: a link names its host and opens after its whole address was shown; a picture is never loaded.
import { type ReactNode, useRef } from 'react';
import { type Strings, useStrings } from '../frame/language.tsx';
import { visible } from './visible.ts';

type Words = Readonly<Record<'image' | 'title' | 'lead' | 'open' | 'stay', string>>;

const strings: Strings<Words> = {
  en: {
    image: 'image not loaded',
    title: 'Leave the console?',
    lead: 'A model wrote this address. What is in it is sent to that host.',
    open: 'Open in a new tab',
    stay: 'Stay here',
  },
  de: {
    image: 'Bild nicht geladen',
    title: 'Die Konsole verlassen?',
    lead: 'Diese Adresse hat ein Modell geschrieben. Was in ihr steht, wird an diesen Host gesendet.',
    open: 'In neuem Tab öffnen',
    stay: 'Hier bleiben',
  },
};

type Props = { readonly address: string; readonly text: string; readonly isImage?: boolean };

export function ForeignLink({ address, text, isImage = false }: Props): ReactNode {
  const words = useStrings(strings);
  const dialog = useRef<HTMLDialogElement>(null);
  const host = hostOf(address);
  if (isImage) return `[${words.image}: ${visible(text)} ${visible(host ?? address)}]`;
  if (host === undefined) return `${text} (${visible(address)})`;
  const close = (): void => dialog.current?.close();
  return (
    <>
      <button type="button" className="link" onClick={() => dialog.current?.showModal()}>
        {visible(text)} <small>({visible(host)})</small>
      </button>
      <dialog ref={dialog} className="dialog" aria-label={words.title}>
        <div className="stack">
          <h2>{words.title}</h2>
          <p className="quiet">{words.lead}</p>
          <p className="mono break">{visible(address)}</p>
          <div className="line">
            <button type="button" className="button" onClick={close}>
              {words.stay}
            </button>
            <a
              className="button"
              href={address}
              target="_blank"
              rel="noopener noreferrer nofollow"
              onClick={close}
            >
              {words.open}
            </a>
          </div>
        </div>
      </dialog>
    </>
  );
}

/** Undefined for what is no address of the web. Names in other scripts are in their ASCII form, which imitates no other name. */
function hostOf(address: string): string | undefined {
  const url = URL.parse(address);
  return url !== null && /^https?:$/.test(url.protocol) ? url.host : undefined;
}
