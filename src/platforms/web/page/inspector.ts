import { h, type JSX } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { Entry, InspectedCall, Inspection, Place } from '../protocol.ts'
import { get } from './api.ts'
import { Copy, useEscape } from './parts.ts'

export interface InspectorProps {
  readonly place: Place
  /** The entry whose requests are shown; absent if there is none yet. */
  readonly entry: Entry | undefined
  onClose(): void
}

const COUNT = new Intl.NumberFormat('en-GB')

/** The requests behind a message: their JSON, the limits that they use, and what the platform would object to. */
export function Inspector({ place, entry, onClose }: InspectorProps): JSX.Element {
  const [found, setFound] = useState<Inspection>()
  const { key, id, line } = entry ?? {}

  useEffect(() => {
    let isLatest = true
    if (key !== undefined) {
      get<Inspection>(`/entries/${key}?place=${place}`).then(inspection => {
        if (isLatest) setFound(inspection)
      })
    } else setFound(undefined)
    return () => {
      isLatest = false
    }
  }, [key, id, place])

  useEscape(onClose)

  return h(
    'aside',
    { class: 'inspector', 'aria-label': 'Requests of a message' },
    h(
      'header',
      {},
      h('h2', {}, line === undefined ? 'Requests' : `Requests of ${line}`),
      h('button', { type: 'button', onClick: onClose }, 'Close'),
    ),
    found
      ? [
          found.parsed ? h(Parsed, { key: 'parsed', parsed: found.parsed }) : null,
          h(Calls, { key: 'discord', title: 'To Discord', calls: found.discord }),
          h(Calls, { key: 'telegram', title: 'To Telegram', calls: found.telegram }),
        ]
      : h('p', {}, 'Choose Show requests below a message.'),
  )
}

function Calls({
  title,
  calls,
}: {
  readonly title: string
  readonly calls: readonly InspectedCall[]
}): JSX.Element {
  return h(
    'section',
    {},
    h('h3', {}, title),
    calls.length === 0 ? h('p', {}, 'Nothing was sent.') : null,
    calls.map((call, index) => h(Call, { key: index, call })),
  )
}

function Call({
  call: { call, body, files = [], limits, objections },
}: {
  readonly call: InspectedCall
}): JSX.Element {
  return h(
    'div',
    { class: 'call' },
    h('h4', {}, h('code', {}, call)),
    h(
      'ul',
      { class: 'limits' },
      limits.map(({ name, used, most }) =>
        h(
          'li',
          { key: name },
          h('meter', { max: most, value: used, high: most * 0.9, 'aria-label': name }),
          ` ${name}: ${COUNT.format(used)} of ${COUNT.format(most)}`,
        ),
      ),
    ),
    objections.length === 0
      ? h('p', { class: 'fine' }, 'No objections.')
      : h(
          'ul',
          { class: 'objections' },
          objections.map(each => h('li', { key: each }, each)),
        ),
    files.length === 0
      ? null
      : h(
          'ul',
          { class: 'files' },
          files.map(({ part, filename, type }) =>
            h('li', { key: part }, h('code', {}, part), `: ${filename}, ${type}`),
          ),
        ),
    h(Json, { value: body }),
  )
}

function Parsed({
  parsed: { body, lost },
}: {
  readonly parsed: NonNullable<Inspection['parsed']>
}) {
  return h(
    'section',
    {},
    h('h3', {}, 'Text as the bot read it'),
    lost.length === 0 ? null : h('p', {}, `Not sent: ${lost.join(', ')}.`),
    h(Json, { value: body }),
  )
}

function Json({ value }: { readonly value: object }): JSX.Element {
  const text = JSON.stringify(value, null, 2)
  return h(
    'div',
    { class: 'json' },
    h(Copy, { text, label: 'Copy JSON' }),
    h('pre', { tabIndex: 0 }, text),
  )
}
