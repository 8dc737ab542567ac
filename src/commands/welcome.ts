import { overview } from '../briefing/overview.ts'
import type { Reachability } from '../chats/reachability.ts'
import { type Message, message, paragraph } from '../message.ts'
import type { ChatRef } from '../platform.ts'
import { texts } from '../texts.ts'
import { say } from './access.ts'
import type { Keeping, Registry } from './command.ts'
import { overviewPanel } from './panel.ts'

export interface WelcomeOptions {
  readonly registry: () => Registry
  readonly now: () => Temporal.Instant
  readonly today: () => Temporal.PlainDate
  /** Absent on the command line. */
  readonly kept?: { readonly store: Keeping; readonly reachability: Reachability } | undefined
}

/** Returns what the bot says in a chat that it was added to; undefined if there is nothing to say. */
export async function welcome(
  place: ChatRef,
  { registry, now, today, kept }: WelcomeOptions,
): Promise<Message | undefined> {
  const again = kept && (await welcomeBack(place))
  if (again) return again
  // A person who opens a private chat is answered anyway, and a channel's readers have not asked.
  if (place.kind !== 'group') return undefined
  const { edition } = registry()
  const { body, actions } = overview(edition, today())
  return message([paragraph(texts.greeting(edition.title)), ...body.children], actions)

  async function welcomeBack(place: ChatRef): Promise<Message | undefined> {
    const wasGone = await kept?.reachability.joined(place)
    const own = await kept?.store.chats.find(place)
    if (!own) return wasGone ? say(texts.backAgain) : undefined
    const { subscription } = own
    if (subscription.state === 'stopped') return undefined
    const { body, actions } = overviewPanel({
      ...{ subscription, edition: registry().edition, now: now() },
    })
    return message([paragraph(texts.backAgain), ...body.children], actions)
  }
}
