import type { RootContent } from 'mdast'
import { type Finding, findingsIn, linksIn } from '../announcing/findings.ts'
import { type Preflight, preflightOf } from '../announcing/preflight.ts'
import { type ShownOn, shownOn } from '../announcing/shown.ts'
import {
  announcementOf,
  correctionOf,
  type DraftText,
  noticeOf,
  unfit,
} from '../announcing/text.ts'
import { type Moment, momentOf } from '../announcing/time.ts'
import { localDay } from '../briefing/local.ts'
import { type Action, heading, list, type Message, message, paragraph } from '../message.ts'
import type { Announcement, AnnouncementOptions } from '../store/announcement.ts'
import type { Audience } from '../store/broadcast.ts'
import { duration } from '../texts/dates.ts'
import { texts } from '../texts.ts'
import { say } from './access.ts'
import { type Desk, isUnsent, postOf } from './desk.ts'

const words = texts.announce

/** Longest that something urgent can be undone, in milliseconds. */
const URGENT_MS = 5000

/** Links, and findings, that are shown. */
const SHOWN = 20

/** All that a draft would do if it were confirmed at this moment. */
export interface Proposal {
  /** What stands in the chats afterwards. */
  readonly message: Message
  /** Of something new. */
  readonly sending?: Sending
  readonly changing?: Changing
}

/** Of what concerns a post. */
interface Changing {
  readonly post: number
  /** How many have got it. */
  readonly chats: number
  /** How many are still to get it. */
  readonly waiting: number
  /** As it was read. */
  readonly revision: number
  readonly before: Message
}

interface Sending {
  readonly audience: Audience
  readonly startsAt: Temporal.Instant
  readonly preflight: Preflight
  /** Where a time was chosen. */
  readonly moment?: Moment
  readonly isLate: boolean
}

export function textOf(draft: Announcement): DraftText {
  return JSON.parse(draft.text)
}

/** Nothing where what it concerns is not there any more, or was taken back. */
export async function proposalOf(desk: Desk, draft: Announcement): Promise<Proposal | undefined> {
  const { call, store, zone } = desk
  if (draft.act === 'send') {
    const said = announcementOf(textOf(draft), draft.options)
    return { message: said, sending: await sendingOf(desk, draft.options, said) }
  }
  const { broadcastId: post = 0 } = draft
  const [found, report] = [await postOf(desk, post), await store.broadcasts.report(post)]
  if (!found || !report) return undefined
  const { revision, isRetracted } = found.broadcast
  if (isRetracted || isUnsent(found.broadcast)) return undefined
  const { message: before } = found
  const changing = {
    ...{ post, chats: report.reach.any, revision, before },
    waiting: report.reach.fresh,
  }
  if (draft.act === 'retract') return { message: noticeOf(before, textOf(draft)), changing }
  return { message: correctionOf(before, textOf(draft), call.now, zone), changing }
}

async function sendingOf(
  desk: Desk,
  options: AnnouncementOptions,
  said: Message,
): Promise<Sending> {
  const { call, store, operations } = desk
  const { holdMs } = operations.announcing
  const { now } = call
  const moment = options.at && momentOf(options.at)
  const hold = options.urgent ? Math.min(holdMs, URGENT_MS) : holdMs
  const soonest = now.add({ milliseconds: hold })
  const isLate = moment !== undefined && Temporal.Instant.compare(moment.at, now) <= 0
  const isLater = moment && Temporal.Instant.compare(moment.at, soonest) > 0
  const startsAt = isLater ? moment.at : soonest
  const audience = audienceOf(desk, options)
  const preflight = preflightOf({
    ...{ message: said, platforms: audience.platforms, at: startsAt, rates: operations.rates },
    survey: await store.broadcasts.survey(audience),
    isUrgent: options.urgent ?? false,
  })
  return { audience, startsAt, preflight, isLate, ...(moment && { moment }) }
}

