import { h, type JSX, render } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type {
  Answered,
  ContentState,
  Editions,
  Entry,
  Form,
  PlatformName,
  View,
} from '../protocol.ts'
import { ask, follow, get, post } from './api.ts'
import { Composer } from './composer.ts'
import { Controls } from './controls.ts'
import { Editor } from './editor.ts'
import { archived, bounded, withCurrent, withEntry } from './entries.ts'
import type { Actions } from './entry.ts'
import { type Filled, FormDialog } from './form.ts'
import { Inspector } from './inspector.ts'
import { Log } from './log.ts'
import { copyText } from './parts.ts'
import { type Change, readSettings, type Settings, viewOf, writeSettings } from './settings.ts'
import type { Note } from './telegram.ts'

/** Time after which an answer counts as under way for longer than a moment, in milliseconds. */
const WAIT_MS = 150

/** Time for which Telegram shows a note over the chat, in milliseconds. */
const NOTE_MS = 6000

/** A form that is open, and the entry whose button opened it. */
interface OpenForm {
  readonly form: Form
  readonly key: number | undefined
}

function Page(): JSX.Element {
  const [settings, setSettings] = useState(readSettings)
  const [zone, setZone] = useState<string>()
  const [entries, setEntries] = useState<readonly Entry[]>([])
  const [content, setContent] = useState<ContentState>({ problems: [], drafts: [] })
  const [editions, setEditions] = useState<Editions>()
  const [connection, setConnection] = useState('')
  const [notice, setNotice] = useState('')
  const [note, setNote] = useState<Note>()
  const [form, setForm] = useState<OpenForm>()
  const [isWaiting, setWaiting] = useState(false)
  const [isInspecting, setInspecting] = useState(false)
  const [inspected, setInspected] = useState<number>()
  const [dismissed, setDismissed] = useState<ReadonlySet<number>>(new Set())
  const dismissedNow = useRef(dismissed)
  dismissedNow.current = dismissed
  const drafts = useRef(new Map<string, string>())
  const awaiting = useRef(false)
  /** The request that is under way. */
  const sending = useRef<{ readonly what: string; readonly done: Promise<void> } | undefined>(
    undefined,
  )
  /** Whether an entry has arrived since the latest request. */
  const hasArrived = useRef(false)
  /** The ID of the session. */
  const session = useRef('')
  /** The session and the view in which the answers were drawn last. */
  const drawnIn = useRef('')
  const [opening, setOpening] = useState('')
  const isChangingEdition = useRef(false)
  /** The lines that this page has sent, oldest first. */
  const [sent, setSent] = useState<readonly string[]>([])
  const current = useRef(settings)
  current.current = settings
  const { platform, place, theme, width, tables } = settings

  useLayoutEffect(() => writeSettings(settings), [settings])
  useLayoutEffect(() => {
    document.documentElement.style.colorScheme = theme === 'system' ? '' : theme
  }, [theme])
  useEffect(() => {
    setDismissed(dismissedIn(place))
    return follow(place, {
      onSession({ id, zone }) {
        setZone(zone)
        // Another page may have changed the briefing.
        if (id !== session.current) get<Editions>('/editions').then(setEditions)
        session.current = id
        const view = viewOf(current.current)
        // The answers may have been drawn in the view of an earlier visit.
        if (drawnIn.current !== drawing(id, view)) void redraw(view)
      },
      onHistory(all) {
        const id = session.current
        const isNew = sessionStorage.getItem('session') !== id
        if (isChangingEdition.current && isNew) return location.reload()
        if (!isNew) return setEntries(before => withCurrent(before, all))
        const gone = dismissedNow.current
        setEntries(before => bounded([...archived(before, gone), ...all]))
        // The dismissed messages of all places are those of the session before.
        sessionStorage.clear()
        sessionStorage.setItem('session', id)
        setDismissed(new Set())
        setInspected(undefined)
      },
      onReset: setEntries,
      onEntry(entry) {
        hasArrived.current = true
        setEntries(before => withEntry(before, entry))
      },
      onContent: setContent,
      onNotice: setConnection,
    })
  }, [place])
  // The logs have scrolled to the answer by now.
  useEffect(() => {
    awaiting.current = sending.current !== undefined
  }, [entries])
  useEffect(() => {
    const timer = setTimeout(() => setNote(undefined), NOTE_MS)
    return () => clearTimeout(timer)
  }, [note])

  /** Sends a request, and shows what comes beside the answer. Resolves to a refusal in words; undefined if there is none. */
  async function request(path: string, body: object, key?: number): Promise<string | undefined> {
    const what = JSON.stringify([path, body])
    // Ignore a double click.
    if (sending.current?.what === what) return undefined
    // An answer may be shown before the server has closed its request.
    await sending.current?.done
    const { promise: done, resolve: end } = Promise.withResolvers<void>()
    sending.current = { what, done }
    awaiting.current = true
    hasArrived.current = false
    const timer = setTimeout(() => setWaiting(true), WAIT_MS)
    const answered = await ask(path, { view: viewOf(current.current), ...body })
    clearTimeout(timer)
    setWaiting(false)
    sending.current = undefined
    end()
    // An answer that is still to come is scrolled to, and no later entry.
    if (hasArrived.current || typeof answered === 'string' || answered.form)
      awaiting.current = false
    if (typeof answered === 'string') return answered
    show(answered, key)
    return undefined
  }

  function show({ form: opened, note: said }: Answered, key: number | undefined): void {
    if (said !== undefined) setNote(before => ({ number: (before?.number ?? 0) + 1, text: said }))
    if (opened) setForm({ form: opened, key })
  }

  async function send(line: string): Promise<boolean> {
    const refusal = await request('/lines', { line })
    setNotice(refusal ?? '')
    if (refusal === undefined) setSent(before => [...before, line])
    return refusal === undefined
  }

  const actions = useMemo<Actions>(
    () => ({
      async onPress({ key }: Entry, on: PlatformName, data: string) {
        setNotice((await request('/presses', { key, platform: on, data }, key)) ?? '')
      },
      onLine: line => void send(line),
      onDismiss({ key }) {
        setDismissed(before => new Set([...before, key]))
      },
      onInspect: ({ key }) => setInspected(key),
    }),
    [],
  )
  useEffect(() => keepDismissed(place, dismissed), [dismissed])

  async function submit({ form: { line }, key }: OpenForm, filled: Filled) {
    const refusal = await request('/forms', { ...filled, line, ...(key !== undefined && { key }) })
    if (refusal !== undefined) return refusal
    drafts.current.delete(line)
    setForm(undefined)
    return undefined
  }

  function change(chosen: Change): void {
    const next = Object.fromEntries(
      Object.entries({ ...settings, ...chosen }).filter(([, value]) => value !== undefined),
    ) as unknown as Settings
    setSettings(next)
    if ('place' in chosen) {
      setEntries([])
      setInspected(undefined)
    }
    // Answers depend on the day, the role and the tables.
    if ('today' in chosen || 'role' in chosen || 'tables' in chosen) void redraw(viewOf(next))
  }

  async function redraw(view: View): Promise<void> {
    const now = drawing(session.current, view)
    const answered = await ask('/views', { view })
    if (typeof answered === 'string') setNotice(answered)
    else drawnIn.current = now
  }

  async function copyLink(): Promise<void> {
    const isCopied = await copyText(location.href)
    setNotice(isCopied ? 'Link copied.' : 'Can’t copy the link. Copy it from the address bar.')
  }

  async function changeEdition(name: string): Promise<void> {
    const { title = name } = editions?.all.find(each => each.name === name) ?? {}
    setOpening(`Starting with “${title}”…`)
    const answer = await post('/edition', { name }).catch(() => undefined)
    // The server starts anew and has no session then. See `onHistory`.
    if (answer?.ok) isChangingEdition.current = true
    else {
      setOpening('')
      setNotice((await answer?.text()) ?? 'Sitrep isn’t responding. Retrying…')
    }
  }

  function closeInspector(): void {
    setInspecting(false)
    // A hidden button takes no focus: the first one on a wide window, the second one in folded controls.
    for (const button of ['.fold', '#requests']) {
      document.querySelector<HTMLElement>(button)?.focus()
    }
  }

  const panes: readonly PlatformName[] = platform === 'both' ? ['discord', 'telegram'] : [platform]
  // The first line of a private chat is its greeting's.
  const own = place === 'private' ? entries.slice(1) : entries
  const earlier = own.flatMap(({ by, line }) => (by === 'typed' && line ? line : []))
  const typed = sent.length > 0 ? sent : earlier
  return h(
    'div',
    { class: `page ${width}${isInspecting ? ' inspecting' : ''}` },
    h('a', { class: 'skip', href: '#line' }, 'Skip to input'),
    h(
      'header',
      {},
      h('h1', {}, 'Sitrep'),
      h('a', { href: `/plan${tables ? `?tables=${tables}` : ''}` }, 'Schedule preview'),
      h(Editor, { content, zone, onLine: actions.onLine }),
      h(Controls, {
        ...{ settings, editions, isInspecting },
        onChange: change,
        onEdition: name => void changeEdition(name),
        onInspect: () => setInspecting(!isInspecting),
        onReset: async () => setNotice((await request('/reset', {})) ?? ''),
        onCopyLink: () => void copyLink(),
      }),
    ),
    h(
      'main',
      { class: platform === 'both' ? 'both' : '' },
      panes.map(each =>
        h(Log, {
          key: each,
          platform: each,
          view: settings,
          ...{ entries, zone, dismissed, isInspecting, isWaiting, note, actions, awaiting },
          // With both panes visible, only one is announced, so that a screen reader reads each answer once.
          isLive: each === panes[0],
          onNoteClosed: () => setNote(undefined),
        }),
      ),
      isInspecting
        ? h(Inspector, {
            place,
            entry: entries.find(({ key }) => key === inspected) ?? entries.at(-1),
            onClose: closeInspector,
          })
        : null,
    ),
    h(Composer, { typed, send, notice: opening || connection || notice }),
    form
      ? h(FormDialog, {
          form: form.form,
          draft: drafts.current.get(form.form.line),
          submit: filled => submit(form, filled),
          onClose(text) {
            drafts.current.set(form.form.line, text)
            setForm(undefined)
          },
        })
      : null,
  )
}

function drawing(session: string, view: View): string {
  return JSON.stringify([session, view])
}

function dismissedIn(place: string): Set<number> {
  return new Set(JSON.parse(sessionStorage.getItem(`dismissed ${place}`) ?? '[]'))
}

function keepDismissed(place: string, dismissed: ReadonlySet<number>): void {
  sessionStorage.setItem(`dismissed ${place}`, JSON.stringify([...dismissed]))
}

render(h(Page, {}), document.body)
