import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startBot } from '../bot-process.ts'
import { TOKEN as DISCORD_TOKEN, openDiscordServer } from '../platforms/discord/server.ts'
import { openTelegramServer } from '../platforms/telegram/server.ts'
import { databaseFolder, openTestStore, WISH } from '../store/stores.ts'

const SERVER = '300000000000000001'
const CHAT = 42
const SECONDS_BEFORE = 20

/** Writes the calendar of another program at once, as such programs do. */
function publish(path: string, start: Temporal.ZonedDateTime): void {
  const utc = (time: Temporal.ZonedDateTime) =>
    `${time.toPlainDateTime().toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '')}Z`
  const lines = [
    ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//Example//Planner//EN', 'X-WR-CALNAME:Drills'],
    ...['BEGIN:VEVENT', 'UID:winter@example.org', 'DTSTAMP:20260101T000000Z'],
    ...[`DTSTART:${utc(start)}`, `DTEND:${utc(start.add({ hours: 1 }))}`],
    ...['SUMMARY:Winter drill', 'LOCATION:Tirana', 'END:VEVENT', 'END:VCALENDAR', ''],
  ]
  writeFileSync(`${path}.new`, lines.join('\r\n'))
  renameSync(`${path}.new`, path)
}

/** Waits until something is so. A busy loop would take the processor from the bot. */
const becomes = (isSo: () => boolean) =>
  expect.poll(isSo, { timeout: 150_000, interval: 200 }).toBe(true)

test('an edit of a calendar is one update, a corrected reminder, a changed server event and a new SEQUENCE', async () => {
  const [telegram, discord] = [await openTelegramServer(), await openDiscordServer()]
  onTestFinished(async () => {
    await Promise.all([telegram.close(), discord.close()])
  })
  const folder = databaseFolder()
  const [url, feed] = [`file:${folder}/sitrep.db`, join(folder, 'drills.ics')]
  const { store } = await openTestStore({ url })
  const place = { platform: 'telegram', address: String(CHAT), kind: 'private' } as const
  await store.chats.update(place, () => ({ ...WISH, topics: ['events'], zone: 'UTC' }))
  await store.scheduledEvents.turnOn({ platform: 'discord', server: SERVER }, 'UTC')
  await store.close()

  // The reminder of two hours before is due at a full minute, after the bot has read the calendar.
  const soon = Temporal.Now.zonedDateTimeISO('UTC').add({ seconds: SECONDS_BEFORE })
  const start = soon.round({ smallestUnit: 'minute', roundingMode: 'ceil' }).add({ hours: 2 })
  publish(feed, start)
  const bot = startBot('journey', telegram, url, 15_000, {
    ...{ DISCORD_TOKEN, DISCORD_API_URL: discord.url },
    ...{ CALENDAR_FEEDS: feed, REMINDERS: '2h', CHANGE_SETTLE: '1s' },
  })
  const { address } = await bot.seen('started')
  const file = async () => (await fetch(`${address}/calendar/winter.ics`)).text()
  const sent = (method: string) =>
    telegram.calls.filter(call => call.method === method).map(({ body }) => String(body.text))

  const made = await discord.guildEvents.made.next()
  expect(made).toMatchObject({ name: 'Winter drill', entity_metadata: { location: 'Tirana' } })
  await becomes(() => sent('sendMessage').length > 0)
  // The first sight of a calendar is no news.
  expect(sent('sendMessage')).toEqual([expect.stringMatching(/Winter drill.* starts /)])
  const before = await file()
  expect(before).toMatch(/^SEQUENCE:0\r$/m)

  const moved = start.add({ days: 3 })
  publish(feed, moved)
  await becomes(() => sent('sendMessage').length > 1)
  await becomes(() => sent('editMessageText').length > 0)
  const instant = moved.toInstant().epochMilliseconds
  await becomes(() =>
    [...discord.guildEvents.events.values()].some(
      each => Date.parse(each.scheduled_start_time) === instant,
    ),
  )
  expect(sent('sendMessage').slice(1)).toEqual([expect.stringMatching(/Winter drill.* moved to /)])
  expect(sent('editMessageText')).toEqual([expect.stringMatching(/Winter drill.* moved to /)])
  expect(discord.guildEvents.events.size).toBe(1)
  const after = await file()
  expect(after).toMatch(/^SEQUENCE:1\r$/m)
  expect(/^UID:.*$/m.exec(after)?.[0]).toBe(/^UID:.*$/m.exec(before)?.[0])
}, 300_000)
