/** Caches the result of a pure function for each object, until the object is garbage-collected. */
export function perObject<K extends object, T>(work: (key: K) => T): (key: K) => T {
  const results = new WeakMap<K, { readonly value: T }>()
  return key => {
    const result = results.get(key) ?? { value: work(key) }
    results.set(key, result)
    return result.value
  }
}
