import { h, type JSX, type TargetedKeyboardEvent } from 'preact'
import { useState } from 'preact/hooks'
import type { Preview, PreviewedEvent, PreviewedPost } from '../protocol.ts'
import { addDays, dayInWords } from './marks.ts'
import { middle, rem, type Scale } from './scale.ts'

/** Width of a dot in rem: that of the smallest target that a finger hits, 24 px. */
const DOT = 1.5
/** Mean width of a letter of a name, in rem. */
const LETTER = 0.5
/** Height of a name and its bar, in rem. */
const EVENT_ROW = 1.9

/** Begins a text with a capital letter. */
function titleOf(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** The events as bars with their names, in as few rows as the names need. */
export function Events({
  events,
  preview: { from, to, words },
  scale,
}: {
  readonly events: readonly PreviewedEvent[]
  readonly preview: Preview
  readonly scale: Scale
}): JSX.Element {
  const ends: number[] = []
  const placed = events
    .toSorted((a, b) => a.from.localeCompare(b.from))
    .map(event => {
      const left = scale.x(event.from < from ? from : event.from)
      const right = scale.x(addDays(event.to > to ? to : event.to, 1))
      const length = Math.max(0.5, right - left)
      const name = event.name.length * LETTER
      const start = Math.max(0, Math.min(left, scale.width - name))
      const free = ends.findIndex(end => end <= start)
      const row = free < 0 ? ends.length : free
      ends[row] = Math.max(left + length, start + name) + 0.5
      return { event, row, left, length, start }
    })
  return h(
    'div',
    { class: 'lane spans' },
    h('h2', {}, titleOf(words?.many ?? '')),
    h(
      'ul',
      { class: 'track', style: { height: rem(ends.length * EVENT_ROW) } },
      placed.map(({ event, row, left, length, start }) =>
        h(
          'li',
          { key: `${event.from} ${event.name}`, style: { top: rem(row * EVENT_ROW) } },
          h(
            'span',
            { class: 'name', style: { left: rem(start) } },
            event.name,
            h(
              'span',
              { class: 'unseen' },
              `, ${dayInWords(event.from)} to ${dayInWords(event.to)}`,
            ),
          ),
          h('span', { class: 'bar', style: { left: rem(left), width: rem(length) } }),
        ),
      ),
    ),
  )
}

interface LaneProps {
  readonly kind: string
  readonly title: string
  readonly scale: Scale
  readonly posts: readonly PreviewedPost[]
  onTip(tip: Tip): void
  onPress(group: readonly PreviewedPost[]): void
}

/** The posts of one kind as dots. Tab reaches one dot of a lane, and the arrow keys the others. */
export function Lane({ kind, title, scale, posts, onTip, onPress }: LaneProps): JSX.Element {
  const [current, setCurrent] = useState(0)
  const groups = grouped(posts, scale)
  const reached = Math.min(current, groups.length - 1)
  const move = (event: TargetedKeyboardEvent<HTMLElement>) => {
    const next = nextIndex(event.key, reached, groups.length)
    if (next === undefined) return
    event.preventDefault()
    setCurrent(next)
    event.currentTarget.querySelectorAll<HTMLElement>('button')[next]?.focus()
  }
  return h(
    'div',
    { class: `lane ${kind}`, 'data-kind': kind },
    h('h2', { id: `lane-${kind}` }, title),
    h(
      'div',
      { class: 'track', role: 'group', 'aria-labelledby': `lane-${kind}`, onKeyDown: move },
      groups.map((group, index) => {
        const lines = describe(group)
        const tell = (event: { readonly currentTarget: HTMLElement }) =>
          onTip({ lines, ...below(event.currentTarget) })
        return h(
          'button',
          {
            key: group[0]?.at,
            type: 'button',
            class: group.length > 1 ? 'dot many' : 'dot',
            style: { left: rem(middle(group[0]?.day ?? '', scale)) },
            tabIndex: index === reached ? 0 : -1,
            'aria-label': lines.join('. '),
            onMouseEnter: tell,
            onFocus: (event: { readonly currentTarget: HTMLElement }) => {
              setCurrent(index)
              tell(event)
            },
            onClick: () => onPress(group),
          },
          h('span', {}, group.length > 1 ? group.length : null),
        )
      }),
    ),
  )
}

/** Puts posts whose dots would overlap into groups, the oldest first. Pure. */
function grouped(posts: readonly PreviewedPost[], scale: Scale): PreviewedPost[][] {
  const groups: PreviewedPost[][] = []
  for (const post of posts) {
    const first = groups.at(-1)?.[0]
    if (first && middle(post.day, scale) - middle(first.day, scale) < DOT) {
      groups.at(-1)?.push(post)
    } else groups.push([post])
  }
  return groups
}

/** Returns the index that a key leads to in a row of `length`; undefined if it leads nowhere. Pure. */
function nextIndex(key: string, index: number, length: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
      return Math.min(index + 1, length - 1)
    case 'ArrowLeft':
      return Math.max(index - 1, 0)
    case 'Home':
      return 0
    case 'End':
      return length - 1
    default:
      return undefined
  }
}

/** Describes a dot: the title, the local time and the reason of a post; the number and the days of more. Pure. */
function describe(group: readonly PreviewedPost[]): string[] {
  const [first, last] = [group[0], group.at(-1)]
  if (!first || !last) return []
  if (first === last) return [first.title, first.local, first.why.replace(/\.$/, '')]
  const days = dayInWords(first.day)
  const count = `${group.length} posts`
  if (first.day === last.day) return [count, days, ...group.map(({ title }) => title)]
  return [count, `${days} to ${dayInWords(last.day)}`, 'Press to zoom in']
}

/** The words of a dot, below the frame, so that they hide no other dot. */
export interface Tip {
  readonly lines: readonly string[]
  /** Distance of the dot's middle from the left end of the section, in pixels. */
  readonly left: number
}

export function Tooltip({ lines, left }: Tip): JSX.Element {
  // The button has the same words as its name.
  return h(
    'div',
    { class: 'tip', 'aria-hidden': 'true', style: { '--at': `${left}px` } },
    lines.map((line, index) => h(index === 0 ? 'b' : 'span', { key: index }, line)),
  )
}

function below(dot: HTMLElement): Pick<Tip, 'left'> {
  const { left, width } = dot.getBoundingClientRect()
  const section = dot.closest('section')?.getBoundingClientRect()
  return { left: left + width / 2 - (section?.left ?? 0) }
}
