import { h, type JSX, type TargetedKeyboardEvent } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Days, Preview, PreviewedEvent, PreviewedPost } from '../protocol.ts'
import { addDays, dayInWords, dayNumber, type Marks, marks } from './marks.ts'

export interface AxisProps {
  readonly preview: Preview
  onOpen(posts: readonly PreviewedPost[]): void
  onZoom(days: Days): void
}

/** The lanes of posts by their kinds, from top to bottom. */
const LANES: Readonly<Record<string, string>> = { exercises: 'Reminders', digest: 'Digests' }

/** Sizes in rem. A dot is as large as the smallest target that a finger hits: 24 px. */
const DOT = 1.5
/** Room for half a dot at both ends of the axis. */
const MARGIN = 1
/** Mean width of a letter of a name. */
const LETTER = 0.5

/** Positions of an axis that is `width` rem wide. */
interface Scale {
  readonly width: number
  /** Returns the distance of a day's start from the left end, in rem. */
  x(day: string): number
}

/** Days before and after the posts that a zoom shows. */
const ZOOM_MARGIN = 1

/** The posts and exercises of some days on a line of time. It scrolls inside its own frame if the window is narrow. */
export function Axis({ preview, onOpen, onZoom }: AxisProps): JSX.Element {
  const { from, to, today, posts, events } = preview
  const frame = useRef<HTMLDivElement>(null)
  const available = useWidth(frame)
  const [tip, setTip] = useState<Tip>()
  const zoomedLane = useRef<string>(undefined)
  const labels = marks(preview)
  const days = dayNumber(to, from) + 1
  const width = Math.max(available, labels.all.length * labels.room + 2 * MARGIN)
  const x = (day: string) => MARGIN + (dayNumber(day, from) / days) * (width - 2 * MARGIN)
  const scale = { width, x }

  // The group that was pressed is gone. The focus moves on to the first of its posts.
  useEffect(() => {
    setTip(undefined)
    if (zoomedLane.current === undefined) return
    const lane = frame.current?.querySelector(`[data-kind="${zoomedLane.current}"]`)
    zoomedLane.current = undefined
    lane?.querySelector<HTMLElement>('button')?.focus()
  }, [from, to])

  const press = (kind: string, group: readonly PreviewedPost[]) => {
    const [first, last] = [group[0]?.day ?? from, group.at(-1)?.day ?? to]
    if (first === last) return onOpen(group)
    zoomedLane.current = kind
    onZoom({ from: addDays(first, -ZOOM_MARGIN), to: addDays(last, ZOOM_MARGIN) })
  }
  return h(
    'section',
    {
      class: 'axis',
      'aria-label': 'Timeline',
      onMouseLeave: () => setTip(undefined),
      onFocusOut: () => setTip(undefined),
      onKeyDown: ({ key }: KeyboardEvent) => {
        if (key === 'Escape') setTip(undefined)
      },
    },
    h(
      'div',
      // Without a dot the keyboard could not scroll.
      { ref: frame, class: 'frame', ...(posts.length === 0 && { tabIndex: 0 }) },
      h(
        'div',
        { class: 'sheet', style: { width: rem(width) } },
        h(Labels, { labels, preview, scale }),
        from <= today && today <= to ? h(Today, { today, scale }) : null,
        events.length > 0 ? h(Events, { events, preview, scale }) : null,
        Object.entries(LANES).map(([kind, title]) =>
          h(Lane, {
            // The first dot of other days is the one that Tab reaches.
            key: `${kind} ${from} ${to}`,
            ...{ kind, title, scale },
            posts: posts.filter(post => post.kind === kind),
            onTip: setTip,
            onPress: group => press(kind, group),
          }),
        ),
      ),
    ),
    tip ? h(Tooltip, tip) : null,
  )
}

/** Returns the width of an element in rem, again whenever it changes. */
function useWidth(ref: { readonly current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const found = ref.current
    if (!found) return
    const measure = () => setWidth(found.clientWidth / pixelsPerRem())
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(found)
    return () => observer.disconnect()
  }, [])
  return width
}

function pixelsPerRem(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
}

/** The labels of the axis. One that would touch the next one or the end is left out. */
function Labels({
  labels: { room, all },
  preview: { from },
  scale,
}: {
  readonly labels: Marks
  readonly preview: Preview
  readonly scale: Scale
}): JSX.Element {
  const left = (day: number) => scale.x(addDays(from, day))
  const isCramped = (index: number) => {
    const [mark, next] = [all[index], all[index + 1]]
    return mark !== undefined && (next ? left(next.day) : scale.width) - left(mark.day) < room - 0.5
  }
  return h(
    'div',
    { class: 'marks', 'aria-hidden': 'true' },
    all.map(({ day, label, above, isStart }, index) => {
      // The second label names the year if there was no room for it at the first one.
      const upper = above ?? (index === 1 && isCramped(0) ? all[0]?.above : undefined)
      return h(
        'span',
        { key: day, class: isStart ? 'mark start' : 'mark', style: { left: rem(left(day)) } },
        isCramped(index)
          ? null
          : [h('small', { key: 'above' }, upper), h('b', { key: 'label' }, label)],
      )
    }),
  )
}

/** The line of the current day, with its label. */
function Today({ today, scale }: { readonly today: string; readonly scale: Scale }): JSX.Element {
  const at = middle(today, scale)
  const isRight = at > scale.width - 6
  return h(
    'div',
    { class: isRight ? 'today right' : 'today', style: { left: rem(at) } },
    h('span', {}, 'Today', h('span', { class: 'unseen' }, ` is ${dayInWords(today)}`)),
  )
}

/** The exercises as bars with their names, in as few rows as the names need. */
function Events({
  events,
  preview: { from, to },
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
    { class: 'lane events' },
    h('h2', {}, 'Exercises'),
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

/** Height of a name and its bar, in rem. */
const EVENT_ROW = 1.9

interface LaneProps {
  readonly kind: string
  readonly title: string
  readonly scale: Scale
  readonly posts: readonly PreviewedPost[]
  onTip(tip: Tip): void
  onPress(group: readonly PreviewedPost[]): void
}

/** The posts of one kind as dots. Tab reaches one dot of a lane, and the arrow keys the others. */
function Lane({ kind, title, scale, posts, onTip, onPress }: LaneProps): JSX.Element {
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
interface Tip {
  readonly lines: readonly string[]
  /** Distance of the dot's middle from the left end of the section, in pixels. */
  readonly left: number
}

function Tooltip({ lines, left }: Tip): JSX.Element {
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

function middle(day: string, { x }: Scale): number {
  return (x(day) + x(addDays(day, 1))) / 2
}

function rem(length: number): string {
  return `${length}rem`
}
