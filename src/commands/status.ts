import { stateOf } from '../announcements/progress-view.ts'
import { changeBlocks } from '../briefing/changes.ts'
import { localDay } from '../briefing/local-time.ts'
import { messageOf, titleOf } from '../briefing/post-message.ts'
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
import type { Pending } from '../schedule/update-round.ts'
import { totalOf } from '../store/ledger/broadcast.ts'
import { texts } from '../texts.ts'
import { versionsWith } from '../version.ts'
import { say } from './chat-access.ts'
import { withCode } from './code-words.ts'
import type { Call, Command, CommandStore, Operations } from './command.ts'
import { asModerator, FOR_MODERATORS } from './moderators.ts'

const { health, moderators: words } = texts

/** Most open broadcasts shown. */
const SHOWN = 10

/** Entries of the audit log on one page. */
const ENTRIES = 15

/** The commands by which moderators operate the bot. */
export const moderatorCommands: readonly Command[] = [
  {
    name: 'status',
    aliases: [],
    ...texts.commands.status,
    parameters: [{ name: 'act', description: texts.parameters.act, required: false, limit: 40 }],
    ...FOR_MODERATORS,
    run: call =>
      asModerator(call.request, call.moderators, async actor => {
        const { store, operations } = call
        if (!store) return say(texts.nothingKept)
        if (!operations) return say(texts.announce.notHere)
        const [, how, id, now] = /^(send|drop) (\d{1,15})( now)?$/.exec(call.values.act ?? '') ?? []
        if (how === 'send' && !now) return confirmSend(call, store, operations, Number(id))
        if (how === 'send' || how === 'drop')
          return decide(call, store, operations, actor, how, Number(id))
        return status(call, store, operations)
      }),
  },
  {
    name: 'audit',
    aliases: [],
    ...texts.commands.audit,
    parameters: [
      { name: 'before', description: texts.parameters.before, required: false, limit: 15 },
    ],
    ...FOR_MODERATORS,
    onlyReads: true,
    run: call =>
      asModerator(call.request, call.moderators, () => {
        const { store, operations } = call
        if (!store) return Promise.resolve(say(texts.nothingKept))
        return operations ? audit(call, store) : Promise.resolve(say(texts.announce.notHere))
      }),
  },
]

/** Shows the status of each component, the open broadcasts and the pending update. */
async function status(call: Call, store: CommandStore, operations: Operations): Promise<Message> {
  const parts = Object.entries(operations.parts())
  const troubled = parts.filter(([, { reason, ready }]) => reason !== undefined || !ready)
  const lines = parts.map(([name, { status, reason }]) => {
    const rate = operations.platforms.find(each => each.name === name)?.rate
    const facts = [health.state(status), ...(rate === undefined ? [] : [health.rate(rate)])]
    const known = `: ${facts.join(', ')}`
    return [
      strong(health.part(name)),
      ...(reason === undefined ? [known] : [`${known}. `, ...withCode(reason)]),
    ]
  })
  const open = await store.broadcasts.open()
  const shown = await Promise.all(open.slice(0, SHOWN).map(({ id }) => lineOf(call, store, id)))
  const queue = [...shown.filter(line => line !== undefined).map(line => [typed(line)])]
  if (open.length > SHOWN) queue.push([typed(words.more(open.length - SHOWN))])
  const pending = await operations.news.pending()
  const verdict = health.verdict({
    parts: troubled.map(([name]) => name),
    // Moderators know of the announcements that they have paused. The others have a note with the cause.
    paused: open.filter(({ state, note }) => state === 'paused' && note).map(({ id }) => id),
    isUpdateHeld: pending?.needsApproval === true,
  })
  const counts = await store.reach.count()
  const reach = counts.map(({ platform, suspected, left }) => [
    strong(texts.announce.platform(platform)),
    `: ${texts.reachability.counts(suspected, left)}`,
  ])
  const served = (await store.scheduledEvents.count()).map(({ servers, refused }) => [
    typed(texts.scheduledEvents.status(servers, refused)),
  ])
  return message(
    [
      heading(1, texts.commands.status.title),
      paragraph(verdict),
      list(lines),
      paragraph(health.versions(versionsWith(call.edition))),
      ...(reach.length > 0 ? [heading(2, texts.reachability.title), list(reach)] : []),
      ...(served.length > 0 ? [heading(2, texts.scheduledEvents.title), list(served)] : []),
      heading(2, words.queue),
      queue.length > 0 ? list(queue) : paragraph(words.nothingQueued),
      ...(pending ? [heading(2, words.pending), ...pendingBlocks(call, pending)] : []),
    ],
    [...(pending ? decisionButtons(pending) : []), { label: words.again, command: '/status' }],
  )
}

