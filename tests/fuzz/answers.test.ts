import { fuzzAnswers, fuzzPosts } from './answers-contract.ts'

fuzzAnswers(2)
fuzzPosts(0.5)
