import { element } from './element.ts'

interface Suggestion {
  readonly line: string
  readonly title: string
}

/** Returns the commands that match; once a command is complete, the values that it takes. */
function matching(suggestions: readonly Suggestion[], typed: string): Suggestion[] {
  const matches = suggestions.filter(({ line }) => line.startsWith(typed) && line !== typed)
  const commands = matches.filter(({ line }) => !line.includes(' '))
  return commands.length > 0 ? commands : matches
}

/** Loads the suggestions; none if the server does not respond. The page reports that when a line is sent. */
async function load(): Promise<Suggestion[]> {
  try {
    return await (await fetch('/suggestions')).json()
  } catch {
    return []
  }
}

/**
 * Suggests commands while one is typed, by the ARIA pattern of a combobox with a list: arrow keys choose, Enter and
 * Tab accept, Escape closes.
 */
export function suggest(input: HTMLInputElement, box: HTMLElement): void {
  let options: HTMLElement[] = []
  let active = -1
  /** Number of the latest request. A response that arrives after the list was closed does not open it. */
  let asked = 0

  async function show(): Promise<void> {
    const typed = input.value
    if (!typed.startsWith('/')) return close()
    asked += 1
    const mine = asked
    const matches = matching(await load(), typed.toLowerCase())
    if (mine !== asked || document.activeElement !== input) return
    if (matches.length === 0) return close()
    options = matches.map(({ line, title }, index) => {
      const option = element('div', '', element('b', '', line), ` ${title}`)
      option.id = `suggestion-${index}`
      option.role = 'option'
      option.dataset.value = line
      return option
    })
    box.replaceChildren(...options)
    box.hidden = false
    input.setAttribute('aria-expanded', 'true')
    choose(-1)
  }

  function close(): void {
    asked += 1
    box.hidden = true
    options = []
    input.setAttribute('aria-expanded', 'false')
    choose(-1)
  }

  function choose(index: number): void {
    active = index
    for (const [at, option] of options.entries()) {
      option.setAttribute('aria-selected', String(at === index))
      if (at === index) option.scrollIntoView({ block: 'nearest' })
    }
    const chosen = options[index]
    if (chosen) input.setAttribute('aria-activedescendant', chosen.id)
    else input.removeAttribute('aria-activedescendant')
  }

  function take(option: HTMLElement | undefined): void {
    if (!option?.dataset.value) return
    input.value = option.dataset.value
    close()
    input.focus()
  }

  input.addEventListener('input', show)
  input.addEventListener('blur', close)
  input.form?.addEventListener('submit', close)
  box.addEventListener('mousedown', event => {
    // Handle the press before the field loses its focus, because that closes the list.
    event.preventDefault()
    take((event.target as Element).closest<HTMLElement>('[role=option]') ?? undefined)
  })
  input.addEventListener('keydown', event => {
    if (options.length === 0 || event.isComposing || event.shiftKey) return
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) choose((active + step + options.length) % options.length)
    else if (event.key === 'Escape') close()
    else if (event.key === 'Tab') take(options[Math.max(active, 0)])
    else if (event.key === 'Enter' && active >= 0) take(options[active])
    else return
    event.preventDefault()
  })
}
