import type { MenuEntry } from './bot.ts'

/** A line without free text that a user can type: `/threats details`. */
interface Suggestion {
  readonly line: string
  readonly title: string
}

/** Lists every line without free text that a user can type. */
export function suggestions(menu: readonly MenuEntry[]): Suggestion[] {
  return menu.flatMap(({ name, title, parameters }) => [
    { line: `/${name}`, title },
    ...parameters.flatMap(({ choices }) =>
      choices.map(choice => ({ line: `/${name} ${choice.value}`, title: choice.title })),
    ),
  ])
}
