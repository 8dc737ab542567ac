import { readDiscord } from '../../discord-markdown.ts'
import type { Person } from '../../platform-contract.ts'
import { APPLICATION, type DiscordServer, type Shown, snowflake } from './server.ts'

/** Returns a person who types slash commands in a direct message with the bot. */
export function discordPerson(server: DiscordServer): Person {
  const user = { id: snowflake(), username: 'ada', discriminator: '0', avatar: null }
  const channel = { id: snowflake(), type: 1 }
  let token = ''
  let last: Shown | undefined

  function interaction(more: object): object {
    token = `token-${snowflake()}`
    return { ...interactionBase(token), user, channel, channel_id: channel.id, ...more }
  }

  async function part(): Promise<string> {
    last = await server.shown(token).next()
    // Discord removes the marks of a heading, and keeps the blank behind them.
    const text = readDiscord(last.body).replaceAll(/^ /gm, '')
    const mark = /-# (\d+\/\d+)"/.exec(JSON.stringify(last.body))?.[1]
    return mark ? `${text}\n${mark}` : text
  }

  return {
    async type(line) {
      const [name = '', ...words] = line.slice(1).split(' ')
      const value = words.join(' ')
      const options = value ? [{ type: 3, name: 'words', value }] : []
      const data = { id: snowflake(), type: 1, name, options }
      await server.dispatch('INTERACTION_CREATE', interaction({ type: 2, data }))
    },
    async press(label) {
      const button = buttonsOf(last?.body).find(each => each.label === label)
      if (!button) throw new Error(`There is no button ${label}.`)
      const data = { component_type: 2, custom_id: button.custom_id }
      const message = messageOf(last, user)
      await server.dispatch('INTERACTION_CREATE', interaction({ type: 3, data, message }))
    },
    async read() {
      const parts = [await part()]
      const of = Number(/\n1\/(\d+)$/.exec(parts[0] ?? '')?.[1] ?? 1)
      while (parts.length < of) parts.push(await part())
      return parts
    },
  }
}

export function interactionBase(token: string) {
  return {
    id: snowflake(),
    application_id: APPLICATION,
    token,
    version: 1,
    locale: 'en-GB',
    entitlements: [],
    authorizing_integration_owners: { '0': '0' },
    context: 1,
    app_permissions: '0',
    attachment_size_limit: 1,
  }
}

/** A message of the bot's as it comes back with a pressed button. */
export function messageOf(shown: Shown | undefined, asker: object) {
  return {
    id: shown?.message,
    type: 20,
    components: shown?.body.components,
    flags: shown?.body.flags,
    author: { id: APPLICATION, username: 'sitrep', bot: true },
    content: '',
    channel_id: '1',
    interaction_metadata: { user: asker },
  }
}

/** A row of buttons, or with a menu. */
export const row = (...components: readonly object[]) => ({ type: 1, components })

export const buttonOf = (custom_id: string) => ({ type: 2, style: 2, label: custom_id, custom_id })

/** A menu of these lines. */
export const menuOf = (...lines: readonly string[]) => ({
  ...{ type: 3, custom_id: 'menu 1' },
  options: lines.map(value => ({ label: value, value })),
})

interface Button {
  readonly label: string
  readonly custom_id: string
}

// biome-ignore lint/suspicious/noExplicitAny: components as they came in.
function buttonsOf(component: any): Button[] {
  if (component?.type === 2) return [component]
  return (component?.components ?? []).flatMap(buttonsOf)
}
