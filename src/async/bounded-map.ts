/** A map that drops its oldest entry when it has more than `most` entries. Setting an entry makes it the newest. */
export class BoundedMap<K, V> extends Map<K, V> {
  readonly #most: number
  /** The keys from the oldest on. A new iterator would pass over the places of all entries that were dropped. */
  readonly #oldest = this.keys()

  constructor(most: number) {
    super()
    this.#most = most
  }

  override set(key: K, value: V): this {
    this.delete(key)
    super.set(key, value)
    if (this.size > this.#most) {
      const { value: oldest } = this.#oldest.next()
      if (oldest !== undefined) this.delete(oldest)
    }
    return this
  }
}
