import { systemClock, today } from '../clock.ts'
import type { PlannedPost } from '../schedule/plan.ts'
import { EXIT, readArguments, readEnvironment, USAGE, UsageError } from './terminal.ts'

/** How far is looked ahead where nothing is said, in days. */
const AHEAD_DAYS = 30

/** Columns of a text in JSON: a terminal's of old. */
const COLUMNS = 80

/** The time machine: prints what would be posted in a span of days, and sends nothing. */
export async function plan(args: string[]): Promise<number> {
  const { values } = readArguments(args, {
    allowPositionals: false,
    options: {
      from: { type: 'string' },
      to: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    return EXIT.ok
  }
  const config = await readEnvironment()
  const { LONGEST_DAYS } = await import('../schedule/plan.ts')
  const from = readDate('from', values.from) ?? today(systemClock, config.timeZone)
  const to = readDate('to', values.to) ?? from.add({ days: AHEAD_DAYS })
  const { days } = from.until(to, { largestUnit: 'days' })
  if (days < 0) throw new UsageError(`\`--to ${to}\` lies before \`--from ${from}\`.`)
  if (days > LONGEST_DAYS) {
    throw new UsageError(`${days} days are too many: ${LONGEST_DAYS} is the most.`)
  }
  const { createApp } = await import('../app.ts')
  const app = createApp(config)
  await app.load()
  const posts = await app.plan(from, to)
  if (values.json) console.log(JSON.stringify(await asJson(posts), null, 2))
  else describe(posts, from, to, config.timeZone)
  return EXIT.ok
}

async function asJson(posts: readonly PlannedPost[]) {
  const { renderText } = await import('../render/text.ts')
  return posts.map(({ at, kind, key, topic, title, message }) => {
    const text = renderText(message, { columns: COLUMNS, style: 'grid', colour: false })
    return { at: at.toString(), kind, key, topic, title, text }
  })
}

function describe(
  posts: readonly PlannedPost[],
  from: Temporal.PlainDate,
  to: Temporal.PlainDate,
  zone: string,
): void {
  const count = posts.length === 1 ? '1 post' : `${posts.length} posts`
  console.log(`${from} to ${to}, for a chat in ${zone} that follows everything: ${count}.`)
  if (posts.length > 0)
    console.log('The content is taken as it is now; what changes is told as well.')
  for (const { local, title, why } of posts) console.log(`\n${local}\n  ${title}\n  ${why}`)
}

function readDate(option: string, value: string | undefined): Temporal.PlainDate | undefined {
  if (value === undefined) return undefined
  try {
    // Years of four digits: everything else is a slip of the pen.
    if (/^\d{4}-\d{2}-\d{2}$/.test(value)) return Temporal.PlainDate.from(value)
  } catch {
    // A day that no calendar has is told below.
  }
  throw new UsageError(`\`--${option} ${value}\` is no date: write it as 2023-05-01.`)
}
