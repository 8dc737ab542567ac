import { fuzzAnswers, fuzzPosts } from './answers-contract.ts'

fuzzAnswers(0.6)
fuzzPosts(0.2)
