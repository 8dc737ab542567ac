import { crashStorm } from './crash-contract.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

crashStorm({ dialect: 'sqlite', kills: 4, processes: 1, seed })
crashStorm({ dialect: 'postgres', kills: 2, processes: 2, seed })
