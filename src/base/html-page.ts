// A page as one HTML file that asks nothing of anybody: no script, no font, no picture, and a policy that would not let them
// in. Styles stand in its one style sheet, whose digest the policy names; style attributes have no effect.
import { createHash } from 'node:crypto';
import { type Html, html, textOfHtml } from './html.ts';
import { pageStyle } from './page-style.ts';

export type Page = {
  readonly title: string;
  /** CSS of one's own beside that of every page; never text from elsewhere. */
  readonly style: string;
  readonly body: Html;
  /** @default en */
  readonly language?: string;
};

export function htmlPage({ title, style, body, language = 'en' }: Page): string {
  const sheet = pageStyle + style;
  const digest = createHash('sha256').update(sheet).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; base-uri 'none'; form-action 'none'`;
  // The style sheet is ours and holds no text from elsewhere; everything else has gone through the template.
  return `<!doctype html>
${textOfHtml(html`<html lang="${language}">`)}<head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">${textOfHtml(html`<title>${title}</title>`)}<style>${sheet}</style></head>
<body><main>
${textOfHtml(body)}
</main></body></html>
`;
}
