import { crashStorm } from './crash-contract.ts'

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000)

crashStorm({ dialect: 'sqlite', chats: 2000, kills: 50, processes: 1, seed })
crashStorm({ dialect: 'postgres', chats: 2000, kills: 50, processes: 1, seed })
crashStorm({ dialect: 'postgres', chats: 2000, kills: 20, processes: 2, seed })
