import { changeBlocks, isEmpty } from '../briefing/changes.ts'
import { markDraft } from '../briefing/draft.ts'
import { eventsTitle } from '../briefing/events.ts'
import { footer } from '../briefing/footer.ts'
import { localDay } from '../briefing/local-time.ts'
import { type Changes, diffEditions, NOTHING_CHANGED } from '../content/diff.ts'
import { type Edition, readEdition } from '../content/edition.ts'
import { type Action, heading, type Message, message, paragraph } from '../message.ts'
import { digestPost } from '../schedule/posts.ts'
import type { SeenByChat, SeenChange } from '../store/chats/seen-changes.ts'
import type { KeptEdition } from '../store/schedule/editions.ts'
import { texts } from '../texts.ts'
import { say } from './chat-access.ts'
import type { Call, Command, CommandStore } from './command.ts'

const words = texts.changes

/** The subject of a view that shows the events. */
const EVENTS = 'events'

/** The subject of a view that shows all sections and the events. */
const ALL = ''

const SETTINGS = { label: texts.settings.pages.settings, command: '/settings' }

/** The commands that show what is new to a chat: for its next digest, or since its last view. */
export const changesCommands: readonly Command[] = [
  {
    name: 'digest',
    aliases: [],
    ...texts.commands.digest,
    group: 'subscribe',
    parameters: [],
    usesStore: true,
    onlyReads: true,
    run: digest,
  },
  {
    name: 'changes',
    aliases: ['changed', 'new'],
    ...texts.commands.changes,
    group: 'read',
    parameters: [
      {
        name: 'section',
        description: texts.parameters.section,
        required: false,
        choices: edition => [
          ...edition.sections.map(({ command, title }) => ({ value: command, title })),
          ...(edition.events.length > 0 ? [{ value: EVENTS, title: eventsTitle(edition) }] : []),
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
  const [chat, seen, published] =
    store && place
      ? [
          await store.chats.find(place),
          await store.seenChanges.of(place),
          await store.editions.published(),
        ]
      : []
  const { hour = 0, weekday = 1, cadence = 'daily' } = chat?.subscription ?? {}
  const edition = readEdition(published?.content) ?? registry.edition
  const since = seen?.edition === undefined ? undefined : await store?.editions.find(seen.edition)
  const difference = changesSince(since, edition)
  const rhythm = { zone, hour, weekday, cadence: cadence === 'weekly' ? cadence : 'daily' } as const
  const between = { until: 0 }
  const post = digestPost({ rhythm, at: now, edition, changes: difference, between })
  return markDraft(post.message, edition.isDraft && 'wholly')
}

/** Shows the changes since this chat's last view, in one section or in all, and records the view. */
async function changes({ store, request, values, today, zone, now }: Call): Promise<Message> {
  const { origin } = request
  const place = request.chat?.ref
  if (origin.isMisplaced) return say(texts.tooOld)
  if (!store || !place) return say(texts.nothingKept)
  const [chat, seen] = [await store.chats.find(place), await store.seenChanges.of(place)]
  const published = await store.editions.published()
  if (!chat || !seen) return message([paragraph(words.unknown)], [SUBSCRIBE])
  const edition = readEdition(published?.content)
  if (!published || !edition) return say(words.none)

  const subject = values.section ?? ALL
  const unseen = await unseenChanges(store, seen, subject, published, edition)
  const last = newestView(seen, subject)
  const hasPending = (await store.editions.pending()) !== undefined
  const view = { subject, edition, today, hasPending }
  if ((!isEmpty(unseen.changes) || !last) && origin.by !== 'suggested') {
    await store.seenChanges.note(seen.chat, {
      subject,
      edition: published.id,
      before: unseen.since,
    })
  }
  if (!isEmpty(unseen.changes)) {
    const since = last ? words.sinceLook(localDay(last.at, zone, now)) : words.sinceDigest
    return viewMessage(view, since, unseen.changes)
  }
  // Show the same changes again if the user repeats the command.
  const again = last && (await changesShownBy(store, last, subject, edition))
  if (!last || !again || isEmpty(again)) return viewMessage(view, words.none, NOTHING_CHANGED)
  return viewMessage(view, words.noneSince(localDay(last.at, zone, now)), again)
}

const SUBSCRIBE: Action = {
  label: texts.settings.subscribe,
  command: '/subscribe',
  role: 'primary',
}

/** Resolves to the changes since the last view of each part of the briefing, and the oldest edition compared. */
async function unseenChanges(
  store: CommandStore,
  seen: SeenByChat,
  subject: string,
  published: KeptEdition,
  edition: Edition,
): Promise<{ readonly changes: Changes; readonly since: number }> {
  const subjects =
    subject === ALL ? [...edition.sections.map(each => each.command), EVENTS] : [subject]
  const differences = new Map<number, Changes>([[published.id, NOTHING_CHANGED]])
  const baseOf = (each: string) => newestView(seen, each)?.edition ?? seen.edition ?? published.id
  // A removed section has no view of its own, so the view of all sections counts.
  const bases = [...subjects.map(baseOf), baseOf(subject)]
  for (const id of bases) {
    if (differences.has(id)) continue
    const kept = await store.editions.find(id)
    differences.set(id, changesSince(kept, edition))
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
      events: subjects.includes(EVENTS) ? of(EVENTS).events : [],
    },
  }
}

/** Returns the newest view of a subject, alone or as part of everything. */
function newestView({ seenChanges }: SeenByChat, subject: string): SeenChange | undefined {
  return seenChanges
    .filter(view => view.subject === subject || view.subject === ALL)
    .sort((a, b) => b.edition - a.edition || b.at.epochMilliseconds - a.at.epochMilliseconds)[0]
}

/** Resolves to the changes of a subject that a view showed; undefined if its edition is no longer stored. */
async function changesShownBy(
  store: CommandStore,
  { before, edition: id }: SeenChange,
  subject: string,
  edition: Edition,
): Promise<Changes | undefined> {
  const kept = before === id ? undefined : await store.editions.find(before)
  return kept && changesOf(changesSince(kept, edition), subject)
}

function changesOf({ sections, events }: Changes, subject: string): Changes {
  if (subject === ALL) return { sections, events }
  return {
    sections: sections.filter(({ command }) => command === subject),
    events: subject === EVENTS ? events : [],
  }
}

/** A view of the changes, without the changes themselves. */
interface View {
  readonly edition: Edition
  readonly subject: string
  readonly today: Temporal.PlainDate
  /** Whether there is a pending update. */
  readonly hasPending: boolean
}

function viewMessage(
  { edition, subject, today, hasPending }: View,
  said: string,
  difference: Changes,
): Message {
  const section = edition.sections.find(({ command }) => command === subject)
  const changed = difference.sections.filter(({ kind }) => kind !== 'removed')
  return message(
    [
      heading(1, section ? words.titleOf(section.title) : words.title),
      paragraph(said),
      ...changeBlocks(difference, edition),
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

/** Returns the changes since an edition; no changes if the edition is no longer stored. */
function changesSince(kept: KeptEdition | undefined, edition: Edition): Changes {
  const before = readEdition(kept?.content)
  return before ? diffEditions(before, edition) : NOTHING_CHANGED
}
