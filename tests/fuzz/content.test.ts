import { fuzzContent } from './content-contract.ts'

fuzzContent(0.4)
