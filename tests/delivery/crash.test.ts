import { crashStorm } from './crash-contract.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

crashStorm({ dialect: 'sqlite', chats: 200, kills: 2, processes: 1, seed })
crashStorm({ dialect: 'postgres', chats: 200, kills: 1, processes: 2, seed })
