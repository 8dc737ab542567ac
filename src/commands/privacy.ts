import { isLeftOut } from '../briefing/left-out.ts'
import type { Edition } from '../content/edition.ts'
import { FILE_BYTES, heading, list, type Message, message, paragraph } from '../message.ts'
import type { Announcement } from '../store/announcements/draft.ts'
import type { ChatExport } from '../store/chats/export.ts'
import { texts } from '../texts.ts'
import { type Access, managing, say } from './chat-access.ts'
import type { Call, Command } from './command.ts'
import { commandLine, settingsLine } from './panel.ts'

const words = texts.privacy

/** Most drafts, from the newest, among which those of a chat are searched. */
const DRAFTS = 100

/** The word after `/forget` that confirms it. */
const SURE = 'everything'

/** The commands that explain, export and erase the stored data of a chat. */
export const privacyCommands: readonly Command[] = [
  {
    name: 'privacy',
    aliases: ['data'],
    ...texts.commands.privacy,
    group: 'data',
    parameters: [],
    run: ({ registry: { edition } }) =>
      message(
        [
          heading(1, words.title),
          list(words.points.flatMap(point => (isTold(point, edition) ? [[point]] : []))),
        ],
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
    usesStore: true,
    run: call => managing(call, access => exported(access)),
  },
  {
    name: 'forget',
    aliases: ['delete'],
    ...texts.commands.forget,
    parameters: [
      {
        name: 'sure',
        description: texts.parameters.sure,
        required: false,
        choices: () => [{ value: SURE, title: words.forgetSure }],
      },
    ],
    private: true,
    usesStore: true,
    run: call => managing(call, access => forgotten(access, call, call.values.sure)),
  },
]

/** Whether a point is not about a command that an edition leaves out. */
function isTold(point: string, edition: Edition): boolean {
  return !isLeftOut(edition, /^\/(\w+)/.exec(point)?.[1] ?? '')
}

/** Resolves to a message with the stored data of a chat as a file. Throws {@link StoreError}. */
export async function exported({ chats, place }: Access): Promise<Message> {
  const kept = await chats.export(place)
  if (!kept) return say(words.nothing)
  const { text, left } = jsonWithin(kept, FILE_BYTES)
  const note = left > 0 ? ` ${words.exportedPart(left)}` : ''
  return {
    ...say(words.exported + note),
    file: { name: 'sitrep-export.json', type: 'application/json', text },
  }
}

/**
 * Formats data as JSON of at most `bytes`. If there is no room, leaves out and counts the oldest deliveries, then the
 * oldest announcements.
 */
function jsonWithin(data: ChatExport, bytes: number): { readonly text: string; left: number } {
  const { deliveries = [], announcements } = data
  const textWithout = (left: number) => {
    const shown = {
      ...data,
      ...(data.deliveries && { deliveries: deliveries.slice(left) }),
      announcements: announcements.slice(Math.max(0, left - deliveries.length)),
    }
    return JSON.stringify(shown, null, 2)
  }
  let [left, most] = [0, deliveries.length + announcements.length]
  while (left < most) {
    const middle = Math.floor((left + most) / 2)
    if (Buffer.byteLength(textWithout(middle)) <= bytes) most = middle
    else left = middle + 1
  }
  return { text: textWithout(left), left }
}

/** Erases the data of a chat if `sure` confirms that; otherwise asks the user to confirm. Throws {@link StoreError}. */
export async function forgotten(access: Access, call: Call, sure?: string): Promise<Message> {
  const { chats, place } = access
  if (sure !== SURE) {
    if (!(await chats.export(place))) return say(words.nothing)
    // Only moderators write drafts.
    const drafts = (await call.store?.announcements.drafts(DRAFTS)) ?? []
    const isHere = (draft: Announcement) =>
      draft.place?.platform === place.platform && draft.place.address === place.address
    const hasDrafts = drafts.some(isHere)
    return message(
      [
        paragraph(words.forgetAsk),
        ...(hasDrafts ? [paragraph(words.forgetDrafts)] : []),
        ...(access.serverEvents?.known ? [paragraph(words.forgetEvents)] : []),
      ],
      [
        {
          label: words.forgetSure,
          command: commandLine(access, `forget ${SURE}`),
          role: 'danger',
        },
        { label: words.forgetNot, command: settingsLine(access, '') },
      ],
    )
  }
  const isDone = await chats.forget(place, call.request.actor.user ?? place.platform)
  return say(isDone ? words.forgotten : words.nothing)
}
