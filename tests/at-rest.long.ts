import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import manifest from '../package.json' with { type: 'json' }
import * as discord from './platforms/discord/server.ts'
import * as telegram from './platforms/telegram/server.ts'
import { databaseFolder, temporaryFolder } from './store/stores.ts'

const root = join(import.meta.dirname, '..')

/** Writes the packages that the main thread has loaded when the process ends. */
const OBSERVER = `data:text/javascript,${encodeURIComponent(`
  import { writeFileSync } from 'node:fs'
  import { registerHooks } from 'node:module'
  import { isMainThread } from 'node:worker_threads'
  const names = new Set()
  if (isMainThread && process.env.LOADED) {
    registerHooks({
      resolve(specifier, context, next) {
        const found = next(specifier, context)
        const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(found.url)?.[1]
        if (name) names.add(name)
        return found
      },
    })
    process.on('exit', () => {
      if (process.moduleLoadList.some(each => each.includes('deps/amaro'))) names.add('amaro')
      writeFileSync(process.env.LOADED, JSON.stringify([...names]))
    })
  }
`)}`

/** Starts and ends Sitrep. Returns the packages of `package.json` that it has loaded, and Node's TypeScript compiler. */
async function loaded(env: Record<string, string>): Promise<string[]> {
  const file = join(temporaryFolder(), 'loaded.json')
  const child = spawn(process.execPath, [join(root, 'bin/sitrep.mjs')], {
    cwd: root,
    env: {
      ...{ PATH: process.env.PATH, PORT: '0' },
      ...{ NODE_OPTIONS: `--import=${OBSERVER}`, LOADED: file },
      DATABASE_URL: `file:${databaseFolder()}/sitrep.db`,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const exit = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) {
    if (/"event":"started"|^Sitrep is open at/.test(line)) break
  }
  child.kill('SIGTERM')
  expect(await exit).toEqual([0, null])
  const names: string[] = JSON.parse(readFileSync(file, 'utf8'))
  return names.filter(name => name in manifest.dependencies || name === 'amaro').sort()
}

/** The first start fills the compile cache, and parses the content. */
async function loadedAtRest(env: Record<string, string>): Promise<string[]> {
  await loaded(env)
  return loaded(env)
}

/** Packages that every way of running needs. Each takes memory for as long as the process lives. */
const ALWAYS = [
  ...['@hono/node-server', 'diff', 'hono', 'image-size', 'kysely', 'mdast-util-to-string'],
  ...['minisearch', 'node-cron', 'pino', 'remark-gfm', 'remark-parse', 'rrule-temporal'],
  ...['string-width', 'tlds', 'unified', 'unist-util-visit', 'wrap-ansi', 'zod'],
]

test('with both platforms only these packages are in memory, and no TypeScript compiler', async () => {
  const servers = [await telegram.openTelegramServer(), await discord.openDiscordServer()]
  const [telegramUrl = '', discordUrl = ''] = servers.map(({ url }) => url)
  const found = await loadedAtRest({
    ...{ TELEGRAM_TOKEN: telegram.TOKEN, TELEGRAM_API_URL: telegramUrl },
    ...{ DISCORD_TOKEN: discord.TOKEN, DISCORD_API_URL: discordUrl },
  })
  expect(found).toEqual([...ALWAYS, 'discord.js', 'telegraf'].sort())
})

test('in the local chat only these packages are in memory, and no TypeScript compiler', async () => {
  expect(await loadedAtRest({})).toEqual([...ALWAYS, 'preact'].sort())
})
