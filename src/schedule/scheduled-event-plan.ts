import { createHash } from 'node:crypto'
import { scheduledEvent, spanOf } from '../briefing/scheduled-event.ts'
import { isSameSpelling } from '../clock.ts'
