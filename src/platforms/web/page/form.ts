import { element } from './element.ts'

export interface Form {
  /** What is typed with what was filled in. */
  readonly line: string
  readonly title: string
  readonly label: string
  readonly text?: string
  /** The label of a picture, where one can be given. */
  readonly picture?: string
  /** Most bytes of the picture. */
  readonly pictureBytes: number
}

/** What was filled in; a picture as base64. */
export interface Filled {
  readonly line: string
  readonly text: string
  readonly picture?: string
}

const TOO_LARGE = 'The picture has more than 1 MB. Choose a smaller one.'

let count = 0

/** Draws a form. What was written stays in it, whatever becomes of what is sent. */
export function drawForm(
  { line, title, label, text = '', picture, pictureBytes }: Form,
  send: (filled: Filled) => Promise<void>,
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
  file.addEventListener('change', () => file.setCustomValidity(''))
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
    file.setCustomValidity((chosen?.size ?? 0) > pictureBytes ? TOO_LARGE : '')
    if (!form.reportValidity()) {
      button.disabled = false
      return
    }
    const bytes = chosen && (await base64(chosen))
    const filled = { line, text: area.value, ...(bytes !== undefined && { picture: bytes }) }
    await send(filled)
    button.disabled = false
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
