import { titleOf } from '../briefing/announced.ts'
import { localDay } from '../briefing/local.ts'
import { type Action, heading, list, type Message, message, paragraph, strong } from '../message.ts'
import { type Broadcast, type Progress, totalOf } from '../store/broadcast.ts'
import { texts } from '../texts.ts'
import { say } from './access.ts'
import { asModerator } from './authority.ts'
import type { Call, Command, Keeping } from './command.ts'

const words = texts.announcements

/** Posts shown in the list. */
const SHOWN = 10

/** What can be done with one that is on its way. */
const ACTS = ['pause', 'resume', 'cancel'] as const
type Act = (typeof ACTS)[number]

/** What was posted to many, how far it has come, and how it is stopped. */
export const announcementCommands: readonly Command[] = [
  {
    name: 'announcements',
    aliases: ['broadcasts'],
    ...texts.commands.announcements,
    parameters: [
      { name: 'act', description: texts.parameters.broadcast, required: false, limit: 30 },
    ],
    ...{ private: true, keeps: true, staff: true },
    run: call =>
      asModerator(call.request, call.moderators, actor => {
        const { store } = call
        if (!store) return Promise.resolve(say(texts.nothingKept))
        const [, id, act] = /^(\d{1,15})(?: (\w+))?$/.exec(call.values.act ?? '') ?? []
        const wanted = ACTS.find(each => each === act)
        if (id === undefined || (act !== undefined && !wanted)) return listed(call, store)
        return wanted ? deal(call, store, actor, Number(id), wanted) : card(call, store, Number(id))
      }),
  },
]

async function listed({ timeZone }: Call, store: Keeping): Promise<Message> {
  const all = await store.broadcasts.list(SHOWN)
  if (all.length === 0) return say(words.none)
  const lines = await Promise.all(
    all.map(async each => {
      const progress = await store.broadcasts.progress(each.id)
      const title = titleOf(JSON.parse(each.message))
      const told = words.line(localDay(each.createdAt, timeZone), progress.sent, totalOf(progress))
      return [strong(`${each.id}: ${title}`), ` — ${told}; ${words.states[stateOf(each)]}`]
    }),
  )
  return message(
    [heading(1, texts.commands.announcements.title), list(lines)],
    all.map(({ id }) => ({ label: String(id), command: `/announcements ${id}` })),
  )
}

/** One of them: what it says, how far it has come, what has failed and why, and what can be done. */
async function card(call: Call, store: Keeping, id: number, said?: string): Promise<Message> {
  const [broadcast, written] = [await store.broadcasts.find(id), await store.broadcasts.message(id)]
  if (!broadcast || !written) return say(words.unknown(id))
  const progress = await store.broadcasts.progress(id)
  const waiting = await store.broadcasts.waiting(id)
  const later =
    waiting.count > 0 ? words.later(waiting.count, localDay(waiting.until, call.timeZone)) : ''
  return message(
    [
      ...(said === undefined ? [] : [paragraph(said)]),
      heading(1, `${id}: ${titleOf(JSON.parse(written.message))}`),
      paragraph(bar(progress)),
      list(
        [words.states[stateOf(broadcast)], ...outcomes(progress), later, broadcast.note ?? '']
          .filter(line => line !== '')
          .map(line => [line]),
      ),
    ],
    [
      ...choices(broadcast),
      { label: words.again, command: `/announcements ${id}` },
      { label: words.all, command: '/announcements' },
    ],
  )
}

async function deal(
  call: Call,
  store: Keeping,
  actor: string,
  id: number,
  act: Act,
): Promise<Message> {
  const isDone = await store.broadcasts[act](id)
  if (isDone)
    await store.audit.note({ actor, action: `broadcast.${act}`, details: { broadcast: id } })
  return card(call, store, id, isDone ? words.done[act] : words.tooLate)
}

/** Only what would change something: a button says what it leads to, and pressed twice it does so once. */
function choices(broadcast: Broadcast): Action[] {
  const acts: Record<string, readonly Act[]> = {
    sending: ['pause', 'cancel'],
    paused: ['resume', 'cancel'],
  }
  return (acts[stateOf(broadcast)] ?? []).map(act => ({
    label: words.acts[act],
    command: `/announcements ${broadcast.id} ${act}`,
  }))
}

function stateOf({ state, isFinished, isRetracted }: Broadcast): keyof typeof words.states {
  if (isFinished && isRetracted) return 'retracted'
  if (isFinished) return state === 'cancelled' ? 'cancelled' : 'finished'
  if (state === 'active') return 'sending'
  return state === 'paused' ? 'paused' : 'stopping'
}

/** Width of the bar, in characters: it fits on a phone beside its numbers. */
const WIDTH = 12

function bar(progress: Progress): string {
  const all = totalOf(progress)
  const done = all - progress.pending - progress.claimed
  const full = all === 0 ? 0 : Math.round((done / all) * WIDTH)
  return `${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${words.reached(progress.sent, all)}`
}

function outcomes(progress: Progress): string[] {
  return (['pending', 'claimed', 'gone', 'failed', 'skipped', 'uncertain', 'twice'] as const)
    .filter(state => progress[state] > 0)
    .map(state => words.outcomes[state](progress[state]))
}
