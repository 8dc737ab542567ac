import { Client, Events, GatewayIntentBits } from 'discord.js'
import { Telegraf } from 'telegraf'

/** The plainest bot with both clients in one process, loaded before either begins. */
const [telegramToken = '', apiRoot = '', discordToken = '', api = '', answer = '{}'] =
  process.argv.slice(2)
const { text, method: _, ...extra } = JSON.parse(answer)
const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api } })
client.on(Events.InteractionCreate, () => {})
const bot = new Telegraf(telegramToken, { telegram: { apiRoot } })
bot.command('threats', context => context.reply(text, extra))
bot.launch()
client.login(discordToken)
