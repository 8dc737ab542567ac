import { knownZone } from '../clock.ts'
import { readEdition } from '../content/edition.ts'
import { readFirstSeen } from '../schedule/first-seen.ts'
import { nextReminder } from '../schedule/next-reminder.ts'
import { chatKey } from '../store/ledger/flood-waits.ts'
import type { Receipt } from '../store/ledger/receipts.ts'
import { texts } from '../texts.ts'
import { type Access, isInServer } from './chat-access.ts'
import type { ChatFacts, PostResult } from './chat-facts.ts'
import type { Call, CommandStore, Operations } from './command.ts'
import { moderatorOf } from './moderators.ts'
import { commandLine } from './panel.ts'
import { outcomeOf } from './receipt.ts'
import { topicTitle } from './topics.ts'

/** The parts of the process without which a platform gets no post, besides those of the platform. */
const NEEDED = ['store', 'clock']

/** Gathers the facts about a chat. Throws {@link StoreError}. */
export async function factsFor(
  access: Access,
  call: Call,
  store: CommandStore,
): Promise<ChatFacts> {
  const { subscription, place, elsewhere } = access
  const { now, registry, operations, request } = call
  const { barred, lacking = [] } = request.chat ?? {}
  const { platform, address } = place
  // The topics of a group share the group's limit.
  const [group = ''] = address.split('/')
  const isModerator = moderatorOf(request, call.moderators) !== undefined
  // All members of a group read the answer; in a server only the user does.
  const isAlone = request.chat?.ref.kind === 'private' || isInServer(place)
  return {
    ...{ subscription, edition: registry.edition, now },
    // The right to post in another chat was checked when it was looked up.
    mayPost: elsewhere !== undefined || barred === undefined,
    lacking: elsewhere ? [] : lacking,
    process: processState(operations, platform),
    platform: texts.announce.platform(platform),
    waits: {
      platform: await store.floods.until(platform),
      chat: await store.floods.until(chatKey(platform, group)),
    },
    lastPost: await lastPost(access, call, store, isModerator),
    nextReminder: await reminderOf(access, call, store),
    ...(isModerator && isAlone && { moderation: await moderationOf(store, operations) }),
    lineOf: command => commandLine(access, command),
  }
}

/** Whether the process posts to a platform. */
function processState(operations: Operations | undefined, platform: string): ChatFacts['process'] {
  if (!operations) return 'silent'
  const needed = [...NEEDED, platform, `delivery.${platform}`]
  const parts = operations.parts()
  return needed.some(name => parts[name]?.ready === false) ? 'fault' : undefined
}

async function lastPost(
  { place, subscription }: Access,
  { registry: { edition } }: Call,
  { receipts }: CommandStore,
  isModerator: boolean,
): Promise<ChatFacts['lastPost']> {
  const [newest] = await receipts.of(place, 1)
  if (!newest) return undefined
  const { eventNames } = edition
  const isEvents = newest.kind === 'events' && eventNames
  return {
    topic: isEvents ? texts.events.title(eventNames) : topicTitle(edition, newest.topic),
    outcome: outcomeOf(newest, knownZone(subscription.zone), isModerator),
    result: resultOf(newest),
  }
}

function resultOf({ state, error, isPaused }: Receipt): PostResult {
  switch (state) {
    case 'failed':
    case 'gone':
      return 'failed'
    case 'uncertain':
      return 'unsure'
    case 'skipped':
      // For the other reasons the chat was to get nothing, such as a pause or a retraction.
      return error === 'expired' ? 'failed' : 'arrived'
    case 'pending':
    case 'claimed':
      return isPaused ? 'held' : 'arrived'
    case 'sent':
      return 'arrived'
  }
}

async function reminderOf(
  { subscription }: Access,
  { now, reminders }: Call,
  { editions }: CommandStore,
): Promise<ChatFacts['nextReminder']> {
  if (!reminders || subscription.state === 'stopped') return undefined
  const published = await editions.published()
  const edition = readEdition(published?.content)
  if (!published || !edition) return undefined
  const firstSeen = readFirstSeen(published.known)
  const { pausedUntil = now } = subscription
  return nextReminder({ edition, firstSeen }, reminders, subscription, pausedUntil)
}

async function moderationOf({ broadcasts }: CommandStore, operations: Operations | undefined) {
  const { state } = texts.health
  const parts = Object.entries(operations?.parts() ?? {})
  const open = await broadcasts.open()
  return {
    parts: parts
      .filter(([, { ready, reason }]) => !ready || reason !== undefined)
      .map(([name, { status, reason }]) => ({
        name: partName(name),
        reason: reason ?? state(status),
      })),
    paused: open
      .filter(broadcast => broadcast.state === 'paused' && broadcast.kind === 'announcement')
      .map(({ id }) => id),
  }
}

function partName(name: string): string {
  const [, platform] = /^delivery\.(.+)$/.exec(name) ?? []
  if (platform === undefined) return texts.health.part(name)
  return texts.diagnosis.posting(texts.announce.platform(platform))
}
