import { h, type JSX } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { Form } from '../protocol.ts'

/** The fields of a submitted form: the image in base64. */
export interface Filled {
  readonly text: string
  readonly picture?: string
}

export interface FormDialogProps {
  readonly form: Form
  /** The text that the reader typed before, if they closed the form without sending it. */
  readonly draft: string | undefined
  /** Submits the form. Resolves to the refusal in words; undefined if the server took it. */
  submit(filled: Filled): Promise<string | undefined>
  /** Closes the form; `text` is what the reader typed. */
  onClose(text: string): void
}

const TOO_LARGE = 'The image is over 1 MB. Choose a smaller one.'
const UNREADABLE = 'Can’t read the image. Choose it again.'

/** Longest text, in UTF-16 units (Discord, text input). */
const LENGTH = 4000

/** A form as Discord opens it: over the page, and closed by Escape. It keeps its text on an error. */
export function FormDialog({ form, draft, submit, onClose }: FormDialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null)
  const area = useRef<HTMLTextAreaElement>(null)
  const file = useRef<HTMLInputElement>(null)
  const [fault, setFault] = useState('')
  const [isSending, setSending] = useState(false)
  useEffect(() => {
    dialog.current?.showModal()
    area.current?.focus()
  }, [])

  async function send(): Promise<void> {
    const [chosen] = file.current?.files ?? []
    file.current?.setCustomValidity((chosen?.size ?? 0) > form.pictureBytes ? TOO_LARGE : '')
    if (file.current?.reportValidity() === false) return
    setSending(true)
    const picture = chosen && (await base64(chosen))
    if (chosen && picture === undefined) {
      setSending(false)
      return setFault(UNREADABLE)
    }
    const text = area.current?.value ?? ''
    const refusal = await submit({ text, ...(picture !== undefined && { picture }) })
    setSending(false)
    setFault(refusal ?? '')
  }

  return h(
    'dialog',
    {
      ref: dialog,
      class: 'form',
      'aria-labelledby': 'form-title',
      onClose: () => onClose(area.current?.value ?? ''),
    },
    h(
      'form',
      {
        onSubmit: (event: Event) => {
          event.preventDefault()
          void send()
        },
      },
      h('h2', { id: 'form-title' }, form.title),
      h('label', { for: 'form-text' }, form.label),
      h('textarea', {
        ref: area,
        id: 'form-text',
        rows: 8,
        maxLength: LENGTH,
        defaultValue: draft ?? form.text ?? '',
      }),
      form.picture === undefined
        ? null
        : [
            h('label', { key: 'label', for: 'form-file' }, form.picture),
            h('input', {
              key: 'file',
              ref: file,
              id: 'form-file',
              type: 'file',
              accept: 'image/jpeg,image/png,image/webp',
              onChange: event => event.currentTarget.setCustomValidity(''),
            }),
          ],
      h('p', { role: 'status', class: 'fault' }, fault),
      h(
        'div',
        { class: 'buttons' },
        h('button', { type: 'button', onClick: () => dialog.current?.close() }, 'Cancel'),
        h('button', { type: 'submit', class: 'primary', disabled: isSending }, 'Preview'),
      ),
    ),
  )
}

/** Resolves to the bytes of a file; to undefined if it cannot be read, as after it was changed or moved. */
function base64(file: File): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const reader = new FileReader()
  reader.onload = () => resolve(String(reader.result).replace(/^data:[^,]*,/, ''))
  reader.onerror = () => resolve(undefined)
  reader.readAsDataURL(file)
  return promise
}
