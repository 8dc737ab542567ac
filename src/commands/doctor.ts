import { localTime } from '../briefing/local-time.ts'
import { currentZone } from '../clock.ts'
import {
  type Action,
  heading,
  list,
  type Message,
  message,
  paragraph,
  strong,
  typed,
} from '../message.ts'
import { ignoreStoreError } from '../store/error.ts'
import { texts } from '../texts.ts'
import {
  type Access,
  isReference,
  isRefusal,
  managing,
  say,
  splitReference,
} from './chat-access.ts'
import { withCode } from './code-words.ts'
import type { Call, Command, CommandStore } from './command.ts'
import { diagnose } from './diagnosis.ts'
import { factsFor } from './gather-facts.ts'
import { commandLine, settingsLine } from './panel.ts'
import { asksWhyNothing } from './why-question.ts'

const words = texts.diagnosis

/** Says why nothing arrives in a chat, or what arrives next. */
export const doctorCommand: Command = {
  name: 'doctor',
  aliases: ['why', 'diagnose', 'diagnosis'],
  ...texts.commands.doctor,
  group: 'data',
  parameters: [
    {
      name: 'chat',
      description: texts.parameters.chat,
      required: false,
      choices: () => [],
      takes: given => isReference(given) || asksWhyNothing(`why ${given}`),
    },
  ],
  asked: ['nothing', 'arrive', 'arrives', 'arrived', 'receive', 'received', 'missing'],
  private: true,
  usesOperations: true,
  usesStore: true,
  onlyReads: true,
  understands: () => true,
  owns: asksWhyNothing,
  async run(call) {
    const { store, request } = call
    const { named } = splitReference(call.values.chat ?? '')
    const { chat } = request
    if (!store || !chat) return say(words.noChat)
    const { barred, ref } = chat
    if (named === undefined && (barred === 'member' || barred === 'direct')) {
      return barredAnswer(barred, ref.within !== undefined)
    }
    try {
      const answered = await managing(call, access => answer(access, call, store), named)
      if (!isRefusal(answered)) return answered
      return { refused: message([...answered.refused.body.children, paragraph(words.askAdmin)]) }
    } catch (error) {
      ignoreStoreError(error)
      return say(words.noStore)
    }
  },
}

/** Answers in a chat where the bot can never post. */
function barredAnswer(barred: 'member' | 'direct', isServer: boolean): Message {
  const [verdict, how] =
    barred === 'direct'
      ? [words.barred.direct, texts.barred.direct]
      : isServer
        ? [words.barred.member, texts.notMember]
        : [words.barred.stranger, words.strangerHow]
  return message([paragraph(strong(words.bad(verdict))), paragraph(how)])
}

async function answer(access: Access, call: Call, store: CommandStore): Promise<Message> {
  const facts = await factsFor(access, call, store)
  const { verdict, lines } = diagnose(facts)
  const { elsewhere } = access
  const { subscription, now } = facts
  const zone = currentZone(subscription.zone)
  const items = lines.map(({ label, text, fault }) => [
    strong(`${label}:`),
    ' ',
    // A line without a fault may have the name of an event, which may look like a command.
    ...(fault ? withCode(text) : [typed(text)]),
  ])
  return message(
    [
      ...(elsewhere ? [heading(1, typed(elsewhere.title))] : []),
      paragraph(strong(verdict)),
      list(items),
      paragraph(texts.settings.here(zone, localTime(now, subscription.zone))),
    ],
    actionsFor(access, facts),
  )
}

function actionsFor(
  access: Access,
  { subscription, mayPost, lacking }: Awaited<ReturnType<typeof factsFor>>,
): Action[] {
  const { settings, receipt, moderators } = texts
  const { elsewhere } = access
  const { state } = subscription
  const button = (label: string, name: string): Action => ({
    ...{ label, command: commandLine(access, name), role: 'primary' },
  })
  return [
    ...(state === 'stopped' && mayPost && lacking.length === 0
      ? [button(settings.subscribe, 'subscribe')]
      : []),
    ...(state === 'paused' ? [button(settings.resume, 'resume')] : []),
    { label: settings.pages.settings, command: settingsLine(access, '') },
    ...(elsewhere ? [] : [{ label: receipt.title, command: '/receipt' }]),
    { label: moderators.again, command: `/doctor ${elsewhere?.prefix ?? ''}`.trim() },
  ]
}
