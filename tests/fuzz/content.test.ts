import { fuzzContent } from './content-contract.ts'

fuzzContent(1.5)
