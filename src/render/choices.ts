import type { Action, CommandAction } from '../message.ts'
import { spaced } from './clean.ts'

/** Most choices that stand as plain buttons: a row on Discord, and few enough to read at a glance on Telegram. */
const FEW = 5

/** The actions of a message, with its many choices apart from the buttons before and after them. */
interface ActionGroups {
  readonly before: readonly Action[]
  /** The commands to choose from; empty if there are few, which stand with the other buttons. */
  readonly choices: readonly CommandAction[]
  readonly after: readonly Action[]
}

/**
 * Divides actions into choices and other buttons. A choice is a command without a role that is no step of its own. Up to
 * {@link FEW} of them are buttons like the others. Pure.
 */
export function groupsOf(actions: readonly Action[]): ActionGroups {
  const choices = actions.filter(isChoice)
  if (choices.length <= FEW) return { before: actions, choices: [], after: [] }
  const first = actions.findIndex(isChoice)
  return {
    before: actions.slice(0, first),
    choices,
    after: actions.slice(first).filter(action => !isChoice(action)),
  }
}

function isChoice(action: Action): action is CommandAction {
  return 'command' in action && action.role === undefined && !action.isStep
}

/** Returns the label of a button in one line, behind its icon. Pure. */
export function labelOf({ icon, label }: Action): string {
  return spaced(icon === undefined ? label : `${icon} ${label}`)
}
