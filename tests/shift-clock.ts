/** Loaded before the bot: its clock is off by SHIFT_MS, or by what the file SHIFT_FILE says at this moment. */
import { readFileSync } from 'node:fs'

const { SHIFT_MS = '0', SHIFT_FILE } = process.env
const shift = () => Number(SHIFT_FILE ? readFileSync(SHIFT_FILE, 'utf8') : SHIFT_MS)
const { Date: RealDate } = globalThis
const instant = Temporal.Now.instant.bind(Temporal.Now)

class ShiftedDate extends RealDate {
  constructor(...given: unknown[]) {
    super(...((given.length > 0 ? given : [ShiftedDate.now()]) as [number]))
  }
  static override now(): number {
    return RealDate.now() + shift()
  }
}

globalThis.Date = ShiftedDate as DateConstructor
Temporal.Now.instant = () => instant().add({ milliseconds: shift() })
