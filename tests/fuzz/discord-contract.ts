import fc from 'fast-check'
import { test } from 'vitest'
import { interactionBase } from '../platforms/discord/person.ts'
import { snowflake } from '../platforms/discord/server.ts'
import { CHANNEL, GUILD, KEPT, MODERATORS, reopening } from './app-scene.ts'
import { EVENTS } from './discord-events.ts'
import { lines } from './lines.ts'
import { mutate, mutations } from './mutate.ts'
import { fuzz, share } from './share.ts'

/** Channels of a batch. */
const CHANNELS = 25

const cases = fc.record({
  kind: fc.constantFrom(...Object.keys(EVENTS)),
  place: fc.nat(CHANNELS - 1),
  isModerator: fc.nat(9).map(lot => lot === 0),
  line: lines,
  changes: mutations,
})

/** Mutated dispatches of every kind over the gateway, and ordinary questions behind them. */
export function fuzzDiscord(percent: number): void {
  const count = share(percent)

  test(`${count} mutated Discord events leave a bot that answers`, {
    timeout: 3_600_000,
  }, async () => {
    const bots = reopening(['discord'])

    await fuzz({
      ...{ name: 'discord', cases, count, batch: 100, lifetime: 25 },
      reset: bots.close,
      async play(all) {
        const { discord, question, check } = await bots.open()
        const channels = Array.from({ length: CHANNELS }, () => snowflake())
        for (const { kind, place, isModerator, line, changes } of all) {
          const [type, data] = EVENTS[kind]?.({
            user: isModerator ? MODERATORS.discord : snowflake(),
            ...{
              guild: GUILD,
              channel: channels[place] ?? CHANNEL,
              text: line,
              lure: KEPT.discord,
            },
          }) ?? ['', {}]
          await discord.dispatch(type, mutate(data, changes))
        }
        const questions: Promise<void>[] = []
        for (const place of [...new Set(all.map(({ place }) => place)), CHANNELS]) {
          const { line, answered } = question()
          const channel = channels[place] ?? snowflake()
          const [, words = ''] = line.split(' ')
          await discord.dispatch('INTERACTION_CREATE', {
            ...{ ...interactionBase(`token-${snowflake()}`), type: 2, channel_id: channel },
            user: { id: snowflake(), username: 'bea', discriminator: '0', avatar: null },
            channel: { id: channel, type: 1 },
            data: {
              ...{ id: snowflake(), type: 1, name: 'search' },
              options: [{ type: 3, name: 'words', value: words }],
            },
          })
          questions.push(answered)
        }
        await check(all.length, questions)
      },
    })
  })
}