function audienceOf({ operations }: Desk, options: AnnouncementOptions): Audience {
  const { topic, platform, within } = options
  const { platforms } = operations.announcing
  return {
    topic,
    platforms: platforms.filter(name => platform === undefined || platform === name),
    ...(within !== undefined && { within }),
  }
}

/** A draft: how it looks on every platform, who gets it, what to look at, and what can be done. */
export async function draftPanel(desk: Desk, draft: Announcement, said?: string): Promise<Message> {
  const proposal = await proposalOf(desk, draft)
  if (!proposal) return say(words.isOver(draft.broadcastId ?? 0))
  const warnings = warningsOf(desk, draft, proposal)
  const links = linksIn(proposal.message.body).map(each => words.link(each.words, each.url))
  return message(
    [
      ...(said === undefined ? [] : [paragraph(said)]),
      heading(1, headingOf(draft)),
      ...(warnings.length > 0
        ? [heading(2, words.warnings), list(warnings.map(warning => [`⚠ ${warning}`]))]
        : []),
      ...(proposal.changing && draft.act === 'retract'
        ? [heading(2, words.isTakenBack), ...shownBlocks(proposal.changing.before)]
        : []),
      ...previewOf(desk, draft, proposal),
      heading(2, words.facts),
      list(factsOf(desk, draft, proposal).map(fact => [fact])),
      ...(links.length > 0 && draft.act !== 'retract'
        ? [heading(2, words.links), list(capped(links).map(link => [link]))]
        : []),
    ],
    actionsOf(draft, proposal),
  )
}

function headingOf({ id, act, broadcastId = 0 }: Announcement): string {
  if (act === 'send') return words.draft(id)
  return act === 'correct' ? words.correction(id, broadcastId) : words.retraction(id, broadcastId)
}

/** As it is rendered for each platform; once where that is the same. */
function previewOf(
  { operations }: Desk,
  { act }: Announcement,
  { message: said, sending }: Proposal,
): RootContent[] {
  const platforms = sending?.audience.platforms ?? operations.announcing.platforms
  return shownOn(said, platforms).flatMap((shown: ShownOn): RootContent[] => [
    heading(2, act === 'retract' ? words.where : words.onAll(shown.platforms, shown.messages)),
    ...(said.picture ? [paragraph(words.withPicture)] : []),
    RULE,
    ...shown.parts.flatMap((part, index): RootContent[] => [
      ...(shown.parts.length > 1 ? [paragraph(words.part(index + 1, shown.parts.length))] : []),
      ...part,
      RULE,
    ]),
  ])
}

const RULE: RootContent = { type: 'thematicBreak' }

/** As whoever has got it sees it. */
function shownBlocks(said: Message): RootContent[] {
  return [RULE, ...said.body.children, RULE]
}

function factsOf(desk: Desk, draft: Announcement, { sending, changing }: Proposal): string[] {
  if (changing) {
    const { chats, waiting } = changing
    const facts = [chats > 0 ? words.haveIt(chats) : words.nobodyHasIt]
    return waiting > 0 && draft.act === 'correct' ? [...facts, words.getsIt(waiting)] : facts
  }
  if (!sending) return []
  const { options } = draft
  const { preflight, moment, startsAt } = sending
  const { platforms, waiting, gone, paused } = preflight
  const facts = [
    words.everybody(topicOf(desk, options.topic)),
    options.within === undefined ? '' : words.here,
    options.platform !== undefined && options.within === undefined
      ? words.only(options.platform)
      : '',
    moment
      ? words.at(localDay(sending.isLate ? moment.at : startsAt, desk.zone), desk.zone)
      : words.atOnce(Math.round(startsAt.since(desk.call.now).total('seconds'))),
    options.urgent ? words.urgent : '',
    ...platforms.map(({ platform, chats, messages, seconds }) => {
      const takes = chats > 0 && seconds !== undefined ? duration(seconds) : undefined
      return words.chats(platform, chats, messages, takes)
    }),
    waiting > 0 ? words.waiting(waiting) : '',
    gone > 0 ? words.unreachable(gone) : '',
    paused > 0 ? words.paused(paused) : '',
    options.link ? words.button(options.link.title) : '',
  ]
  return facts.filter(fact => fact !== '')
}

