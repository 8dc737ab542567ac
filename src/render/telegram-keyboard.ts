import type { Action, Role } from '../message.ts'
import { groupsOf, labelOf } from './choices.ts'
import { chunk } from './parts.ts'

/** A button. Bot API 9.4: its style is a colour; older apps ignore it. */
export type TelegramButton = { text: string; style?: Role } & (
  | { callback_data: string }
  | { url: string }
)

/** Letters in a row of buttons that a narrow phone shows whole. */
const ROW_LETTERS = 28
/** The room between two buttons and around their labels, in letters. */
const BESIDE = 4
/** Most columns of a page of choices: a thumb still meets each button on a narrow phone. */
const COLUMNS = 4

/** Lays out buttons as rows of a keyboard: many choices as a page of equal columns, in their order. Pure. */
export function keyboard(actions: readonly Action[]): TelegramButton[][] {
  const { before, choices, after } = groupsOf(actions)
  return [...rows(before), ...page(choices), ...rows(after)]
}

/** Puts choices into as many columns as their longest label allows; into rows of any lengths if that is one. */
function page(choices: readonly Action[]): TelegramButton[][] {
  const longest = Math.max(1, ...choices.map(choice => labelOf(choice).length))
  const columns = Math.min(COLUMNS, Math.floor(ROW_LETTERS / longest))
  return columns > 1 ? chunk(choices.map(button), columns) : rows(choices)
}

/** Puts buttons into rows that a narrow phone shows without cutting a label. */
function rows(actions: readonly Action[]): TelegramButton[][] {
  const rows: TelegramButton[][] = []
  let letters = 0
  for (const action of actions) {
    const { length } = labelOf(action)
    const row = rows.at(-1)
    if (row && letters + length <= ROW_LETTERS) row.push(button(action))
    else {
      rows.push([button(action)])
      letters = 0
    }
    letters += length + BESIDE
  }
  return rows
}

function button(action: Action): TelegramButton {
  const shown = { text: labelOf(action), ...(action.role && { style: action.role }) }
  return 'command' in action
    ? { ...shown, callback_data: action.command }
    : { ...shown, url: action.url }
}
