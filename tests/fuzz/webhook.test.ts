import { fuzzWebhook } from './webhook-contract.ts'

fuzzWebhook(3)
