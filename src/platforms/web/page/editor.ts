import { h, type JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ContentProblem, ContentState } from '../protocol.ts'
import { DiscordMessage } from './discord.ts'
import { useEscape } from './parts.ts'
import { TelegramMessage } from './telegram.ts'

export interface EditorProps {
  readonly content: ContentState
  readonly zone: string | undefined
  onLine(line: string): void
}

/** The state of the content on the disk: its problems, the drafts, and the update for subscribers. */
export function Editor({ content, zone, onLine }: EditorProps): JSX.Element {
  const { problems, drafts, update } = content
  const breaking = problems.filter(({ isWarning, isDraft }) => !isWarning && !isDraft).length
  const isBroken = breaking > 0
  const inDrafts = problems.filter(({ isWarning, isDraft }) => isDraft && !isWarning).length
  const [isOpen, setOpen] = useState(false)
  const [isPreviewed, setPreviewed] = useState(false)
  // A broken edit opens the list anew; a fixed one closes it.
  useEffect(() => {
    setOpen(isBroken)
    // The preview of an update that is undone must not open again with the next one.
    if (!update) setPreviewed(false)
  }, [content])
  return h(
    'div',
    { class: 'editor' },
    problems.length === 0
      ? null
      : h(
          'button',
          {
            type: 'button',
            class: isBroken ? 'broken' : '',
            'aria-expanded': isOpen,
            onClick: () => setOpen(!isOpen),
          },
          isBroken
            ? counted(breaking, 'problem')
            : inDrafts > 0
              ? `${counted(inDrafts, 'problem')} in drafts`
              : counted(problems.length, 'warning'),
        ),
    drafts.length === 0
      ? null
      : h(
          'details',
          { class: 'drafts' },
          h('summary', {}, `Drafts (${drafts.length})`),
          drafts.map(({ command, title }) =>
            h(
              'button',
              { key: command, type: 'button', onClick: () => onLine(`/${command}`) },
              title,
            ),
          ),
        ),
    update
      ? h('button', { type: 'button', onClick: () => setPreviewed(true) }, 'Update for subscribers')
      : null,
    isOpen && problems.length > 0
      ? h(Problems, { problems, isBroken, onClose: () => setOpen(false) })
      : null,
    isPreviewed && update
      ? h(UpdatePreview, { update, zone, onClose: () => setPreviewed(false) })
      : null,
  )
}

/** Returns a number with its noun: "1 problem", "2 problems". Pure. */
function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`
}

/** The problems over the page. The page below can be used. */
function Problems({
  problems,
  isBroken,
  onClose,
}: {
  readonly problems: readonly ContentProblem[]
  readonly isBroken: boolean
  onClose(): void
}): JSX.Element {
  useEscape(onClose)
  const title = problems.every(({ isWarning }) => isWarning)
    ? 'The edit is in use, with warnings'
    : 'Drafts have problems'
  return h(
    'section',
    { class: 'problems', role: 'alert', 'aria-label': 'Problems in the content' },
    h('h2', {}, isBroken ? 'The edit isn’t in use yet' : title),
    isBroken ? h('p', {}, 'Answers still come from the last version without problems.') : null,
    h(
      'ol',
      {},
      problems.map(({ file, line, message, fix, isWarning, isDraft }) =>
        h(
          'li',
          { key: `${file} ${line} ${message}` },
          h('code', {}, `${file}:${line}`),
          isDraft ? ' (draft)' : null,
          isWarning && isBroken ? ' (warning)' : null,
          h('p', {}, withCode(message)),
          h('p', { class: 'fix' }, withCode(fix)),
        ),
      ),
    ),
    h('button', { type: 'button', onClick: onClose }, 'Close'),
  )
}

/** Draws the words between backticks as code. */
function withCode(text: string): (JSX.Element | string)[] {
  return text
    .split('`')
    .map((part, index) => (index % 2 === 1 ? h('code', { key: index }, part) : part))
}

/** The update that subscribers would get, on both platforms. */
function UpdatePreview({
  update,
  zone,
  onClose,
}: {
  readonly update: NonNullable<ContentState['update']>
  readonly zone: string | undefined
  onClose(): void
}): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => dialog.current?.showModal(), [])
  const at = Date.now()
  return h(
    'dialog',
    { ref: dialog, class: 'update', 'aria-labelledby': 'update-title', onClose },
    h('h2', { id: 'update-title' }, 'Update for subscribers'),
    h(
      'p',
      {},
      'The update of all edits since Sitrep was started. This preview sends nothing; subscribers get it when your edits have settled: see /status.',
    ),
    h(
      'div',
      { class: 'skins' },
      h(
        'section',
        { class: 'discord', 'aria-label': 'Discord' },
        update.discord.map((body, index) =>
          h(DiscordMessage, { key: index, body, at, zone, isFirst: index === 0 }),
        ),
      ),
      h(
        'section',
        { class: 'telegram', 'aria-label': 'Telegram' },
        update.telegram.map((body, index) => h(TelegramMessage, { key: index, body, at, zone })),
      ),
    ),
    h('button', { type: 'button', onClick: () => dialog.current?.close() }, 'Close'),
  )
}
