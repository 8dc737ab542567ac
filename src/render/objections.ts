import { parseTelegram } from './telegram-parser.ts'

/** A limit of a platform, and how much of it a message uses. */
interface Usage {
  readonly name: string
  readonly used: number
  readonly most: number
}

/** The limits that a message uses, and the objections of its platform. */
export interface Verdict {
  readonly limits: readonly Usage[]
  /** Sentences; none if the platform takes the message. */
  readonly objections: readonly string[]
}

/** A component of a message on Discord, in the form of its API. */
interface Component {
  readonly type: number
  readonly components?: readonly Component[]
  readonly content?: string
  readonly label?: string
  readonly custom_id?: string
  readonly placeholder?: string
  readonly url?: string
  readonly options?: readonly { readonly label: string; readonly value: string }[]
}

/** Discord, message components: the types. */
const [ROW, BUTTON, MENU, TEXT] = [1, 2, 3, 10] as const

/**
 * Judges the body of a message by Discord's reference of message components: 4,000 characters over all texts, 40
 * components with nested ones, 5 buttons in a row, 25 choices in a menu, labels of 80, choices and ids of 100, and
 * placeholders of 150 characters. A body of more than about 10,170 bytes is answered with 500. Pure.
 */
export function judgeDiscord(body: { readonly components: readonly Component[] }): Verdict {
  const all = body.components.flatMap(withNested)
  const texts = all.filter(({ type }) => type === TEXT).map(({ content = '' }) => content)
  const ids = all.flatMap(({ custom_id }) => custom_id ?? [])
  const limits = [
    { name: 'characters', used: sum(texts.map(text => text.length)), most: 4000 },
    { name: 'components', used: all.length, most: 40 },
    { name: 'bytes', used: Buffer.byteLength(JSON.stringify(body)), most: 10_170 },
  ]
  return {
    limits,
    objections: [
      ...exceeded(limits),
      ...(texts.some(text => text.trim() === '') ? ['A text is empty.'] : []),
      ...(new Set(ids).size < ids.length ? ['Two buttons have the same custom_id.'] : []),
      ...all.flatMap(objectionsOf),
    ],
  }
}

function withNested(component: Component): Component[] {
  return [component, ...(component.components ?? []).flatMap(withNested)]
}

function objectionsOf(component: Component): string[] {
  const { type, components = [], options = [], url } = component
  const { label = '', custom_id = '', placeholder = '' } = component
  const isLinked = type === BUTTON && url !== undefined
  const checks: [boolean, string][] = [
    [type === ROW && components.length === 0, 'A row is empty.'],
    [type === ROW && components.length > 5, `A row has ${components.length} of 5 buttons.`],
    [type === BUTTON && label.trim() === '', 'A button has no label.'],
    [label.length > 80, `A label has ${label.length} of 80 characters.`],
    [custom_id.length > 100, `A custom_id has ${custom_id.length} of 100 characters.`],
    [type === BUTTON && !isLinked && custom_id === '', 'A button has no custom_id.'],
    [isLinked && !/^(https?|discord):\/\//.test(url), `A button cannot open ${url}.`],
    [placeholder.length > 150, `A placeholder has ${placeholder.length} of 150 characters.`],
    [type === MENU && options.length === 0, 'A menu has no choices.'],
    [options.length > 25, `A menu has ${options.length} of 25 choices.`],
    [
      options.some(each => each.label.length > 100 || each.value.length > 100),
      'A choice has more than 100 characters.',
    ],
    [
      new Set(options.map(({ value }) => value)).size < options.length,
      'Two choices of a menu have the same value.',
    ],
  ]
  return checks.flatMap(([isFault, sentence]) => (isFault ? sentence : []))
}

/** The body of a message on Telegram, in the form of the Bot API. */
interface TelegramMessage {
  readonly text?: string
  readonly caption?: string
  readonly photo?: unknown
  readonly document?: unknown
  readonly reply_markup?:
    | {
        readonly inline_keyboard: readonly (readonly {
          readonly text: string
          readonly callback_data?: string
          readonly url?: string
        }[])[]
      }
    | undefined
}

/**
 * Judges the body of a message by the Bot API: 4,096 characters of text or 1,024 of a caption after entities (UTF-16
 * units), 100 entities, 100 buttons with 64 bytes of data each, and HTML of the known tags. Pure.
 */
export function judgeTelegram(body: TelegramMessage): Verdict {
  const { text, caption = '', photo, document, reply_markup } = body
  const source = text ?? caption
  const { shown, entities, fault } = parseTelegram(source)
  const buttons = (reply_markup?.inline_keyboard ?? []).flat()
  const limits = [
    { name: 'characters', used: shown.length, most: text === undefined ? 1024 : 4096 },
    { name: 'entities', used: entities, most: 100 },
    { name: 'buttons', used: buttons.length, most: 100 },
  ]
  const isEmpty = !fault && shown.trim() === '' && !photo && !document
  return {
    limits,
    objections: [
      ...exceeded(limits),
      ...(isEmpty ? ['The message text is empty.'] : []),
      ...(fault ? [fault] : []),
      ...buttons.flatMap(({ text: label, callback_data, url }) => {
        const bytes = Buffer.byteLength(callback_data ?? '')
        const isLink = url !== undefined && /^(https?|tg|mailto):/.test(url)
        return [
          ...(label.trim() === '' ? ['A button has no text.'] : []),
          ...(bytes > 64 ? [`The data of a button has ${bytes} of 64 bytes.`] : []),
          ...(callback_data || isLink ? [] : ['A button has neither data nor a link.']),
        ]
      }),
    ],
  }
}

function exceeded(limits: readonly Usage[]): string[] {
  return limits
    .filter(({ used, most }) => used > most)
    .map(({ name, used, most }) => `The message has ${used} of ${most} ${name}.`)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0)
}
