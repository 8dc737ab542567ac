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

/** The subject of a look at the exercises; of one at everything. */
const EXERCISES = 'exercises'
const ALL = ''

const SETTINGS = { label: texts.settings.pages.settings, command: '/settings' }

/** What is new to a chat: as its next digest tells it, or since somebody has looked. */
export const changesCommands: readonly Command[] = [
  {
    name: 'digest',
    aliases: [],
    ...texts.commands.digest,
    parameters: [],
    keeps: true,
    asks: true,
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
    keeps: true,
    asks: true,
    understands: () => true,
    run: changes,
  },
]

/** The digest that would come at this moment. It stays new: the next one tells it again. */
async function digest({ store, request, registry, now, zone }: Call): Promise<Message> {
  const { place, misplaced } = request
  if (misplaced) return say(texts.tooOld)
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

/** What has changed since this chat has looked, in one section or in all. */
async function changes({ store, request, values, today, zone }: Call): Promise<Message> {
  const { place, misplaced, isSuggested } = request
  if (misplaced) return say(texts.tooOld)
  if (!store || !place) return say(texts.nothingKept)
  const [chat, looked] = [await store.chats.find(place), await store.seenChanges.of(place)]
  const settled = await store.editions.published()
  if (!chat || !looked) return message([paragraph(words.unknown)], [SUBSCRIBE])
  const edition = readEdition(settled?.content)
  if (!settled || !edition) return say(words.none)

  const subject = values.section ?? ALL
  const before = await differenceOf(store, looked, subject, settled, edition)
  const last = lookAt(looked, subject)
  const isResting = (await store.editions.pending()) !== undefined
  const asked = { subject, edition, today, isResting }
  if ((!isEmpty(before.changes) || !last) && !isSuggested) {
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
  // Whoever presses twice sees the same twice.
  const again = last && (await shownAt(store, last, subject, edition))
  if (!last || !again || isEmpty(again)) return show(asked, words.none, NOTHING_CHANGED)
  return show(asked, words.noneSince(localDay(last.at, zone)), again)
}

const SUBSCRIBE = { label: texts.settings.subscribe, command: '/subscribe' }

/** What has changed since each part of the briefing was looked at, and since which edition at the oldest. */
async function differenceOf(
  store: Keeping,
  looked: SeenByChat,
  subject: string,
  settled: KeptEdition,
  edition: Edition,
): Promise<{ readonly changes: Changes; readonly since: number }> {
  const subjects =
    subject === ALL ? [...edition.sections.map(each => each.command), EXERCISES] : [subject]
  const known = new Map<number, Changes>([[settled.id, NOTHING_CHANGED]])
  const knownOf = (each: string) => lookAt(looked, each)?.edition ?? looked.edition ?? settled.id
  // What is gone has no look of its own: it goes by the look at everything.
  const bases = [...subjects.map(knownOf), knownOf(subject)]
  for (const id of bases) {
    if (known.has(id)) continue
    const kept = await store.editions.find(id)
    known.set(id, differenceTo(kept, edition))
  }
  const of = (each: string) => known.get(knownOf(each)) ?? NOTHING_CHANGED
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

/** The newest look at a subject, alone or among all. */
function lookAt({ seenChanges }: SeenByChat, subject: string): SeenChange | undefined {
  return seenChanges
    .filter(look => look.subject === subject || look.subject === ALL)
    .sort((a, b) => b.edition - a.edition || b.at.epochMilliseconds - a.at.epochMilliseconds)[0]
}

/** What a look has shown of a subject. */
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
  /** Whether there is an edit that is not told yet. */
  readonly isResting: boolean
}

function show(
  { edition, subject, today, isResting }: Asked,
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
      ...(isResting ? [paragraph(words.resting)] : []),
      footer(edition, section?.asOf ?? edition.asOf, today),
    ],
    [
      ...changed.map(({ title, command }) => ({ label: title, command: `/${command}` })),
      ...(subject === ALL ? [] : [{ label: words.all, command: '/changes' }]),
      SETTINGS,
    ],
  )
}

/** Nothing, where an edition is not kept any more. */
function differenceTo(kept: KeptEdition | undefined, edition: Edition): Changes {
  const before = readEdition(kept?.content)
  return before ? diffEditions(before, edition) : NOTHING_CHANGED
}
