import type { RootContent } from 'mdast'
import { unfit } from '../../announcements/correction.ts'
import { findingsIn, linksIn, sentenceOf } from '../../announcements/findings.ts'
import { preflightFacts, preflightWarnings } from '../../announcements/preflight-facts.ts'
import { type Preview, previewsOf, quoted } from '../../announcements/preview.ts'
import { localDay } from '../../briefing/local-time.ts'
import { unmarked } from '../../briefing/post-message.ts'
import { currentZone } from '../../clock.ts'
import {
  type Action,
  heading,
  list,
  type Message,
  message,
  paragraph,
  type Role,
} from '../../message.ts'
import type { StoredPicture } from '../../picture.ts'
import type { Announcement } from '../../store/announcements/draft.ts'
import { texts } from '../../texts.ts'
import { say } from '../chat-access.ts'
import { topicTitle } from '../topics.ts'
import type { ModeratorContext } from './context.ts'
import { type Proposal, proposalOf, targetsOf } from './proposal.ts'

const words = texts.announce

/** Most links shown, and most warnings about the text. */
const SHOWN = 20

/** Shows a draft with a new text, together with its picture. Later panels name the picture, because each would upload it again. */
export function newDraftPanel(
  context: ModeratorContext,
  draft: Announcement,
  said?: string,
): Promise<Message> {
  return draftPanel(context, draft, said, asImage)
}

/** Shows a draft: its preview on every platform, its audience, warnings and actions. */
export async function draftPanel(
  context: ModeratorContext,
  draft: Announcement,
  said?: string,
  pictured: (picture: StoredPicture) => RootContent = () => paragraph(words.withPicture),
): Promise<Message> {
  const proposal = await proposalOf(context, draft)
  if (!proposal) return say(words.isOver(draft.number))
  const warnings = warningsOf(context, draft, proposal)
  const links = linksIn(proposal.message.body).map(each => words.link(each.words, each.shown))
  return message(
    [
      ...(said === undefined ? [] : [paragraph(said)]),
      heading(1, headingOf(draft)),
      ...(warnings.length > 0
        ? [heading(2, words.warnings), list(warnings.map(warning => [`⚠ ${warning}`]))]
        : []),
      ...(proposal.changing && draft.act === 'retract'
        ? [heading(2, words.isTakenBack), quoted(proposal.changing.before.body.children)]
        : []),
      ...previewOf(context, draft, proposal, pictured),
      heading(2, words.facts),
      list(factsOf(context, draft, proposal).map(fact => [fact])),
      ...(links.length > 0 && draft.act !== 'retract'
        ? [heading(2, words.links), list(capped(links).map(link => [link]))]
        : []),
    ],
    actionsOf(draft, proposal, context.place.kind === 'group'),
  )
}

function asImage(picture: StoredPicture): RootContent {
  return { type: 'image', url: '', alt: words.withPicture, data: { picture } }
}

/** Returns the title of a draft. A correction and a retraction are named by their announcement. Pure. */
export function headingOf({ number, act }: Announcement): string {
  if (act === 'send') return words.draft(number)
  return act === 'correct' ? words.correction(number) : words.retraction(number)
}

/** Says that a draft is discarded. Pure. */
export function discardedText({ number, act }: Announcement): string {
  if (act === 'retract') return words.kept(number)
  return act === 'send' ? words.discarded(number) : words.changeDiscarded(number)
}

/** Renders the post for each platform, and shows equal renderings once. */
function previewOf(
  context: ModeratorContext,
  { act }: Announcement,
  { message: said, sending, changing }: Proposal,
  pictured: (picture: StoredPicture) => RootContent,
): RootContent[] {
  const platforms = sending?.audience.platforms ?? changing?.platforms ?? []
  const previews = previewsOf(said, targetsOf(context, { platforms }))
  return previews.flatMap((shown: Preview): RootContent[] => [
    heading(2, act === 'retract' ? words.where : words.onAll(shown.platforms, shown.messages)),
    ...(said.picture ? [pictured(said.picture)] : []),
    ...shown.parts.flatMap((part, index): RootContent[] => [
      ...(shown.parts.length > 1 ? [paragraph(words.part(index + 1, shown.parts.length))] : []),
      quoted(part),
    ]),
  ])
}

