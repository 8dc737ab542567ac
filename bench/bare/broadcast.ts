/** A bare telegraf loop: so many at once, or one every so many milliseconds; it keeps nothing. */
import { Telegram } from 'telegraf'

const [token = '', apiRoot = '', count = '0', atOnce = '1', everyMs = '0', text = ''] =
  process.argv.slice(2)
const telegram = new Telegram(token, { apiRoot })
const extra = { parse_mode: 'HTML', link_preview_options: { is_disabled: true } } as const
const first = 1_000_000
let next = 0

async function send(): Promise<void> {
  for (;;) {
    const chat = next
    next += 1
    if (chat >= Number(count)) return
    await telegram.sendMessage(String(first + chat), text, extra)
  }
}

if (Number(everyMs) > 0) {
  const begun = performance.now()
  while (next < Number(count)) {
    const due = begun + next * Number(everyMs)
    await new Promise(resolve => setTimeout(resolve, Math.max(0, due - performance.now())))
    void telegram.sendMessage(String(first + next), text, extra)
    next += 1
  }
} else await Promise.all(Array.from({ length: Number(atOnce) }, send))
