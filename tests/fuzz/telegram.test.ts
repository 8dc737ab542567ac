import { fuzzTelegram } from './telegram-contract.ts'

fuzzTelegram(6)
