/** Time after which the first text is shown, in milliseconds. */
const QUIET_MS = 1000

/** Width of a standard terminal, in columns. A terminal may not know its own. */
const COLUMNS = 80

/** The progress of a command, on standard error. */
export interface StatusLine {
  /** Replaces the text. */
  show(text: string): void
  /** Removes the line from a terminal. */
  end(): void
}

/**
 * Creates a line that shows its newest text, after a second. A terminal shows each text. Other streams get one every
 * `lineMs` milliseconds, or none.
 */
export function createStatusLine(lineMs?: number): StatusLine {
  const { stderr } = process
  let latest = ''
  let nextAt = performance.now() + QUIET_MS
  let isShown = false
  function draw(): void {
    isShown = true
    stderr.write(`\r\x1b[K${latest.slice(0, (stderr.columns || COLUMNS) - 1)}`)
  }
  const timer = stderr.isTTY ? setTimeout(draw, QUIET_MS) : undefined
  return {
    show(text) {
      latest = text
      if (isShown) draw()
      if (stderr.isTTY || lineMs === undefined || performance.now() < nextAt) return
      console.error(text)
      nextAt += lineMs
    },
    end() {
      clearTimeout(timer)
      if (isShown) stderr.write('\r\x1b[K')
      isShown = false
    },
  }
}
