/** Most answers in channels whose askers are remembered; under a forgotten one, each press gets a copy. */
const MOST = 1000

/** Remembers whom the newest answers in channels are for: Discord does not say it with a press. */
export function createAskers() {
  const askers = new Map<string, string>()
  return {
    remember(message: string, asker: string): void {
      askers.set(message, asker)
      const [oldest] = askers.keys()
      if (oldest !== undefined && askers.size > MOST) askers.delete(oldest)
    },
    of: (message: string): string | undefined => askers.get(message),
  }
}
