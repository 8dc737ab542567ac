import { fuzzDiscord } from './discord-contract.ts'

fuzzDiscord(2.5)
