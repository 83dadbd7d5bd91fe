// A doubly linked list for objects that come and go while the program runs, such as the requests that are open. A Set or a Map
// would keep them alive: V8 gives it a new table now and then, and the old table, once it lies among the old objects,
// holds what it held until the next collection of all memory. Here whatever is taken out is held by nothing.

/** The place of an item in its list. */
export type ListNode<Item> = {
  readonly item: Item;
  previous: ListNode<Item> | undefined;
  next: ListNode<Item> | undefined;
  list: object | undefined;
};

/** Iterable in the order in which the items came, where nothing changes it meanwhile. */
export type LinkedList<Item> = Iterable<Item> & {
  readonly size: () => number;
  /** Adds it behind all others. */
  readonly add: (item: Item) => ListNode<Item>;
  /** Whether it was in the list. */
  readonly remove: (node: ListNode<Item>) => boolean;
  /** Visits what is there now, in order; not what leaves before its turn, nor what comes meanwhile. */
  readonly forEach: (visit: (item: Item) => void) => void;
};

/** @see LinkedList */
export function createLinkedList<Item>(): LinkedList<Item> {
  let first: ListNode<Item> | undefined;
  let last: ListNode<Item> | undefined;
  let size = 0;
  const list: LinkedList<Item> = {
    size: () => size,
    add: (item) => {
      const node: ListNode<Item> = { item, previous: last, next: undefined, list };
      if (last === undefined) first = node;
      else last.next = node;
      last = node;
      size++;
      return node;
    },
    remove: (node) => {
      if (node.list !== list) return false;
      const { previous, next } = node;
      if (previous === undefined) first = next;
      else previous.next = next;
      if (next === undefined) last = previous;
      else next.previous = previous;
      // A node that lies among the old objects would keep its neighbours as a table keeps its members.
      node.previous = undefined;
      node.next = undefined;
      node.list = undefined;
      size--;
      return true;
    },
    forEach: (visit) => {
      const nodes: ListNode<Item>[] = [];
      for (let node = first; node !== undefined; node = node.next) nodes.push(node);
      for (const node of nodes) if (node.list === list) visit(node.item);
    },
    [Symbol.iterator]: () => {
      let node = first;
      const next = (): IteratorResult<Item, undefined> => {
        if (node === undefined) return { done: true, value: undefined };
        const { item } = node;
        node = node.next;
        return { done: false, value: item };
      };
      return { next };
    },
  };
  return list;
}
