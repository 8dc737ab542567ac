import { type CheckResult, resultsOf } from '../../check-result.ts'
import type { Config } from '../../config.ts'
import { counted } from '../../texts/plurals.ts'

const { ok, warning, error } = resultsOf('configuration')
const network = resultsOf('network')

/** Variables that name a proxy of the network: those that Node can use, and others. */
const NODE_PROXIES = ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy']
const OTHER_PROXIES = ['ALL_PROXY', 'all_proxy']

/** Judges the settings. `warnings` are those of the environment and of `.env`. Pure. */
export function judgeConfiguration(config: Config, warnings: readonly string[]): CheckResult[] {
  const { telegram, discord, requiresPlatforms, moderators } = config
  const on = [...(telegram ? ['Telegram'] : []), ...(discord ? ['Discord'] : [])]
  const isLocal = on.length === 0
  const { users, roles } = moderators
  return [
    ...warnings.map(text => warning(text)),
    ...(isLocal
      ? [
          requiresPlatforms
            ? error(
                'REQUIRE_PLATFORMS needs a platform, but no token is set.',
                'Set TELEGRAM_TOKEN or DISCORD_TOKEN.',
              )
            : warning(
                'No token is set, so a start opens the local preview.',
                'To run a bot, set TELEGRAM_TOKEN or DISCORD_TOKEN, or go to the folder of its .env.',
              ),
        ]
      : [ok(`${on.join(' and ')} ${on.length === 1 ? 'has a token' : 'have tokens'}.`)]),
    ...(isLocal || users.length + roles.length > 0
      ? []
      : [
          warning(
            'MODERATORS is empty, so no one can send announcements.',
            'Add your own ID: /whoami shows it.',
          ),
        ]),
    ...(roles.length > 0
      ? [
          warning(
            `MODERATORS has ${counted(roles.length, 'Discord role', 'Discord roles')}.`,
            'Check who can assign them, because that makes moderators.',
          ),
        ]
      : []),
  ]
}

/** Lists the servers in place of the platforms' own, and the proxies. An address may hold a secret, so hosts alone. Pure. */
export function judgeNetwork(
  { telegram, discord }: Config,
  environment: Readonly<Record<string, string | undefined>>,
): CheckResult[] {
  const urls = { TELEGRAM_API_URL: telegram?.apiUrl, DISCORD_API_URL: discord?.apiUrl }
  const others = Object.entries(urls).flatMap(([name, url]) =>
    url && URL.canParse(url) ? [network.ok(`${name} leads to ${new URL(url).host}.`)] : [],
  )
  return [...others, ...judgeProxies(environment)]
}

/**
 * Node 26 uses a proxy only on request, for `fetch`, connections of its shared agent, and through `fetch` those of the
 * library of Discord's REST API. The agent of telegraf for HTTPS and the gateway's WebSocket never use it.
 */
function judgeProxies(environment: Readonly<Record<string, string | undefined>>): CheckResult[] {
  const set = (names: readonly string[]) => names.filter(name => environment[name]?.trim())
  const { NODE_USE_ENV_PROXY, NODE_OPTIONS = '' } = environment
  const isUsed = NODE_USE_ENV_PROXY === '1' || /--use-env-proxy\b/.test(NODE_OPTIONS)
  const used = isUsed ? set(NODE_PROXIES) : []
  const fix =
    'If this machine needs a proxy, set TELEGRAM_API_URL and DISCORD_API_URL to servers that it can reach.'
  if (used.length > 0) {
    return [
      network.warning(
        `Node uses ${used.join(', ')} for some connections, but not for Discord’s gateway and most calls of Telegram’s own server.`,
        `Unset NODE_USE_ENV_PROXY, and remove --use-env-proxy from NODE_OPTIONS. ${fix}`,
      ),
    ]
  }
  const unused = set([...NODE_PROXIES, ...OTHER_PROXIES])
  if (unused.length === 0) return []
  const text = `${unused.join(', ')} is set, but Sitrep connects to the platforms directly.`
  return [network.warning(text, fix)]
}
