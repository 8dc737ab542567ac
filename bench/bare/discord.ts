import { Client, Events, GatewayIntentBits } from 'discord.js'

/** The plainest bot: one command, one prepared answer. */
const [token = '', api = '', answer = '{}'] = process.argv.slice(2)
const { components, flags } = JSON.parse(answer)
const client = new Client({ intents: [GatewayIntentBits.Guilds], rest: { api } })
client.on(Events.InteractionCreate, interaction => {
  if (!interaction.isChatInputCommand()) return
  interaction.reply({ components, flags, allowedMentions: { parse: [] } })
})
client.login(token)
