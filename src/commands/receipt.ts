import { messageOf, titleOf } from '../briefing/post-message.ts'
import { currentZone } from '../clock.ts'
import { heading, list, type Message, message, paragraph, strong, typed } from '../message.ts'
import type { Receipt } from '../store/ledger/receipts.ts'
import { texts } from '../texts.ts'
import { type Access, managing } from './chat-access.ts'
import type { Call, Command } from './command.ts'
import { moderatorOf } from './moderators.ts'

const words = texts.receipt

/** Most posts shown: enough to look for a missing one. */
const SHOWN = 10

export const receiptCommand: Command = {
  name: 'receipt',
  aliases: ['receipts', 'delivered', 'history'],
  ...texts.commands.receipt,
  group: 'data',
  parameters: [],
  private: true,
  usesStore: true,
  onlyReads: true,
  run: call => managing(call, access => receipt(access, call)),
}

/** Lists the newest posts to this chat with their time, version and outcome. Throws {@link StoreError}. */
async function receipt(
  { place }: Access,
  { store, zone, request, moderators }: Call,
): Promise<Message> {
  const mayCorrect = moderatorOf(request, moderators) !== undefined
  const receipts = (await store?.receipts.of(place, SHOWN)) ?? []
  const actions = [
    { label: texts.commands.doctor.title, command: '/doctor' },
    { label: texts.settings.pages.settings, command: '/settings' },
  ]
  if (receipts.length === 0) return message([paragraph(words.none)], actions)
  const items = receipts.map(each => [
    strong(typed(titleOf(messageOf(each)))),
    ` — ${outcomeOf(each, zone, mayCorrect)}`,
  ])
  return message(
    [heading(1, words.title), paragraph(words.intro(currentZone(zone))), list(items)],
    actions,
  )
}

/** Says how a post to a chat went, with its time in `zone` (IANA). `mayCorrect` adds advice for moderators. Pure. */
export function outcomeOf(receipt: Receipt, zone: string, mayCorrect: boolean): string {
  const { state, settledAt, createdAt, revision, revisionSent, repeated, error = '' } = receipt
  const local = (settledAt ?? createdAt).toZonedDateTimeISO(zone)
  const at = words.at(
    local.toPlainDate().toString(),
    local.toPlainTime().toString({ smallestUnit: 'minute' }),
  )
  const notes = [
    ...(repeated > 0 ? [words.repeated] : []),
    ...(revisionSent > 0 && revisionSent < revision ? [words.older] : []),
  ]
  return [stateText(), ...notes].join('; ')

  function stateText(): string {
    switch (state) {
      case 'sent':
        if (receipt.isRetracted && revisionSent === revision) return words.retracted(at)
        return revisionSent > 1 ? words.corrected(at, revisionSent) : words.sent(at)
      case 'pending':
      case 'claimed':
        if (revisionSent === revision) return `${words.sent(at)}; ${words.unpublished}`
        return receipt.isPaused ? words.held : words.onItsWay
      case 'failed':
        return words.failed(at, error, mayCorrect)
      case 'gone':
        return words.gone(at, error)
      case 'skipped':
        return words.skipped(words.reasons[error as keyof typeof words.reasons] ?? words.noReason)
      case 'uncertain':
        return words.uncertain(at)
    }
  }
}
