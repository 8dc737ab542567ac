import { heading, list, type Message, message, paragraph } from '../message.ts'
import { texts } from '../texts.ts'
import { refusal, say } from './access.ts'
import type { Call, Command, Keeping, Refusal } from './command.ts'

const words = texts.privacy

/** What is kept about a chat: to be read, to be had, to be erased. */
export const privacyCommands: readonly Command[] = [
  {
    name: 'privacy',
    aliases: ['data'],
    ...texts.commands.privacy,
    parameters: [],
    run: () =>
      message(
        [heading(1, words.title), list(words.points.map(point => [point]))],
        [
          { label: words.export, command: '/export' },
          { label: words.forget, command: '/forget' },
        ],
      ),
  },
  {
    name: 'export',
    aliases: [],
    ...texts.commands.export,
    parameters: [],
    private: true,
    keeps: true,
    run: call =>
      managing(call, async ({ chats }, place) => {
        const kept = await chats.export(place)
        if (!kept) return say(words.nothing)
        return message([
          paragraph(words.exported),
          { type: 'code', lang: 'json', value: JSON.stringify(kept, null, 2) },
        ])
      }),
  },
  {
    name: 'forget',
    aliases: [],
    ...texts.commands.forget,
    parameters: [
      {
        name: 'sure',
        description: texts.parameters.sure,
        required: false,
        choices: () => [{ value: 'everything', title: words.forgetSure }],
      },
    ],
    private: true,
    keeps: true,
    run: call =>
      managing(call, async ({ chats }, place) => {
        if (!(await chats.find(place))) return say(words.nothing)
        if (call.values.sure !== 'everything') {
          return message(
            [paragraph(words.forgetAsk)],
            [
              { label: words.forgetSure, command: '/forget everything' },
              { label: words.forgetNot, command: '/settings' },
            ],
          )
        }
        await chats.forget(place, call.request.user ?? place.platform)
        return say(words.forgotten)
      }),
  },
]

/** For those who may manage the chat: what is kept is the chat's, not everybody's. */
async function managing(
  call: Call,
  run: (store: Keeping, place: NonNullable<Call['request']['place']>) => Promise<Message>,
): Promise<Message | Refusal> {
  const { store, request } = call
  if (request.misplaced) return say(texts.tooOld)
  if (!store || !request.place) return say(texts.nothingKept)
  return (await refusal(call)) ?? run(store, request.place)
}
