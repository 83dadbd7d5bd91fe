// Which encoding of a file a client gets, by its Accept-Encoding (RFC 9110, section 12.5.3).
import type { ContentEncoding } from './console-files.ts';

/** The shortest one that the client takes; what it does not speak of it does not get. */
export function chosenEncoding(header: string | undefined, isCompressible: boolean): ContentEncoding {
  if (!isCompressible) return 'identity';
  const accepted = new Map(
    (header ?? '').split(',').map((entry) => {
      const [name = '', ...parameters] = entry.split(';').map((part) => part.trim().toLowerCase());
      const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return [name, weight === undefined ? 1 : Number(weight)];
    }),
  );
  const takes = (name: ContentEncoding): boolean => (accepted.get(name) ?? accepted.get('*') ?? 0) > 0;
  if (takes('br')) return 'br';
  return takes('gzip') ? 'gzip' : 'identity';
}
