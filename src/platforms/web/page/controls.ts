import { h, type JSX, type TargetedEvent } from 'preact'
import { useRef, useState } from 'preact/hooks'
import type { Editions } from '../protocol.ts'
import { CHOICES, type Change, type Settings } from './settings.ts'

export interface ControlsProps {
  readonly settings: Settings
  readonly editions: Editions | undefined
  readonly isInspecting: boolean
  onChange(change: Change): void
  onEdition(name: string): void
  onInspect(): void
  onReset(): void
  onCopyLink(): void
}

/** The controls of the preview. On a narrow window they fold behind a button. */
export function Controls(props: ControlsProps): JSX.Element {
  const { settings, editions, isInspecting, onChange, onEdition } = props
  const [isOpen, setOpen] = useState(false)
  const fold = useRef<HTMLButtonElement>(null)
  const choice = (name: keyof typeof CHOICES, label: string) =>
    h(Choice, {
      label,
      values: CHOICES[name],
      value: settings[name] ?? '',
      // An absent style of tables is that of the chat.
      onChange: value => onChange({ [name]: value === '' ? undefined : value }),
    })
  const names = Object.fromEntries(editions?.all.map(({ name, title }) => [name, title]) ?? [])
  return h(
    'div',
    { class: 'controls' },
    h(
      'button',
      {
        ref: fold,
        type: 'button',
        class: 'fold',
        'aria-expanded': isOpen,
        'aria-controls': 'controls',
        onClick: () => setOpen(!isOpen),
      },
      'Controls',
    ),
    h(
      'div',
      { id: 'controls', class: isOpen ? 'open' : '' },
      choice('platform', 'Platform'),
      choice('place', 'Place'),
      choice('role', 'Role'),
      h(Today, props),
      choice('tables', 'Tables'),
      choice('images', 'Images'),
      choice('theme', 'Theme'),
      choice('width', 'Width'),
      editions && editions.all.length > 1
        ? h(Choice, {
            label: 'Briefing',
            values: editions.current === '' ? { '': 'Your own', ...names } : names,
            value: editions.current,
            onChange: onEdition,
          })
        : null,
      h('button', { type: 'button', onClick: props.onReset }, 'Reset'),
      h('button', { type: 'button', onClick: props.onCopyLink }, 'Copy link'),
      h(
        'button',
        {
          id: 'requests',
          type: 'button',
          'aria-pressed': isInspecting,
          onClick: () => {
            // On a phone the controls make room for the panel. The focus must not go with them.
            setOpen(false)
            fold.current?.focus()
            props.onInspect()
          },
        },
        'Requests',
      ),
      h('button', { type: 'button', onClick: showFullScreen }, 'Full screen'),
    ),
  )
}

export function Choice({
  label,
  values,
  value,
  onChange,
}: {
  readonly label: string
  readonly values: Readonly<Record<string, string>>
  readonly value: string
  onChange(value: string): void
}): JSX.Element {
  return h(
    'label',
    {},
    `${label} `,
    h(
      'select',
      {
        value,
        onChange: ({ currentTarget }: TargetedEvent<HTMLSelectElement>) =>
          onChange(currentTarget.value),
      },
      Object.entries(values).map(([each, title]) => h('option', { key: each, value: each }, title)),
    ),
  )
}

/** The day and time of the answers. */
function Today({ settings: { today = '' }, onChange }: ControlsProps): JSX.Element {
  return h(
    'span',
    { class: 'today' },
    h(
      'label',
      {},
      'Today ',
      h('input', {
        type: 'datetime-local',
        // The field would take years of six digits.
        max: '9999-12-31T23:59',
        value: today,
        onChange: event => {
          const { value } = event.currentTarget
          onChange({ today: value.slice(0, 'YYYY-MM-DDTHH:MM'.length) || undefined })
        },
      }),
    ),
    today === ''
      ? null
      : h('button', { type: 'button', onClick: () => onChange({ today: undefined }) }, 'Now'),
  )
}

/** Shows the conversations alone. The button is out of view then, and Escape ends it. */
function showFullScreen(): void {
  void document.documentElement.requestFullscreen()
}
