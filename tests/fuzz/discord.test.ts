import { fuzzDiscord } from './discord-contract.ts'

fuzzDiscord(8)
