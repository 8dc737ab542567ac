import { type CheckResult, resultsOf } from '../../check-result.ts'
import type { Config } from '../../config.ts'
import { counted } from '../../texts/plurals.ts'

const { ok, warning, error } = resultsOf('configuration')
const network = resultsOf('network')

/** Variables that name a proxy of the network. */
const PROXIES = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'https_proxy', 'http_proxy', 'all_proxy']

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
  const proxies = PROXIES.filter(name => environment[name]?.trim())
  return [
    ...others,
    ...(proxies.length > 0
      ? [
          network.warning(
            `${proxies.join(', ')} is set, but Sitrep connects to the platforms directly.`,
            'If this machine needs a proxy, set TELEGRAM_API_URL and DISCORD_API_URL to servers that it can reach.',
          ),
        ]
      : []),
  ]
}
