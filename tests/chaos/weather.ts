import type { DiscordServer } from '../platforms/discord/server.ts'
import * as discordFaults from '../platforms/discord/server.ts'
import type { TelegramServer } from '../platforms/telegram/server.ts'
import * as telegramFaults from '../platforms/telegram/server.ts'

const { answerWith, half, hang, refuse, reset } = telegramFaults

type TelegramFault = NonNullable<ReturnType<TelegramServer['weather']>>['fault']
type DiscordFault = discordFaults.Fault

/** Waits that are none, or shorter than the test: longer ones would be kept. */
const many = (wait: unknown) => refuse(429, 'Too Many Requests', { retry_after: wait })

/** Bad answers of Telegram, or of a proxy before it, for a while. Each ends of itself. */
export const TELEGRAM: Readonly<Record<string, TelegramFault>> = {
  'a wait of one second': many(1),
  'a wait that is a word': many('abc'),
  'a wait that is negative': many(-5),
  'a wait that is an object': many({}),
  'a passing 401': refuse(401, 'Unauthorized'),
  'an error of its own': refuse(500, 'Internal Server Error'),
  'a page': answerWith(502, '<html>Bad Gateway</html>'),
  'a good page': answerWith(200, '<html>Welcome</html>'),
  'a wrong type': answerWith(200, '{"ok":true,"result":"yes"}', {
    'content-type': 'application/json',
  }),
  'half an answer': half,
  'no answer': hang,
  'a reset': reset,
  'another poller': refuse(409, 'Conflict: terminated by other getUpdates request'),
}

/** The same of Discord's REST API. */
export const DISCORD: Readonly<Record<string, DiscordFault>> = {
  'a wait in passing': discordFaults.refuse(429, 0, { 'retry-after': '1' }),
  'a wait that is a word': discordFaults.refuse(429, 0, { 'retry-after': 'abc' }),
  'a wait that is negative': discordFaults.refuse(429, 0, { 'retry-after': '-5' }),
  'an error of its own': discordFaults.refuse(500, 0),
  'a page': discordFaults.answerWith(502, '<html>'),
  'a good page': discordFaults.answerWith(200, '<html>'),
  'half an answer': discordFaults.half,
  'no answer': discordFaults.hang,
  'a reset': discordFaults.reset,
}

/** Frames that no gateway should send. */
const FRAMES = [
  '',
  '{',
  'null',
  '{"op":0}',
  '{"op":99,"d":{}}',
  '{"op":0,"t":"READY","s":-1,"d":null}',
]

/** Faults of the gateway. */
export const GATEWAY: Readonly<Record<string, (discord: DiscordServer) => void>> = {
  'the gateway breaks off': ({ gateway }) => gateway.drop(),
  'the gateway closes': ({ gateway }) => gateway.drop(4000),
  'the gateway asks to come again': ({ gateway }) => gateway.send('{"op":7,"d":null}'),
  'the gateway ends the session': ({ gateway }) => gateway.send('{"op":9,"d":false}'),
  'the gateway talks nonsense': ({ gateway }) => FRAMES.forEach(gateway.send),
}
