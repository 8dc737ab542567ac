import { h, type JSX } from 'preact'
import type { Entry, PlatformName, View } from '../protocol.ts'
import { DiscordMessage, DiscordOwn } from './discord.ts'
import { isPrivate } from './entries.ts'
import { isReadOnly, senderIn } from './places.ts'
import { TelegramMessage, TelegramOwn } from './telegram.ts'

/** The actions of a reader on an entry. */
export interface Actions {
  onPress(entry: Entry, platform: PlatformName, data: string): void
  onLine(line: string): void
  onDismiss(entry: Entry): void
  onInspect(entry: Entry): void
}

export interface EntryProps {
  readonly entry: Entry
  readonly zone: string | undefined
  readonly place: View['place']
  readonly isDismissed: boolean
  readonly isInspecting: boolean
  readonly actions: Actions
}

/** The messages of an entry on a platform. */
export function EntryView(
  props: EntryProps & { readonly platform: PlatformName },
): JSX.Element | null {
  const { entry, platform, isInspecting, actions } = props
  const messages = platform === 'discord' ? discordMessages(props) : telegramMessages(props)
  if (messages.length === 0) return null
  return h(
    'div',
    { class: 'entry', 'data-key': entry.key },
    messages,
    isInspecting
      ? h(
          'button',
          { type: 'button', class: 'inspect', onClick: () => actions.onInspect(entry) },
          'Show requests',
        )
      : null,
  )
}

function discordMessages({ entry, zone, isDismissed, actions }: EntryProps): JSX.Element[] {
  const { by, line = '', at, isEdited = false, isSilent = false } = entry
  const bodies = entry.discord.filter(body => !(isDismissed && isPrivate(body)))
  const isCommand = by === 'typed' && line.startsWith('/')
  const own =
    by === 'typed' && !isCommand && bodies.length > 0
      ? [h(DiscordOwn, { key: 'own', text: line, at, zone })]
      : []
  return [
    ...own,
    ...bodies.map((body, index) =>
      h(DiscordMessage, {
        key: index,
        ...{ body, at, zone, isEdited, isSilent },
        isFirst: index === 0,
        ...(isCommand && index === 0 && { usedLine: line }),
        onPress: data => actions.onPress(entry, 'discord', data),
        onCommand: actions.onLine,
        ...(isPrivate(body) && { onDismiss: () => actions.onDismiss(entry) }),
      }),
    ),
  ]
}

function telegramMessages({ entry, zone, place, actions }: EntryProps): JSX.Element[] {
  const { by, line = '', role, at, telegram, isEdited = false, isSilent = false } = entry
  const onCommand = actions.onLine
  const sender = senderIn(place)
  const author = place === 'channel' ? sender : undefined
  const own =
    by === 'typed' && !isReadOnly(place, role)
      ? [h(TelegramOwn, { key: 'own', text: line, sender: author, at, zone, onCommand })]
      : []
  return [
    ...own,
    ...telegram.map((body, index) =>
      h(TelegramMessage, {
        key: index,
        ...{ body, at, zone, isEdited, isSilent, onCommand },
        sender: index === 0 ? sender : undefined,
        onPress: data => actions.onPress(entry, 'telegram', data),
      }),
    ),
  ]
}
