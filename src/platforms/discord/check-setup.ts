import { ApplicationFlagsBitField, Routes } from 'discord.js'
import { type CheckResult, resultsOf } from '../../check-result.ts'
import type { ChatRef } from '../../platform.ts'
import { quote } from '../../redact.ts'
import { counted, listed } from '../../texts/plurals.ts'
import { createClockMeter } from '../clock-meter.ts'
import type { ResponseHead } from '../platform-options.ts'
import { tryOnce } from '../retry.ts'
import {
  type ChatVerdict,
  checkChats,
  failedReport,
  type SetupCheckOptions,
  type SetupReport,
} from '../setup-check.ts'
import { type Api, createApi } from './api.ts'
import { bitsOf, type MemberRights, type Overwrite, rightsIn } from './channel-rights.ts'
import { classifyError } from './failure.ts'
import { missingServerRights } from './guilds.ts'
import { isThreadType, missingPostingRights, postingPlace } from './posting-rights.ts'

const results = resultsOf('discord')
const { ok, warning, error } = results

/** Most servers in one response of Discord, and most of them that are named. */
const SERVERS = 200
const NAMED = 10

/** Fewest connections to the gateway that should be left for the day. */
const FEW_STARTS = 10

type Fields = Readonly<Record<string, unknown>>

/** Checks the bot of a token, its application, and its rights in servers and channels. Opens no gateway. */
export async function checkDiscord(options: SetupCheckOptions): Promise<SetupReport> {
  const { token, apiUrl, clock, signal, timeoutMs } = options
  const meter = createClockMeter(clock)
  let head: ResponseHead | undefined
  const api = createApi({
    ...{ token, signal, timeoutMs, time: meter.time, ...(apiUrl && { apiUrl }) },
    onResponse: each => {
      head = each
    },
  })
  /** Reads an object; empty if Discord does not answer with one. */
  const read = (route: `/${string}`) =>
    api.read(route).then(
      (value): Fields => Object(value),
      (): Fields => ({}),
    )
  try {
    const [me, bot, application, gateway, servers] = await Promise.all([
      tryOnce(api.me, classifyError),
      read(Routes.user()),
      read(Routes.currentApplication()),
      read(Routes.gatewayBot()),
      // A missing list is a warning of its own.
      api.read(`${Routes.userGuilds()}?limit=${SERVERS}` as `/${string}`).catch(() => undefined),
    ])
    const aheadMs = meter.aheadMs()
    const times = aheadMs === undefined ? {} : { aheadMs }
    if (!me.ok) return failedReport('discord', { ...options, failure: me.failure, head }, times)
    const own = me.value
    const guilds = Array.isArray(servers) ? servers.map((each): Fields => Object(each)) : undefined
    const verdicts = createVerdicts(api, own, guilds ?? [], clock.now().epochMilliseconds)
    return {
      results: [
        ok(`Discord accepts the token of ${quote(String(bot.username), [token])} (${own}).`),
        ...judgeApplication(application),
        ...judgeGateway(gateway),
        ...judgeServers(guilds),
        ...(await checkChats(results, options, verdicts)),
      ],
      ...times,
    }
  } finally {
    api.close()
  }
}

const { Flags } = ApplicationFlagsBitField

/** The privileged intents that an application may have, with the flags of small and of large ones. */
const PRIVILEGED = {
  Presence: Flags.GatewayPresence | Flags.GatewayPresenceLimited,
  'Server Members': Flags.GatewayGuildMembers | Flags.GatewayGuildMembersLimited,
  'Message Content': Flags.GatewayMessageContent | Flags.GatewayMessageContentLimited,
} as const

/** Judges the settings of the application, in whatever form. Pure. */
export function judgeApplication(application: Fields): CheckResult[] {
  if (typeof application.id !== 'string') {
    return [warning('Discord doesn’t show the bot’s application.', 'Try again in a minute.')]
  }
  const flags = Number(application.flags) || 0
  const intents = Object.entries(PRIVILEGED).flatMap(([name, bits]) => (flags & bits ? [name] : []))
  const types = application.integration_types_config
  const found = [
    ...(application.interactions_endpoint_url
      ? [
          error(
            'Discord sends commands to an Interactions Endpoint URL, so the bot gets none.',
            'Clear that field in the Developer Portal > General Information.',
          ),
        ]
      : []),
    ...(types && !Object.hasOwn(Object(types), '0')
      ? [
          warning(
            'Servers can’t add the bot.',
            'Tick Guild Install in the Developer Portal > Installation.',
          ),
        ]
      : []),
    ...(application.bot_require_code_grant === true
      ? [
          warning(
            'The bot’s invite link doesn’t work.',
            'Turn off Requires OAuth2 Code Grant in the Developer Portal > Bot.',
          ),
        ]
      : []),
    ...(intents.length > 0
      ? [
          warning(
            `The bot has intents that it doesn’t need: ${listed(intents)}.`,
            'Turn them off in the Developer Portal > Bot > Privileged Gateway Intents.',
          ),
        ]
      : []),
  ]
  return found.length > 0 ? found : [ok('The application has the settings that the bot needs.')]
}