function factsOf(
  context: ModeratorContext,
  draft: Announcement,
  { sending, changing }: Proposal,
): string[] {
  if (changing) {
    const { chats, waiting, twice } = changing
    const haveIt = draft.act === 'retract' ? words.loseIt : words.haveIt
    return [
      chats > 0 ? haveIt(chats) : words.nobodyHasIt,
      ...(waiting > 0 && draft.act === 'correct' ? [words.getsIt(waiting)] : []),
      ...(twice > 0 ? [texts.announcements.outcomes.twice(twice)] : []),
    ]
  }
  if (!sending) return []
  const { options } = draft
  const { preflight, moment, startsAt } = sending
  const facts = [
    words.everybody(topicTitle(context.call.registry.edition, options.topic)),
    options.within === undefined ? '' : words.here,
    options.platform !== undefined && options.within === undefined
      ? words.only(options.platform)
      : '',
    moment
      ? words.at(
          localDay(sending.isLate ? moment.at : startsAt, context.zone, context.call.now),
          currentZone(context.zone),
        )
      : words.atOnce(Math.round(startsAt.since(context.call.now).total('seconds'))),
    options.urgent ? words.urgent : '',
    ...preflightFacts(preflight),
    options.link ? words.button(options.link.title) : '',
  ]
  return facts.filter(fact => fact !== '')
}

function warningsOf(
  { zone, call, place }: ModeratorContext,
  draft: Announcement,
  proposal: Proposal,
): string[] {
  if (draft.act === 'retract') return []
  const { message: said, sending } = proposal
  const { today } = call
  const findings = findingsIn(unmarked(said.body), today)
  const hasMention = findings.some(({ kind }) => kind === 'mention')
  const lost = draft.text.lost.filter(loss => !(loss === 'mention' && hasMention))
  const found = [...findings.map(sentenceOf), ...lost.map(loss => words.lost[loss])]
  const distinct = capped([...new Set(found)])
  const seen = place.kind === 'group' ? [words.seenHere] : []
  if (!sending) return [...seen, ...distinct]
  const { preflight, moment, isLate } = sending
  const day = moment ? localDay(moment.at, zone, call.now) : ''
  return [
    ...seen,
    ...preflightWarnings(preflight),
    ...(isLate ? [words.late] : []),
    ...(moment?.oddity === 'gap'
      ? [words.gap((draft.options.at?.local ?? '').replace('T', ' '), day)]
      : []),
    ...(moment?.oddity === 'twice' ? [words.twice(day)] : []),
    ...distinct,
  ]
}

/** Shortens a list to `SHOWN` lines, and adds how many were left out. */
function capped(lines: readonly string[]): string[] {
  if (lines.length <= SHOWN) return [...lines]
  return [...lines.slice(0, SHOWN), words.more(lines.length - SHOWN)]
}

/** Returns the line of an action. It names the draft's revision, so that a moderator confirms what they saw. */
export function draftLine({ id, revision }: Announcement, line: string): string {
  return `/announce ${id}.${revision} ${line}`.trim()
}

/** Returns the button that opens a draft. */
export function draftButton(draft: Announcement): Action {
  return { label: words.draft(draft.number), command: draftLine(draft, '') }
}

function actionsOf(
  draft: Announcement,
  { sending, changing }: Proposal,
  isGroup: boolean,
): Action[] {
  const button = (label: string, line: string, role?: Role): Action => {
    const command = draftLine(draft, line)
    return { label, command, ...(role ? { role } : { isStep: true }) }
  }
  const discard = button(words.acts.discard, 'discard', 'danger')
  // The panel does not contain the picture, so that each press does not send it again.
  const show = button(isGroup ? words.acts.showHere : words.acts.show, 'show')
  if (changing) {
    const { acts } = words
    const label = (draft.act === 'correct' ? acts.correct : acts.retract)(changing.chats)
    if (draft.act === 'retract') {
      return [button(label, 'send', 'danger'), button(acts.keep, 'discard')]
    }
    return [button(label, 'send', 'primary'), button(acts.edit, 'edit'), show, discard]
  }
  const { options } = draft
  const { picture, ...text } = draft.text
  const { chats = 0 } = sending?.preflight ?? {}
  const send = sending?.moment ? words.acts.schedule(chats) : words.acts.send(chats)
  return [
    ...(chats > 0 && !sending?.isLate ? [button(send, 'send', 'primary')] : []),
    button(words.acts.edit, 'edit'),
    show,
    ...(picture && !unfit(text) ? [button(words.acts.noPicture, 'picture off')] : []),
    button(words.acts.audience, 'audience'),
    button(words.acts.time, 'time'),
    button(words.acts.link, 'link'),
    options.urgent
      ? button(words.acts.notUrgent, 'urgent off')
      : button(words.acts.urgent, 'urgent on'),
    discard,
  ]
}
