// A map for what comes and goes while the program runs, by name, such as the requests that are open. It is the sibling of
// `linked-list.ts` for what has to be found again: a Map would keep what has left until the next collection of all memory. Here an
// old table holds names and empty boxes, some hundred bytes each, and nothing that they stood for.

type Box<Value> = { value: Value | undefined };

export type ShortLivedMap<Key extends string | number, Value extends object> = {
  readonly size: () => number;
  readonly has: (key: Key) => boolean;
  readonly get: (key: Key) => Value | undefined;
  /** In place of what stood there before. */
  readonly set: (key: Key, value: Value) => void;
  /** What stood there; undefined where nothing did. */
  readonly take: (key: Key) => Value | undefined;
  /** In the order in which they came. */
  readonly keys: () => Iterable<Key>;
};

/** @see ShortLivedMap */
export function createShortLivedMap<Key extends string | number, Value extends object>(): ShortLivedMap<
  Key,
  Value
> {
  const boxes = new Map<Key, Box<Value>>();
  const take = (key: Key): Value | undefined => {
    const box = boxes.get(key);
    if (box === undefined) return undefined;
    boxes.delete(key);
    const { value } = box;
    box.value = undefined;
    return value;
  };
  return {
    size: () => boxes.size,
    has: (key) => boxes.has(key),
    get: (key) => boxes.get(key)?.value,
    set: (key, value) => {
      take(key);
      boxes.set(key, { value });
    },
    take,
    keys: () => boxes.keys(),
  };
}
