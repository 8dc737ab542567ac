import { Telegraf } from 'telegraf'

/** The plainest bot: one command, one prepared answer. */
const [token = '', apiRoot = '', answer = '{}'] = process.argv.slice(2)
const { text, method: _, ...extra } = JSON.parse(answer)
const bot = new Telegraf(token, { telegram: { apiRoot } })
bot.command('threats', context => context.reply(text, extra))
bot.launch()
