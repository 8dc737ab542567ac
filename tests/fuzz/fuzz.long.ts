import { fuzzAnswers, fuzzPosts } from './answers-contract.ts'
import { fuzzContent } from './content-contract.ts'
import { fuzzDiscord } from './discord-contract.ts'
import { fuzzTelegram } from './telegram-contract.ts'
import { fuzzWebhook } from './webhook-contract.ts'

// With the shares of `npm test` they make the whole of FUZZ_CASES.
fuzzTelegram(39)
fuzzDiscord(22.5)
fuzzWebhook(17)
fuzzContent(3.1)
fuzzAnswers(4.4)
fuzzPosts(1.3)