/** Judges how many more connections the gateway accepts, in whatever form. Pure. */
export function judgeGateway({ session_start_limit: limit }: Fields): CheckResult[] {
  const { remaining, reset_after } = Object(limit) as Fields
  if (!Number.isSafeInteger(remaining) || Number(remaining) >= FEW_STARTS) return []
  const hours = Math.ceil((Number(reset_after) || 0) / 3_600_000)
  const text = `Discord accepts ${counted(Number(remaining), 'more connection', 'more connections')} in the next ${counted(hours, 'hour', 'hours')}.`
  const fix = 'The bot was started too often. Find out why, and let it run.'
  return [Number(remaining) === 0 ? error(text, fix) : warning(text, fix)]
}

/** Judges the rights in all servers; `guilds` is undefined if Discord did not list them. Pure. */
export function judgeServers(guilds: readonly Fields[] | undefined): CheckResult[] {
  if (!guilds) return [warning('Discord doesn’t list the bot’s servers.', 'Try again in a minute.')]
  const lacking = guilds.flatMap(({ id, permissions, owner }) => {
    const bits = bitsOf(permissions)
    const isAll = owner === true || (bits & 8n) !== 0n
    const missing = isAll ? [] : missingServerRights(flag => (bits & flag) === flag)
    return missing.length > 0 ? [{ id: idOf(id), missing }] : []
  })
  const more = lacking.length - NAMED
  const total = counted(guilds.length, 'server', 'servers')
  const atLeast = guilds.length >= SERVERS ? 'at least ' : ''
  return [
    ok(`The bot is in ${atLeast}${total}.`),
    ...lacking
      .slice(0, NAMED)
      .map(({ id, missing }) =>
        warning(`In server ${id} the bot lacks ${missing.join(', ')}.`, ADD_RIGHTS),
      ),
    ...(more > 0
      ? [
          warning(
            `Rights are missing in ${counted(more, 'more server', 'more servers')}.`,
            ADD_RIGHTS,
          ),
        ]
      : []),
  ]
}

const ADD_RIGHTS =
  'Let an admin of the server add them to the bot’s role in Server Settings > Roles.'

/** Creates the check of a channel. The bot's membership of each server is read once. */
function createVerdicts(api: Api, own: string, guilds: readonly Fields[], nowMs: number) {
  const members = new Map<string, Promise<MemberRights | undefined>>()

  async function memberOf(server: string): Promise<MemberRights | undefined> {
    const guild = guilds.find(({ id }) => id === server)
    const member = await api.read(Routes.guildMember(server, own)).then(Object, () => undefined)
    if (!guild || !member) return undefined
    const { roles, communication_disabled_until: until } = member as Fields
    return {
      server,
      member: own,
      roles: Array.isArray(roles) ? roles.map(String) : [],
      base: guild.owner === true ? ~0n : bitsOf(guild.permissions),
      isTimedOut: typeof until === 'string' && Date.parse(until) > nowMs,
    }
  }

  /** Resolves to the channel whose exceptions count: of a thread, its parent. */
  async function withParent(channel: Fields): Promise<Fields> {
    if (!isThreadType(channel.type)) return channel
    return Object(await api.read(Routes.channel(idOf(channel.parent_id))))
  }

  return async ({ address, within }: ChatRef): Promise<ChatVerdict> => {
    if (within === undefined) return 'unknown'
    if (guilds.length > 0 && guilds.length < SERVERS && !guilds.some(({ id }) => id === within))
      return { lacks: 'it isn’t in that server' }
    const mine = members.get(within) ?? memberOf(within)
    members.set(within, mine)
    const rights = await mine
    const outcome = await tryOnce(async () => {
      const channel: Fields = Object(await api.read(Routes.channel(address)))
      return { channel, of: await withParent(channel) }
    }, classifyError)
    if (!outcome.ok) {
      return outcome.failure.next === 'gone' ? { lacks: 'it can’t see that channel' } : 'unknown'
    }
    const { channel, of } = outcome.value
    if (!rights || !Array.isArray(of.permission_overwrites)) return 'unknown'
    const bits = rightsIn(
      rights,
      of.permission_overwrites.map((each): Overwrite => Object(each)),
    )
    const missing = missingPostingRights(postingPlace(channel), flag => (bits & flag) === flag)
    return missing.length > 0 ? { lacks: `it lacks ${listed(missing)}` } : undefined
  }
}

/** Returns an ID of a response; 0 if it has another form. Pure. */
function idOf(value: unknown): string {
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? value : '0'
}
