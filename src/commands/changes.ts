import { changeBlocks, isEmpty } from '../briefing/changes.ts'
import { footer } from '../briefing/footer.ts'
import { localDay } from '../briefing/local-time.ts'
import { type Changes, diffEditions, NOTHING_CHANGED } from '../content/diff.ts'
import { type Edition, readEdition } from '../content/edition.ts'
import { heading, type Message, message, paragraph } from '../message.ts'
import { digestPost } from '../schedule/posts.ts'
import type { SeenByChat, SeenChange } from '../store/chats/seen-changes.ts'
import type { KeptEdition } from '../store/schedule/editions.ts'
import { texts } from '../texts.ts'
import { say } from './access.ts'
import type { Call, Command, Keeping } from './command.ts'

const words = texts.changes

/** The subject of a view of the exercises. */
const EXERCISES = 'exercises'

/** The subject of a view of everything. */
const ALL = ''

const SETTINGS = { label: texts.settings.pages.settings, command: '/settings' }

/** The commands that show what is new to a chat: for its next digest, or since its last view. */
export const changesCommands: readonly Command[] = [
  {
    name: 'digest',
    aliases: [],
    ...texts.commands.digest,
    parameters: [],
    usesStore: true,
    onlyReads: true,
    run: digest,
  },
  {
    name: 'changes',
    aliases: ['changed', 'new'],
    ...texts.commands.changes,
    parameters: [
      {
        name: 'section',
        description: texts.parameters.section,
        required: false,
        choices: ({ sections, exercises }) => [
          ...sections.map(({ command, title }) => ({ value: command, title })),
          ...(exercises.length > 0 ? [{ value: EXERCISES, title: texts.exercises }] : []),
        ],
      },
    ],
    usesStore: true,
    onlyReads: true,
    understands: () => true,
    run: changes,
  },
]

/** Shows the digest that would be sent now. The next digest still reports the same changes. */
async function digest({ store, request, registry, now, zone }: Call): Promise<Message> {
  if (request.origin.isMisplaced) return say(texts.tooOld)
  const place = request.chat?.ref
  const [chat, looked, settled] =
    store && place
      ? [
          await store.chats.find(place),
          await store.seenChanges.of(place),
          await store.editions.published(),
        ]
      : []
  const { hour = 0, weekday = 1, cadence = 'daily' } = chat?.subscription ?? {}
  const edition = readEdition(settled?.content) ?? registry.edition
  const since =
    looked?.edition === undefined ? undefined : await store?.editions.find(looked.edition)
  const difference = differenceTo(since, edition)
  const rhythm = { zone, hour, weekday, cadence: cadence === 'weekly' ? cadence : 'daily' } as const
  return digestPost({ rhythm, at: now, edition, changes: difference, between: { until: 0 } })
    .message
}

/** Shows what has changed since this chat's last view, in one section or in all, and records the view. */
async function changes({ store, request, values, today, zone }: Call): Promise<Message> {
  const { origin } = request
  const place = request.chat?.ref
  if (origin.isMisplaced) return say(texts.tooOld)
  if (!store || !place) return say(texts.nothingKept)
  const [chat, looked] = [await store.chats.find(place), await store.seenChanges.of(place)]
  const settled = await store.editions.published()
  if (!chat || !looked) return message([paragraph(words.unknown)], [SUBSCRIBE])
  const edition = readEdition(settled?.content)
  if (!settled || !edition) return say(words.none)

  const subject = values.section ?? ALL
  const before = await differenceOf(store, looked, subject, settled, edition)
  const last = lookAt(looked, subject)
  const hasPending = (await store.editions.pending()) !== undefined
  const asked = { subject, edition, today, hasPending }
  if ((!isEmpty(before.changes) || !last) && origin.by !== 'suggested') {
    await store.seenChanges.note(looked.chat, {
      subject,
      edition: settled.id,
      before: before.since,
    })
  }
  if (!isEmpty(before.changes)) {
    const since = last ? words.sinceLook(localDay(last.at, zone)) : words.sinceDigest
    return show(asked, since, before.changes)
  }
  // A second press shows the same changes again.
  const again = last && (await shownAt(store, last, subject, edition))
  if (!last || !again || isEmpty(again)) return show(asked, words.none, NOTHING_CHANGED)
  return show(asked, words.noneSince(localDay(last.at, zone)), again)
}

