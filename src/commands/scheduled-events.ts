import { currentZone } from '../clock.ts'
import { EVENTS } from '../content/edition.ts'
import type { Message } from '../message.ts'
import { texts } from '../texts.ts'
import type { Access } from './chat-access.ts'
import type { Call } from './command.ts'
import { pagePanel } from './panel.ts'
import { optionsOf } from './subscribe-commands.ts'

const words = texts.scheduledEvents

/** Time until a server is tried anew whose lack of a right is known already, in hours. */
const AGAIN_HOURS = 24

/**
 * Turns the events in the list of the chat's server on or off. The caller has checked that the user may manage the chat.
 * Throws {@link StoreError}.
 */
export async function setServerEvents(access: Access, call: Call, value: string): Promise<Message> {
  const { place, serverEvents, subscription } = access
  const { store, now, registry } = call
  const typed = value.toLowerCase()
  if (!store || !serverEvents) return pagePanel('what', optionsOf(access, call))
  const key = { platform: place.platform, server: serverEvents.server }
  const { mayCreate } = serverEvents
  const shown = (isOn: boolean, said: string) =>
    pagePanel('what', { ...optionsOf(access, call), serverEvents: { isOn } }, said)
  const { many } = registry.edition.eventNames ?? EVENTS
  const zone = currentZone(subscription.zone)
  switch (typed) {
    case 'on':
      await store.scheduledEvents.turnOn(
        key,
        subscription.zone,
        mayCreate ? undefined : { refused: 'rights', nextAt: now.add({ hours: AGAIN_HOURS }) },
      )
      return shown(true, mayCreate ? words.turnedOn(many, zone) : words.lacking(many))
    case 'off':
      await store.scheduledEvents.turnOff(key)
      return shown(false, words.turnedOff)
    default:
      return shown(serverEvents.known?.isOn === true, words.how)
  }
}
