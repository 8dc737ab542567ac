import { h, type JSX, render, type TargetedEvent } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Days, Preview, PreviewedPost } from '../protocol.ts'
import { post } from './api.ts'
import { Axis } from './axis.ts'
import { Choice } from './controls.ts'
import { DiscordMessage } from './discord.ts'
import { addDays, dayInWords } from './marks.ts'
import { readSettings, TABLES } from './settings.ts'
import { TelegramMessage } from './telegram.ts'

/** The days and the style of tables that the address names, as far as it names them. */
interface Asked extends Partial<Days> {
  readonly tables?: string
}

function Page(): JSX.Element {
  const [tables, setTables] = useState('')
  const [days, setDays] = useState<Days>({ from: '', to: '' })
  const [preview, setPreview] = useState<Preview>()
  const [notice, setNotice] = useState('')
  /** Number of the latest request. Responses to earlier requests are dropped. */
  const latest = useRef(0)

  /** Requests and shows the posts of some days. The earlier posts stay until the response arrives. */
  const show = async (chosen: Asked, isChosen = true) => {
    latest.current += 1
    const mine = latest.current
    const { tables: style = tables, ...asked } = chosen
    const styled = style !== '' && { tables: style }
    setNotice('Loading…')
    try {
      // Only a session may load images.
      await post('/session', {})
      const answer = await fetch(`/posts?${new URLSearchParams({ ...asked, ...styled })}`)
      const fault = answer.ok ? undefined : await answer.text()
      const next: Preview | undefined = answer.ok ? await answer.json() : undefined
      // The user chose other days while this request was under way.
      if (mine !== latest.current) return
      if (!next) return setNotice(fault ?? '')
      // The days are in the address, so a reload or a link shows the same, and Back shows the earlier days.
      const address = `?${new URLSearchParams({ from: next.from, to: next.to, ...styled })}`
      if (isChosen && address !== location.search) history.pushState(null, '', address)
      else history.replaceState(null, '', address)
      setDays({ from: next.from, to: next.to })
      setTables(style)
      setPreview(next)
      const count = next.posts.length === 1 ? '1 post' : `${next.posts.length} posts`
      setNotice(`${count}, by the clock of ${next.zone}.`)
    } catch {
      if (mine === latest.current) setNotice('Sitrep isn’t responding. Is it still running?')
    }
  }

  /** Shows the days in the page's address, and leaves the address as it is. */
  const showAsked = () => {
    const asked: Asked = Object.fromEntries(new URLSearchParams(location.search))
    setDays({ from: asked.from ?? '', to: asked.to ?? '' })
    // An unknown style counts as absent.
    void show({ ...asked, tables: readSettings().tables ?? '' }, false)
  }
  useEffect(() => {
    showAsked()
    addEventListener('popstate', showAsked)
    return () => removeEventListener('popstate', showAsked)
  }, [])

  return h(
    'div',
    { class: 'whole' },
    h('a', { class: 'skip', href: '#posts' }, 'Skip to posts'),
    h('header', {}, h('h1', {}, 'Schedule preview'), h('a', { href: '/' }, 'Back to the chat')),
    h(
      'main',
      {},
      h('p', {}, 'Everything that a chat with every subscription would get. Nothing is sent.'),
      h(DaysForm, {
        ...{ days, tables, preview },
        onType: setDays,
        onShow: asked => void show(asked),
      }),
      h('p', { id: 'notice', role: 'status' }, notice),
      preview ? h(Quiet, { preview, onShow: asked => void show(asked) }) : null,
      preview && preview.posts.length + preview.events.length > 0
        ? h(Axis, {
            preview,
            onOpen: posts => openPosts(preview, posts),
            onZoom: asked => void show(asked),
          })
        : null,
      h('div', { id: 'posts', tabIndex: -1 }, preview ? months(preview) : null),
    ),
  )
}

function DaysForm({
  days,
  tables,
  preview,
  onType,
  onShow,
}: {
  readonly days: Days
  readonly tables: string
  readonly preview: Preview | undefined
  onType(days: Days): void
  onShow(asked: Asked): void
}): JSX.Element {
  const day = (name: keyof Days, label: string) =>
    h(
      'label',
      {},
      `${label} `,
      h('input', {
        id: name,
        type: 'date',
        required: true,
        value: days[name],
        onInput: event => onType({ ...days, [name]: event.currentTarget.value }),
      }),
    )
  const button = (label: string, asked: Partial<Days>) =>
    h('button', { type: 'button', onClick: () => onShow(asked) }, label)
  const today = preview?.today
  return h(
    'form',
    {
      id: 'span',
      'aria-label': 'Days',
      onSubmit: (event: Event) => {
        event.preventDefault()
        onShow(days)
      },
    },
    day('from', 'From'),
    day('to', 'To'),
    h('button', { type: 'submit' }, 'Show'),
    button('Next 30 days', today ? { from: today } : {}),
    today ? button('Next year', { from: today, to: addDays(today, 365) }) : null,
    preview?.allDays ? button(`All ${preview.words?.many}`, preview.allDays) : null,
    h(Choice, {
      label: 'Tables',
      values: TABLES,
      value: tables === '' ? 'grid' : tables,
      onChange: chosen => onShow({ ...days, tables: chosen }),
    }),
  )
}

