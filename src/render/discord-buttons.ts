import type { Action } from '../message.ts'
import { texts } from '../texts.ts'
import { groupsOf, labelOf } from './choices.ts'
import { chunk, graphemeEnd } from './parts.ts'

export interface ActionRow {
  readonly type: 1
  readonly components: readonly (Button | Select)[]
}
type Button = { readonly type: 2; readonly label: string } & (
  | { readonly style: 1 | 2 | 4; readonly custom_id: string }
  | { readonly style: 5; readonly url: string }
)
interface Select {
  readonly type: 3
  readonly custom_id: string
  readonly placeholder: string
  readonly options: readonly { readonly label: string; readonly value: string }[]
}

/** Discord: 5 buttons in a row, or 1 menu of 25 choices. */
const ROW_BUTTONS = 5
const MENU_CHOICES = 25
/** Discord: UTF-16 units of a button's label, and of a choice in a menu. */
const LABEL_LENGTH = 80
const CHOICE_LENGTH = 100

/**
 * Puts buttons into rows of five, and many choices into menus. Keeps the first of several buttons with the same command,
 * because Discord refuses two.
 */
export function actionRows(all: readonly Action[]): ActionRow[] {
  const targets = all.map(target)
  const actions = all.filter((_, index) => targets.indexOf(targets[index] ?? '') === index)
  const { before, choices, after } = groupsOf(actions)
  const menus = chunk(choices, MENU_CHOICES).map((choices, index): ActionRow => {
    const options = choices.map(choice => ({
      label: label(choice, CHOICE_LENGTH),
      value: choice.command,
    }))
    const custom_id = `menu ${index + 1}`
    return { type: 1, components: [{ type: 3, custom_id, placeholder: texts.choose, options }] }
  })
  return [...buttonRows(before), ...menus, ...buttonRows(after)]
}

function buttonRows(actions: readonly Action[]): ActionRow[] {
  return chunk(actions.map(button), ROW_BUTTONS).map(components => ({ type: 1, components }))
}

function target(action: Action): string {
  return 'command' in action ? action.command : action.url
}

function button(action: Action): Button {
  return 'command' in action
    ? { type: 2, style: styleOf(action), label: label(action), custom_id: action.command }
    : { type: 2, style: 5, label: label(action), url: action.url }
}

/** Discord: 1 is primary, 2 secondary, 4 danger. */
function styleOf({ role }: Action): 1 | 2 | 4 {
  if (role === 'primary') return 1
  return role === 'danger' ? 4 : 2
}

/** The label of an action, cut at the end of a grapheme. */
function label(action: Action, most = LABEL_LENGTH): string {
  const text = labelOf(action)
  return text.length <= most ? text : `${text.slice(0, graphemeEnd(text, most - 1))}…`
}