const SUBSCRIBE = { label: texts.settings.subscribe, command: '/subscribe' }

/** Returns what has changed since the last view of each part of the briefing, and the oldest edition compared. */
async function differenceOf(
  store: Keeping,
  looked: SeenByChat,
  subject: string,
  settled: KeptEdition,
  edition: Edition,
): Promise<{ readonly changes: Changes; readonly since: number }> {
  const subjects =
    subject === ALL ? [...edition.sections.map(each => each.command), EXERCISES] : [subject]
  const differences = new Map<number, Changes>([[settled.id, NOTHING_CHANGED]])
  const baseOf = (each: string) => lookAt(looked, each)?.edition ?? looked.edition ?? settled.id
  // A removed section has no view of its own, so the view of everything counts.
  const bases = [...subjects.map(baseOf), baseOf(subject)]
  for (const id of bases) {
    if (differences.has(id)) continue
    const kept = await store.editions.find(id)
    differences.set(id, differenceTo(kept, edition))
  }
  const of = (each: string) => differences.get(baseOf(each)) ?? NOTHING_CHANGED
  const all = of(subject)
  return {
    since: Math.min(...bases),
    changes: {
      sections: [
        ...subjects.flatMap(each => of(each).sections.filter(({ command }) => command === each)),
        ...(subject === ALL ? all.sections.filter(({ kind }) => kind === 'removed') : []),
      ],
      exercises: subjects.includes(EXERCISES) ? of(EXERCISES).exercises : [],
    },
  }
}

/** Returns the newest view of a subject, alone or as part of everything. */
function lookAt({ seenChanges }: SeenByChat, subject: string): SeenChange | undefined {
  return seenChanges
    .filter(look => look.subject === subject || look.subject === ALL)
    .sort((a, b) => b.edition - a.edition || b.at.epochMilliseconds - a.at.epochMilliseconds)[0]
}

/** Returns the changes of a subject that a view has shown. Undefined if its edition is no longer stored. */
async function shownAt(
  store: Keeping,
  { before, edition: id }: SeenChange,
  subject: string,
  edition: Edition,
): Promise<Changes | undefined> {
  const kept = before === id ? undefined : await store.editions.find(before)
  return kept && only(differenceTo(kept, edition), subject)
}

function only({ sections, exercises }: Changes, subject: string): Changes {
  if (subject === ALL) return { sections, exercises }
  return {
    sections: sections.filter(({ command }) => command === subject),
    exercises: subject === EXERCISES ? exercises : [],
  }
}

interface Asked {
  readonly edition: Edition
  readonly subject: string
  readonly today: Temporal.PlainDate
  /** Whether there is a pending update. */
  readonly hasPending: boolean
}

function show(
  { edition, subject, today, hasPending }: Asked,
  said: string,
  difference: Changes,
): Message {
  const section = edition.sections.find(({ command }) => command === subject)
  const changed = difference.sections.filter(({ kind }) => kind !== 'removed')
  return message(
    [
      heading(1, section ? words.titleOf(section.title) : words.title),
      paragraph(said),
      ...changeBlocks(difference),
      ...(hasPending ? [paragraph(words.resting)] : []),
      footer(edition, section?.asOf ?? edition.asOf, today),
    ],
    [
      ...changed.map(({ title, command }) => ({ label: title, command: `/${command}` })),
      ...(subject === ALL ? [] : [{ label: words.all, command: '/changes' }]),
      SETTINGS,
    ],
  )
}

/** Returns what has changed since an edition. Reports no changes if the edition is no longer stored. */
function differenceTo(kept: KeptEdition | undefined, edition: Edition): Changes {
  const before = readEdition(kept?.content)
  return before ? diffEditions(before, edition) : NOTHING_CHANGED
}