export function topicOf({ call }: Desk, topic: string): string {
  const { topics } = texts.settings
  if (topic in topics) return topics[topic as keyof typeof topics]
  const command = topic.replace(/^section:/, '')
  return call.registry.edition.sections.find(each => each.command === command)?.title ?? topic
}

function warningsOf({ zone, call }: Desk, draft: Announcement, proposal: Proposal): string[] {
  if (draft.act === 'retract') return []
  const { message: said, sending } = proposal
  const { today } = call
  const findings = findingsIn(said.body, today)
  const isTold = findings.some(({ kind }) => kind === 'mention')
  const lost = textOf(draft).lost.filter(loss => !(loss === 'mention' && isTold))
  const found = [...findings.map(told), ...lost.map(loss => words.lost[loss])]
  const distinct = capped([...new Set(found)])
  const crowd = call.request.place
  const isSeen = crowd?.platform === 'telegram' && crowd.kind === 'group'
  const seen = isSeen ? [words.seenHere] : []
  if (!sending) return [...seen, ...distinct]
  const { preflight, moment, isLate } = sending
  const long = preflight.platforms.filter(({ messages, chats }) => messages > 1 && chats > 0)
  const day = moment ? localDay(moment.at, zone) : ''
  return [
    ...seen,
    ...(preflight.chats === 0 ? [words.nobody] : []),
    ...(isLate ? [words.late] : []),
    ...(moment?.oddity === 'gap'
      ? [words.gap((draft.options.at?.local ?? '').replace('T', ' '), day)]
      : []),
    ...(moment?.oddity === 'twice' ? [words.twice(day)] : []),
    ...long.map(({ platform, messages }) => words.long(platform, messages)),
    ...distinct,
  ]
}

/** As many as anybody reads, and how many there are beside. */
function capped(lines: readonly string[]): string[] {
  if (lines.length <= SHOWN) return [...lines]
  return [...lines.slice(0, SHOWN), words.more(lines.length - SHOWN)]
}

function told(finding: Finding): string {
  switch (finding.kind) {
    case 'mention':
      return words.mention(finding.words)
    case 'disguised':
      return words.disguised(finding.words, finding.url)
    case 'past':
      return words.past(texts.day(finding.date))
  }
}

/** By the draft's revision: what is confirmed is what was looked at. */
export function press({ id, revision }: Announcement, line: string): string {
  return `/announce ${id}.${revision} ${line}`.trim()
}

function actionsOf(draft: Announcement, { sending, changing }: Proposal): Action[] {
  const at = (label: string, line: string) => ({ label, command: press(draft, line) })
  const discard = at(words.acts.discard, 'discard')
  if (changing) {
    const { acts } = words
    const label = (draft.act === 'correct' ? acts.correct : acts.retract)(changing.chats)
    const edit = draft.act === 'correct' ? [at(acts.edit, 'edit')] : []
    return [at(label, 'send'), ...edit, discard]
  }
  const { options } = draft
  const { picture, ...text } = textOf(draft)
  const { chats = 0 } = sending?.preflight ?? {}
  const send = sending?.moment ? words.acts.schedule(chats) : words.acts.send(chats)
  return [
    ...(chats > 0 && !sending?.isLate ? [at(send, 'send')] : []),
    at(words.acts.edit, 'edit'),
    ...(picture && !unfit(text) ? [at(words.acts.noPicture, 'picture off')] : []),
    at(words.acts.audience, 'audience'),
    at(words.acts.time, 'time'),
    at(words.acts.link, 'link'),
    options.urgent ? at(words.acts.notUrgent, 'urgent off') : at(words.acts.urgent, 'urgent on'),
    discard,
  ]
}
