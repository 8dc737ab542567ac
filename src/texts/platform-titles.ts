/** The names of the platforms for people. */
export const PLATFORM_TITLES: Readonly<Record<string, string>> = {
  telegram: 'Telegram',
  discord: 'Discord',
  web: 'Local chat',
}

/** Returns the name of a platform for people; an unknown name as it is. Pure. */
export function platformTitle(name: string): string {
  return PLATFORM_TITLES[name] ?? name
}
