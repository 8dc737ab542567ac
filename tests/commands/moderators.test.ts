import { expect, test } from 'vitest'
import type { BotRequest } from '../../src/bot.ts'
import {
  asModerator,
  isForModerators,
  moderatorOf,
  withAuthority,
} from '../../src/commands/moderators.ts'
import { message, paragraph } from '../../src/message.ts'
import type { ChatRef } from '../../src/platform.ts'
import { texts } from '../../src/texts.ts'
import { type Facts, requestOf } from '../request.ts'

const MODERATORS = { users: ['telegram:42'], roles: ['1/9'] }
const NONE = { users: [], roles: [] }
const DONE = message([paragraph('Done.')])
const SERVER: ChatRef = { platform: 'discord', address: '100', kind: 'channel', within: '1' }
const PRIVATE: ChatRef = { platform: 'telegram', address: '42', kind: 'private' }
const REFUSED = (sentence: string) => ({ refused: message([paragraph(sentence)]) })

function from(user: string | undefined, place: ChatRef, more: Facts = {}): BotRequest {
  return requestOf({ place, ...(user && { user }), ...more })
}

test.each([
  ['a listed user', from('telegram:42', PRIVATE), 'telegram:42'],
  ['a user who is not listed', from('telegram:43', PRIVATE), undefined],
  ['the same number on another platform', from('discord:42', SERVER), undefined],
  ['a listed role', from('discord:5', SERVER, { roles: ['1/8', '1/9'] }), 'discord:5'],
  ['the same role in another server', from('discord:5', SERVER, { roles: ['2/9'] }), undefined],
  ['a request without a user', from(undefined, PRIVATE, { roles: ['1/9'] }), undefined],
])('%s: moderatorOf gives %s', (_, request, actor) => {
  expect(moderatorOf(request, MODERATORS)).toBe(actor)
})

test('the local chat acts as a moderator without any list', () => {
  const place: ChatRef = { platform: 'web', address: 'local', kind: 'private' }
  const local = from(undefined, place, { operator: 'web:local' })
  expect(moderatorOf(local, NONE)).toBe('web:local')
})

test.each([
  ['a moderator in a private chat', from('telegram:42', PRIVATE), true],
  ['a moderator in a group', from('telegram:42', { ...PRIVATE, kind: 'group' }), false],
  ['another user in a private chat', from('telegram:43', PRIVATE), false],
  ['a moderator without a chat', requestOf({ user: 'telegram:42' }), false],
])('%s: what only moderators may read is shown: %s', (_, request, isShown) => {
  expect(isForModerators(request, MODERATORS)).toBe(isShown)
})

test('a moderator’s action runs in their name, and another user’s is refused without running', async () => {
  const actors: string[] = []
  const run = async (actor: string) => {
    actors.push(actor)
    return DONE
  }
  expect(await asModerator(from('telegram:42', PRIVATE), MODERATORS, run)).toBe(DONE)
  expect(await asModerator(from('telegram:43', PRIVATE), MODERATORS, run)).toEqual(
    REFUSED(texts.moderatorsOnly),
  )
  expect(actors).toEqual(['telegram:42'])
})

const manages = (may: boolean | 'unknown') => ({ mayManage: async () => may })

test.each<[string, BotRequest, object | undefined]>([
  ['a moderator acts everywhere', from('telegram:42', PRIVATE), { actor: 'telegram:42' }],
  [
    'a moderator in a server acts everywhere',
    from('discord:5', SERVER, { roles: ['1/9'], ...manages(true) }),
    { actor: 'discord:5' },
  ],
  [
    'a manager of a server acts within that server',
    from('discord:6', SERVER, manages(true)),
    { actor: 'discord:6', within: '1' },
  ],
  [
    'a server member who manages nothing is refused',
    from('discord:6', SERVER, manages(false)),
    undefined,
  ],
  ['unknown rights are refused', from('discord:6', SERVER, manages('unknown')), undefined],
  ['a server request without rights is refused', from('discord:6', SERVER), undefined],
  [
    'a manager is refused if the bot is not a member of the server',
    from('discord:6', SERVER, { barred: 'member', ...manages(true) }),
    undefined,
  ],
  [
    'a manager of a Telegram group is refused',
    from('telegram:7', { ...PRIVATE, kind: 'group', within: '1' }, manages(true)),
    undefined,
  ],
  [
    'a manager in a direct message is refused',
    from('discord:6', { platform: 'discord', address: '100', kind: 'private' }, manages(true)),
    undefined,
  ],
])('%s', async (_, request, authority) => {
  const given: object[] = []
  const answer = await withAuthority(request, MODERATORS, async each => {
    given.push(each)
    return DONE
  })
  expect(given).toEqual(authority ? [authority] : [])
  expect(answer).toEqual(authority ? DONE : REFUSED(texts.sendersOnly))
})
