import { currentZone } from '../clock.ts'
import type { Plan } from '../schedule/plan.ts'
import { EXIT, fail, HELP, readArguments, readEnvironment } from './terminal.ts'

/** Width of a text in JSON, in columns: that of a standard terminal. */
const COLUMNS = 80

/** Prints the posts of a span of days, as the time machine does, and sends nothing. */
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
    console.log(HELP.plan)
    return EXIT.ok
  }
  const config = await readEnvironment()
  const { createBriefing } = await import('../app/briefing.ts')
  const briefing = createBriefing(config)
  await briefing.editions.load()
  const planned = await briefing.plan(values.from, values.to)
  if (typeof planned === 'string') return fail(planned, EXIT.usage)
  if (values.json) console.log(JSON.stringify(await asJson(planned), null, 2))
  else describe(planned)
  return EXIT.ok
}

async function asJson({ posts }: Plan) {
  const { renderText } = await import('../render/text.ts')
  return posts.map(({ at, kind, key, topic, title, message }) => {
    const text = renderText(message, { columns: COLUMNS, style: 'grid', colour: false })
    return { at: at.toString(), kind, key, topic, title, text }
  })
}

function describe({ from, to, zone, posts }: Plan): void {
  const count = posts.length === 1 ? '1 post' : `${posts.length} posts`
  console.log(
    `${from} to ${to}, for a chat in ${currentZone(zone)} that follows everything: ${count}.`,
  )
  if (posts.length > 0) console.log('Later edits add updates.')
  for (const { local, title, why } of posts) console.log(`\n${local}\n  ${title}\n  ${why}`)
}
