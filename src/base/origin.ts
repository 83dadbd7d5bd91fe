// Web origins, as the Origin header has them (RFC 6454), extended by the schemes of browser extensions and desktop apps.

/**
 * An origin as browsers send it, such as `https://chat.example:8443` or `chrome-extension://abc`, in lower case; undefined
 * for anything else, `*` and `null` included.
 */
export function parseOrigin(text: string): string | undefined {
  const origin = text.toLowerCase();
  if (!/^[a-z][a-z0-9+.-]*:\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:\d{1,5})?$/.test(origin)) return undefined;
  // Browsers leave a scheme's own port out.
  return /^https?:/.test(origin) ? URL.parse(origin)?.origin : origin;
}
