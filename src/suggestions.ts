import type { MenuEntry } from './platform.ts'

/** A line without free words that can be typed: `/threats details`. */
interface Suggestion {
  readonly line: string
  readonly title: string
}

/** Every line without free words that can be typed. */
export function suggestions(menu: readonly MenuEntry[]): Suggestion[] {
  return menu.flatMap(({ name, title, parameters }) => [
    { line: `/${name}`, title },
    ...parameters.flatMap(({ choices }) =>
      choices.map(choice => ({ line: `/${name} ${choice.value}`, title: choice.title })),
    ),
  ])
}
