import { introduction } from '../briefing/introduction.ts'
import { withoutLeftOut } from '../briefing/left-out.ts'
import type { Reachability } from '../chats/reachability.ts'
import { type Message, message, paragraph } from '../message.ts'
import type { ChatRef } from '../platform.ts'
import { texts } from '../texts.ts'
import { say } from './chat-access.ts'
import type { CommandStore, Registry } from './command.ts'
import { exampleFrom } from './example.ts'
import { overviewPanel } from './panel.ts'

export interface WelcomeOptions {
  readonly registry: () => Registry
  readonly now: () => Temporal.Instant
  readonly today: () => Temporal.PlainDate
  /** Absent on the command line. */
  readonly kept?: { readonly store: CommandStore; readonly reachability: Reachability } | undefined
}

/** Returns the message for a chat that the bot was added to; undefined if there is none. Throws {@link StoreError}. */
export async function welcome(
  place: ChatRef,
  { registry, now, today, kept }: WelcomeOptions,
): Promise<Message | undefined> {
  const again = kept && (await welcomeBack(place))
  if (again) return withoutLeftOut(again, registry().edition)
  // In a private chat the user's first message gets an answer. A channel's readers did not ask for one.
  if (place.kind !== 'group') return undefined
  const current = registry()
  const { edition } = current
  return withoutLeftOut(introduction(edition, today(), 'group', exampleFrom(current)), edition)

  async function welcomeBack(place: ChatRef): Promise<Message | undefined> {
    const wasGone = await kept?.reachability.joined(place)
    const own = await kept?.store.chats.find(place)
    if (!own) return wasGone ? say(texts.backAgain) : undefined
    const { subscription } = own
    if (subscription.state === 'stopped') return undefined
    const { edition } = registry()
    const { body, actions } = overviewPanel({ subscription, edition, now: now() })
    return message([paragraph(texts.backAgain), ...body.children], actions)
  }
}