async function lineOf(
  { now, zone }: Call,
  { broadcasts }: CommandStore,
  id: number,
): Promise<string | undefined> {
  const broadcast = await broadcasts.find(id)
  if (!broadcast) return undefined
  const title = titleOf(messageOf(broadcast))
  const { startsAt } = broadcast
  if (startsAt && stateOf(broadcast, now) === 'held')
    return words.goesOut(id, title, localDay(startsAt, zone, now))
  const progress = await broadcasts.progress(id)
  return words.onItsWay(id, title, progress.sent, totalOf(progress), broadcast.state)
}

function pendingBlocks({ zone, now }: Call, { edition, changes, dueAt, needsApproval }: Pending) {
  const when = needsApproval ? words.held : words.dueAt(localDay(dueAt, zone, now))
  return [paragraph(when), ...changeBlocks(changes, edition)]
}

/** Returns buttons that name the edition's id, so that an old button decides nothing about a later edition. */
function decisionButtons({ id }: Pending): Action[] {
  return [
    { label: words.send, command: `/status send ${id}`, role: 'primary' },
    { label: words.drop, command: `/status drop ${id}`, role: 'danger' },
  ]
}

/** Asks a moderator to confirm that a pending update is sent at once to every subscriber. */
async function confirmSend(
  call: Call,
  store: CommandStore,
  operations: Operations,
  id: number,
): Promise<Message> {
  const pending = await operations.news.pending()
  if (pending?.id !== id) return withStatus(call, store, operations, words.tooLate)
  return message(
    [
      heading(1, words.askFirst),
      paragraph(words.whoGetsIt),
      ...changeBlocks(pending.changes, pending.edition),
    ],
    [
      { label: words.send, command: `/status send ${id} now`, role: 'primary' },
      { label: words.back, command: '/status' },
    ],
  )
}

async function decide(
  call: Call,
  store: CommandStore,
  operations: Operations,
  actor: string,
  how: 'send' | 'drop',
  id: number,
): Promise<Message> {
  const isDone = await operations.news.decide(how, id)
  if (isDone) await store.audit.note({ actor, action: `changes.${how}`, details: { edition: id } })
  return withStatus(call, store, operations, isDone ? words.decided[how] : words.tooLate)
}

async function withStatus(
  call: Call,
  store: CommandStore,
  operations: Operations,
  said: string,
): Promise<Message> {
  const { body, actions = [] } = await status(call, store, operations)
  return message([paragraph(said), ...body.children], actions)
}

/** Lists the acts of people in the audit log, newest first. */
async function audit({ values, zone, now }: Call, store: CommandStore): Promise<Message> {
  const before = /^\d{1,15}$/.test(values.before ?? '') ? Number(values.before) : undefined
  const entries = await store.audit.acts(ENTRIES, before)
  if (entries.length === 0) return say(words.nothingDone)
  const last = entries.at(-1)
  const isMore = last !== undefined && entries.length === ENTRIES
  return message(
    [
      heading(1, texts.commands.audit.title),
      paragraph(words.auditIntro(currentZone(zone))),
      list(
        entries.map(({ at, actor, action, details }) => [
          words.entry(localDay(at, zone, now), actor, action, details),
        ]),
      ),
    ],
    isMore ? [{ label: words.older, command: `/audit ${last.id}` }] : [],
  )
}
