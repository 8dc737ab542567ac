import { element } from './element.ts'

export interface Form {
  /** What is typed with what was filled in. */
  readonly line: string
  readonly title: string
  readonly label: string
  readonly text?: string
  /** The label of a picture, where one can be given. */
  readonly picture?: string
}

/** What was filled in; a picture as base64. */
export interface Filled {
  readonly line: string
  readonly text: string
  readonly picture?: string
}

let count = 0

/** Draws a form; `send` resolves to whether it has arrived: until then nothing that was written is lost. */
export function drawForm(
  { line, title, label, text = '', picture }: Form,
  send: (filled: Filled) => Promise<boolean>,
): HTMLElement {
  count += 1
  const area = element('textarea')
  Object.assign(area, { id: `text-${count}`, rows: 6, maxLength: 4000, value: text })
  const file = element('input')
  Object.assign(file, {
    id: `file-${count}`,
    type: 'file',
    accept: 'image/jpeg,image/png,image/webp',
  })
  const button = element('button', '', 'Go on')
  // Not named itself: it is there once in each skin, and a page's landmarks have names of their own.
  const form = element('form', 'filled')
  const labelled = (words: string, field: HTMLElement) => {
    const shown = element('label', '', words)
    shown.htmlFor = field.id
    return [shown, field]
  }
  form.append(
    element(
      'fieldset',
      '',
      element('legend', '', title),
      ...labelled(label, area),
      ...(picture === undefined ? [] : labelled(picture, file)),
      button,
    ),
  )
  form.addEventListener('submit', async event => {
    event.preventDefault()
    button.disabled = true
    const [chosen] = file.files ?? []
    const bytes = chosen && (await base64(chosen))
    const filled = { line, text: area.value, ...(bytes !== undefined && { picture: bytes }) }
    button.disabled = await send(filled)
  })
  return element('article', 'message', form)
}

function base64(file: File): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  const reader = new FileReader()
  reader.onload = () => resolve(String(reader.result).replace(/^data:[^,]*,/, ''))
  reader.onerror = () => resolve('')
  reader.readAsDataURL(file)
  return promise
}
