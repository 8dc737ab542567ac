import type { View } from '../protocol.ts'

/** Everything that the controls choose. */
export interface Settings extends View {
  readonly theme: 'system' | 'light' | 'dark'
  readonly width: 'full' | 'phone' | 'tablet'
  /** Whether the platforms take images, or refuse them as some chats do. */
  readonly images: 'shown' | 'refused'
}

/** Settings that a control changes; undefined for one that it clears. */
export type Change = { readonly [K in keyof Settings]?: Settings[K] | undefined }

/** The styles of tables, with their labels. The first one is that of a chat without a setting. */
export const TABLES = {
  grid: 'Grid',
  cards: 'Cards',
  picture: 'Image',
  'dark-picture': 'Dark image',
} as const

/** The values of each control, with their labels. The first one is the default. */
export const CHOICES = {
  platform: { both: 'Both', discord: 'Discord', telegram: 'Telegram' },
  place: {
    private: 'Private chat',
    group: 'Group',
    channel: 'Channel',
    server: 'Server',
    'user-installed': 'User-installed app',
  },
  role: { moderator: 'Moderator', admin: 'Admin', reader: 'Reader' },
  tables: { '': 'Chat’s setting', ...TABLES },
  images: { shown: 'Shown', refused: 'Refused' },
  theme: { system: 'System', light: 'Light', dark: 'Dark' },
  width: { full: 'Full', phone: 'Phone', tablet: 'Tablet' },
} as const

/** Two panes side by side do not fit on a narrow window, so the default there is one. */
export const NARROW = '(max-width: 700px)'

const KEPT = ['theme', 'width'] as const

/** Reads the settings of the page's address, then of the last visit. Unknown values count as absent. */
export function readSettings(): Settings {
  const query = new URLSearchParams(location.search)
  const chosen = <K extends keyof typeof CHOICES>(name: K) => {
    const kept = (KEPT as readonly string[]).includes(name) ? localStorage.getItem(name) : null
    const values = Object.keys(CHOICES[name]) as (keyof (typeof CHOICES)[K])[]
    const value = query.get(name) ?? kept
    return values.find(each => each === value) ?? (values[0] as keyof (typeof CHOICES)[K])
  }
  const today = query.get('today') ?? ''
  const tables = chosen('tables')
  const isNarrow = matchMedia(NARROW).matches && !query.has('platform')
  return {
    platform: isNarrow ? 'telegram' : chosen('platform'),
    place: chosen('place'),
    role: chosen('role'),
    theme: chosen('theme'),
    width: chosen('width'),
    images: chosen('images'),
    ...(isDateTime(today) && { today }),
    ...(tables !== '' && { tables }),
  }
}

/** Writes the settings into the page's address, so that a link shows the same, and keeps what belongs to the reader. */
export function writeSettings(settings: Settings): void {
  for (const name of KEPT) localStorage.setItem(name, settings[name])
  const query = new URLSearchParams(
    Object.entries(settings).filter(([, value]) => value !== undefined),
  )
  history.replaceState(null, '', `?${query}`)
}

/** Returns the part of the settings that answers depend on. */
export function viewOf({ theme: _, width: __, images: ___, ...view }: Settings): View {
  return view
}

function isDateTime(text: string): boolean {
  const date = new Date(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text) ? `${text}Z` : '')
  // A day such as 30 February would become one of March.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}