/** Says that the days have only digests, and offers days with more. */
function Quiet({
  preview: { posts, events, allDays, words },
  onShow,
}: {
  readonly preview: Preview
  onShow(days: Days): void
}): JSX.Element | null {
  if (events.length > 0 || posts.some(({ kind }) => kind !== 'digest')) return null
  if (!allDays) {
    const many = words?.many ?? 'events'
    return h('p', { class: 'quiet' }, `There are no ${many}, so digests are all that is sent.`)
  }
  return h(
    'p',
    { class: 'quiet' },
    `No ${words?.one} is near these days, so only digests are sent. `,
    h(
      'button',
      { type: 'button', onClick: () => onShow(allDays) },
      `Show ${dayInWords(allDays.from)} to ${dayInWords(allDays.to)}`,
    ),
  )
}

/** Opens posts, and moves the focus to the first of them. */
function openPosts(preview: Preview, posts: readonly PreviewedPost[]): void {
  const found = posts.flatMap(post => {
    const entry = document.getElementById(idOf(preview, post))
    return entry instanceof HTMLDetailsElement ? [entry] : []
  })
  for (const entry of found) entry.open = true
  found[0]?.scrollIntoView({ block: 'start' })
  found[0]?.querySelector<HTMLElement>('summary')?.focus()
}

function idOf({ posts }: Preview, post: PreviewedPost): string {
  return `post-${posts.indexOf(post)}`
}

/** Groups posts by month, each month with a heading and a list. */
function months(preview: Preview): JSX.Element[] {
  const byMonth = Map.groupBy(preview.posts, ({ day }) => day.slice(0, 'YYYY-MM'.length))
  return [...byMonth].map(([month, posts]) =>
    h(
      'section',
      { key: month },
      // "1 May 2023" without its day.
      h('h2', {}, dayInWords(`${month}-01`).replace(/^\d+ /, '')),
      h(
        'ol',
        {},
        posts.map(post => h('li', { key: `${post.at} ${post.title}` }, h(Post, { post, preview }))),
      ),
    ),
  )
}

function Post({
  post,
  preview,
}: {
  readonly post: PreviewedPost
  readonly preview: Preview
}): JSX.Element {
  const [isOpen, setOpen] = useState(false)
  const { zone, asOf } = preview
  const { at, day, local, kind, title, why } = post
  return h(
    'details',
    {
      id: idOf(preview, post),
      onToggle: (event: TargetedEvent<HTMLDetailsElement>) => setOpen(event.currentTarget.open),
    },
    h(
      'summary',
      {},
      h('span', { class: `mark ${kind}` }),
      h('span', { class: 'when' }, local),
      h('span', { class: 'title' }, title),
      h('span', { class: 'why' }, why),
    ),
    isOpen && day.slice(0, asOf.length) < asOf
      ? h(
          'p',
          { class: 'quiet' },
          `This post shows today’s content. Its facts are as of ${monthOrDay(asOf)}, which is after this day.`,
        )
      : null,
    // A post is drawn when it is opened: a year has hundreds.
    isOpen
      ? h(
          'div',
          { class: 'skins' },
          h(
            'section',
            { class: 'discord entry', 'aria-label': 'Discord' },
            h('h3', {}, 'Discord'),
            post.discord.map((body, index) =>
              h(DiscordMessage, { key: index, body, at, zone, isFirst: index === 0 }),
            ),
          ),
          h(
            'section',
            { class: 'telegram entry', 'aria-label': 'Telegram' },
            h('h3', {}, 'Telegram'),
            post.telegram.map((body, index) => h(TelegramMessage, { key: index, body, at, zone })),
          ),
        )
      : null,
  )
}

/** Formats `YYYY-MM-DD` or `YYYY-MM`. */
function monthOrDay(date: string): string {
  return date.length > 'YYYY-MM'.length
    ? dayInWords(date)
    : dayInWords(`${date}-01`).replace(/^\d+ /, '')
}

const { theme } = readSettings()
document.documentElement.style.colorScheme = theme === 'system' ? '' : theme
render(h(Page, {}), document.body)
