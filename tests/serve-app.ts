/**
 * The bot as a process of its own, with a lease that is shorter than an operator's (LEASE_TTL_MS), and
 * posting as fast as this machine answers where there is UNLIMITED. CHECK_MS is the longest check of rights.
 */
import { createService } from '../src/app/service.ts'
import { readConfig } from '../src/config.ts'
import { openLog } from '../src/log.ts'

const log = await openLog({ level: 'debug', secrets: [], pretty: false, output: process.stdout })
const app = createService(readConfig(process.env), {
  log,
  leaseTtlMs: Number(process.env.LEASE_TTL_MS),
  isUnlimited: process.env.UNLIMITED !== undefined,
  ...(process.env.CHECK_MS !== undefined && { checkMs: Number(process.env.CHECK_MS) }),
})
process.on('SIGTERM', () => {
  app.stop().then(() => process.exit())
})
await app.start()
log.info({ event: 'started', address: app.address() }, 'Started.')
