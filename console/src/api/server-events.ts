// The data of server-sent events out of the pieces in which they arrive: as many events at once as a piece completes.

/** @returns what to call with each piece; it answers with the data of the events that the piece completed */
export function eventReader(): (piece: string) => readonly string[] {
  let rest = '';
  return (piece) => {
    rest += piece;
    const end = rest.lastIndexOf('\n\n');
    if (end < 0) return [];
    const complete = rest.slice(0, end);
    rest = rest.slice(end + 2);
    return complete.split('\n\n').flatMap((event) => {
      const data = event
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).replace(/^ /, ''));
      return data.length === 0 ? [] : [data.join('\n')];
    });
  };
}
