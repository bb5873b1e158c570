/** What the command line uses of ES2024 and Node 20 lacks. The npm package evaluates it first; a test runs it on a Node without. */

Map.groupBy ??= <K, T>(items: Iterable<T>, keyOf: (item: T, index: number) => K): Map<K, T[]> => {
  const groups = new Map<K, T[]>();
  let index = 0;
  for (const item of items) {
    const key = keyOf(item, index);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
    index += 1;
  }
  return groups;
};

Promise.withResolvers ??= <T>(): PromiseWithResolvers<T> => {
  let settle: Omit<PromiseWithResolvers<T>, 'promise'> | undefined;
  const promise = new Promise<T>((resolve, reject) => {
    settle = { resolve, reject };
  });
  // The executor has run by now.
  if (settle === undefined) throw new TypeError('a promise did not call its executor');
  return { promise, ...settle };
};
