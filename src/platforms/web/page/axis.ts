import { h, type JSX } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Days, Preview, PreviewedPost } from '../protocol.ts'
import { Events, Lane, type Tip, Tooltip } from './lanes.ts'
import { addDays, dayInWords, dayNumber, type Marks, marks } from './marks.ts'
import { middle, rem, type Scale } from './scale.ts'

export interface AxisProps {
  readonly preview: Preview
  onOpen(posts: readonly PreviewedPost[]): void
  onZoom(days: Days): void
}

/** The lanes of posts by their kinds, from top to bottom. */
const LANES: Readonly<Record<string, string>> = { events: 'Reminders', digest: 'Digests' }

/** Room for half a dot at both ends of the axis, in rem. */
const MARGIN = 1
/** Days before and after the posts that a zoom shows. */
const ZOOM_MARGIN = 1

/** The posts and events of some days on a line of time. It scrolls inside its own frame if the window is narrow. */
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
