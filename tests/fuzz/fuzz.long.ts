import { fuzzAnswers, fuzzPosts } from './answers-contract.ts'
import { fuzzContent } from './content-contract.ts'
import { fuzzDiscord } from './discord-contract.ts'
import { fuzzTelegram } from './telegram-contract.ts'
import { fuzzWebhook } from './webhook-contract.ts'

// With the shares of `npm test` they make the whole of FUZZ_CASES.
fuzzTelegram(25)
fuzzDiscord(17)
fuzzWebhook(12)
fuzzContent(2)
fuzzAnswers(3)
fuzzPosts(1)
