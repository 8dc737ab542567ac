/** Most answers whose users are remembered. A press under a forgotten answer gets a copy of the answer. */
const MAX_ANSWERS = 1000

/** Remembers which users the newest answers in channels are for, because a press does not contain the user. */
export function createAskers() {
  const askers = new Map<string, string>()
  return {
    remember(message: string, asker: string): void {
      askers.set(message, asker)
      const [oldest] = askers.keys()
      if (oldest !== undefined && askers.size > MAX_ANSWERS) askers.delete(oldest)
    },
    of: (message: string): string | undefined => askers.get(message),
  }
}
