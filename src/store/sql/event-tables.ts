/** A server whose own list of events the bot fills, or once filled. */
export interface EventServerTable {
  platform: string
  /** The server's id on the platform. */
  server: string
  /** 0 once an admin has turned the events off. */
  is_on: number
  /** IANA zone of events that take whole days. */
  zone: string
  /** Why the platform refuses: `rights`, or its own words; null if it does not. */
  refused: string | null
  /** Failed passes in a row. */
  tries: number
  /** When the next pass over the server's events is due. */
  next_at: number
  /** The edition of the last complete pass; null before the first. */
  edition_id: number | null
  /** Grows with each change by an admin, so that a pass that began before it does not overwrite it. */
  revision: number
}

/** An event that the bot has made in a server's list. */
export interface ScheduledEventTable {
  platform: string
  server: string
  /** See `Occurrence.subject`. */
  subject: string
  /** The platform's id of the event; null if the platform refused to make it. */
  event_id: string | null
  /** A hash of the facts that the platform has. */
  digest: string
  /** `open`, `cancelled`, `deleted` by a person in the server, or `refused`. */
  state: string
  starts_at: number
  ends_at: number
}

/** A calendar outside the content. */
export interface CalendarFeedTable {
  /** SHA-256 of its entry in the configuration. */
  key: string
  /** When its last check began. A check claims the row by it. */
  checked_at: number
  next_at: number
  /** When the check began that has last changed the events. */
  version: number
  /** Failures since the last success. */
  failures: number
  /** The cause of the last failure, without an address. */
  failure: string | null
  etag: string | null
  last_modified: string | null
  /** JSON: the events of the last good fetch, and those that are missing from it; null before the first. */
  events: string | null
  /** JSON: the number of fetches without an event, by its id. */
  misses: string | null
  /** Events that repeat by a rule that is not supported. */
  unsupported: number
  /** Events that are left out because they are damaged. */
  skipped: number
}
