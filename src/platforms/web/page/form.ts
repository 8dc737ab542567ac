import { element } from './element.ts'

export interface Form {
  /** The line that is sent with the fields. */
  readonly line: string
  readonly title: string
  readonly label: string
  readonly text?: string
  /** The label of the picture field; absent if the form has none. */
  readonly picture?: string
  /** Most bytes of the picture. */
  readonly pictureBytes: number
}

/** A submitted form, with the picture in base64. */
export interface Submission {
  readonly line: string
  readonly text: string
  readonly picture?: string
}

const TOO_LARGE = 'The image is over 1 MB. Choose a smaller one.'

let count = 0

/** Draws a form. The form keeps its content after it is sent, so nothing is lost on an error. */
export function drawForm(
  { line, title, label, text = '', picture, pictureBytes }: Form,
  send: (submission: Submission) => Promise<void>,
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
  const button = element('button', '', 'Preview')
  // The form has no accessible name: a name would make it a landmark, and the two skins would have equal landmarks.
  const form = element('form', 'filled')
  file.addEventListener('change', () => file.setCustomValidity(''))
  const labelled = (words: string, field: HTMLElement) => {
    const made = element('label', '', words)
    made.htmlFor = field.id
    return [made, field]
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
    await send({ line, text: area.value, ...(bytes !== undefined && { picture: bytes }) })
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
