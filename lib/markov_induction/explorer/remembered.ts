/** @module What a slider leaves as it is need not be computed, nor drawn, again. */

/**
 * A pure function that remembers its latest results.
 * @param nameOf tells apart what the function tells apart; the whole argument as JSON unless said
 * @param most how many results are kept
 */
export function remembered<K, V>(
  make: (key: K) => V,
  nameOf: (key: K) => unknown = (key) => key,
  most = 4,
): (key: K) => V {
  const results = new Map<string, V>();
  return (key) => {
    const name = JSON.stringify(nameOf(key));
    const value = results.has(name) ? results.get(name)! : make(key);
    // The one used last is forgotten last.
    results.delete(name);
    results.set(name, value);
    if (results.size > most) results.delete(results.keys().next().value!);
    return value;
  };
}
