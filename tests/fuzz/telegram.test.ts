import { fuzzTelegram } from './telegram-contract.ts'

fuzzTelegram(20)
