import {
  type APIGuildScheduledEvent,
  GuildScheduledEventEntityType,
  GuildScheduledEventPrivacyLevel,
  GuildScheduledEventStatus,
} from 'discord.js'
import type { ServerEvent, ServerEvents } from '../../poster.ts'
import { escapeLineStarts } from '../../render/discord-inline.ts'
import { tryOnce } from '../retry.ts'
import type { Api } from './api.ts'
import { classifyError } from './failure.ts'

/** Longest texts of a scheduled event, in UTF-16 units (Discord, guild scheduled event). */
const LENGTHS = { name: 100, description: 1000, location: 100 } as const

type EventsApi = Pick<Api, 'me' | 'events' | 'createEvent' | 'editEvent'>

/** Creates the access to the scheduled events of servers. */
export function createServerEvents(api: EventsApi): ServerEvents {
  let me: Promise<string> | undefined

  /** Resolves to the id of the bot, which never changes. */
  function ownId(): Promise<string> {
    me ??= api.me().catch(error => {
      me = undefined
      throw error
    })
    return me
  }

  return {
    list: server =>
      tryOnce(async () => {
        const own = await ownId()
        const events = await api.events(server)
        // Another bot with the same content has the same markers.
        return events.flatMap(event => (event?.creator_id === own ? listed(event) : []))
      }, classifyError),
    create: (server, event) =>
      tryOnce(
        () =>
          api.createEvent(server, {
            ...bodyOf(event),
            entity_type: GuildScheduledEventEntityType.External,
            privacy_level: GuildScheduledEventPrivacyLevel.GuildOnly,
          }),
        classifyError,
      ),
    change: (server, id, event) =>
      tryOnce(() => api.editEvent(server, id, bodyOf(event)), classifyError),
    cancel: (server, id) =>
      tryOnce(
        () => api.editEvent(server, id, { status: GuildScheduledEventStatus.Canceled }),
        classifyError,
      ),
  }
}

function bodyOf({ name, place, description, marker, start, end }: ServerEvent) {
  return {
    name: shortened(name, LENGTHS.name),
    description: describe(description, marker),
    entity_metadata: { location: shortened(place, LENGTHS.location) },
    scheduled_start_time: start.toString(),
    scheduled_end_time: end.toString(),
  }
}

/** Joins the lines that fit, the first ones first, and ends with the marker. */
function describe(lines: readonly string[], marker: string): string {
  let left = LENGTHS.description - marker.length
  const kept = lines.map(escaped).filter(line => {
    const isKept = line.length < left
    if (isKept) left -= line.length + 1
    return isKept
  })
  return [...kept, marker].join('\n')
}

/** Marks in the middle of a line. Mentions and emoji mean nothing in a scheduled event. */
const MARKS = /[\\*_~`|[\]<]/g

/** Escapes a line of plain text, except its addresses, which Discord makes links. */
function escaped(line: string): string {
  const parts = line.split(/(https?:\/\/\S+)/)
  return escapeLineStarts(
    parts.map((part, n) => (n % 2 ? part : part.replace(MARKS, '\\$&'))).join(''),
  )
}

/** Ends a text that is too long at a blank, with an ellipsis. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text
  const cut = text.slice(0, most - 1)
  const blank = cut.lastIndexOf(' ')
  const end = blank > most / 2 ? blank : cut.length
  return `${cut
    .slice(0, end)
    .toWellFormed()
    .replace(/\uFFFD$/, '')}…`
}

function listed({ id, description, scheduled_start_time }: APIGuildScheduledEvent) {
  const marker =
    String(description ?? '')
      .split('\n')
      .at(-1) ?? ''
  const start = Temporal.Instant.from(scheduled_start_time)
  return [{ id, marker, start }]
}
