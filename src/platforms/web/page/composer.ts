import { h, type JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { get } from './api.ts'
import { NARROW } from './settings.ts'

interface Suggestion {
  readonly line: string
  readonly title: string
}

export interface ComposerProps {
  /** The lines that the reader typed, oldest first. */
  readonly typed: readonly string[]
  /** Sends a line. Resolves to whether the server has it; the field keeps a line that it has not. */
  send(line: string): Promise<boolean>
  /** Status in words: the connection, refusals. */
  readonly notice: string
}

/** Returns the commands that match; once a command is complete, the values that it takes. */
function matching(suggestions: readonly Suggestion[], typed: string): Suggestion[] {
  const matches = suggestions.filter(({ line }) => line.startsWith(typed) && line !== typed)
  const commands = matches.filter(({ line }) => !line.includes(' '))
  return commands.length > 0 ? commands : matches
}

/**
 * The field for a line. Suggests commands while one is typed, by the ARIA pattern of a combobox with a list: arrow keys
 * choose, Enter and Tab accept, Escape closes. The up arrow in an empty field brings earlier lines back.
 */
export function Composer({ typed, send, notice }: ComposerProps): JSX.Element {
  const field = useRef<HTMLInputElement>(null)
  const [options, setOptions] = useState<readonly Suggestion[]>([])
  const [active, setActive] = useState(-1)
  /** Number of the latest request. A response that arrives after the list was closed does not open it. */
  const asked = useRef(0)
  /** How many lines back the field shows; 0 for a line of its own. */
  const back = useRef(0)

  useEffect(() => {
    // On a phone, focus would open the keyboard over the page.
    if (!matchMedia(NARROW).matches) field.current?.focus()
  }, [])

  useEffect(() => {
    document.getElementById(`suggestion-${active}`)?.scrollIntoView({ block: 'nearest' })
  }, [active])

  function close(): void {
    asked.current += 1
    setOptions([])
    setActive(-1)
  }

  async function suggest(value: string): Promise<void> {
    if (!value.startsWith('/')) return close()
    asked.current += 1
    const mine = asked.current
    const found = matching((await get<Suggestion[]>('/suggestions')) ?? [], value.toLowerCase())
    if (mine !== asked.current || document.activeElement !== field.current) return
    setOptions(found)
    setActive(-1)
  }

  function fill(line: string): void {
    if (field.current) field.current.value = line
  }

  function take(option: Suggestion | undefined): void {
    if (!option) return
    fill(option.line)
    close()
    field.current?.focus()
  }

  /** Shows the line so many steps back; false if there is none. */
  function recall(steps: number): boolean {
    const line = steps === 0 ? '' : typed.at(-steps)
    if (steps < 0 || line === undefined) return false
    back.current = steps
    fill(line)
    return true
  }

  function handleKey(event: KeyboardEvent): void {
    if (event.isComposing || event.shiftKey) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (options.length === 0) {
      const isEmpty = back.current > 0 || field.current?.value === ''
      if (step && isEmpty && recall(back.current - step)) event.preventDefault()
      return
    }
    if (step)
      setActive(
        active < 0 && step < 0
          ? options.length - 1
          : (active + step + options.length) % options.length,
      )
    else if (event.key === 'Escape') close()
    else if (event.key === 'Tab') take(options[Math.max(active, 0)])
    else if (event.key === 'Enter' && active >= 0) take(options[active])
    else return
    event.preventDefault()
  }

  async function submit(): Promise<void> {
    const line = field.current?.value ?? ''
    if (line.trim() === '') return
    close()
    back.current = 0
    // The field is emptied only after the server has the line, so that a failure loses no text.
    if ((await send(line)) && field.current?.value === line) fill('')
  }

  return h(
    'form',
    {
      id: 'composer',
      autocomplete: 'off',
      'aria-label': 'Type to Sitrep',
      onSubmit: (event: Event) => {
        event.preventDefault()
        void submit()
      },
    },
    h(
      'div',
      {
        id: 'suggestions',
        role: 'listbox',
        'aria-label': 'Commands',
        tabIndex: -1,
        hidden: options.length === 0,
        // Handle the press before the field loses its focus, because that closes the list.
        onMouseDown: (event: Event) => event.preventDefault(),
      },
      options.map((option, index) =>
        h(
          'div',
          {
            key: option.line,
            id: `suggestion-${index}`,
            role: 'option',
            'aria-selected': index === active,
            onMouseDown: () => take(option),
          },
          h('b', {}, option.line),
          ` ${option.title}`,
        ),
      ),
    ),
    h('label', { for: 'line' }, 'Ask a question or type a command'),
    h(
      'div',
      { class: 'row' },
      h('input', {
        ref: field,
        id: 'line',
        type: 'text',
        placeholder: 'e.g. /briefing',
        role: 'combobox',
        'aria-autocomplete': 'list',
        'aria-expanded': options.length > 0,
        'aria-controls': 'suggestions',
        ...(active >= 0 && { 'aria-activedescendant': `suggestion-${active}` }),
        onInput: event => {
          back.current = 0
          void suggest(event.currentTarget.value)
        },
        onBlur: close,
        onKeyDown: handleKey,
      }),
      h('button', { type: 'submit' }, 'Send'),
    ),
    h('p', { id: 'notice', role: 'status' }, notice),
  )
}
