import type { Config } from '../config.ts'

/** Shortest password that is hidden, in characters. Shorter ones occur in many lines by chance. */
const SECRET_LENGTH = 6

/** Returns the tokens and passwords of a configuration, which no output may show. Pure. */
export function secretsOf({ discord, telegram, databaseUrl }: Config): string[] {
  return [discord?.token, telegram?.token, ...passwordsOf(databaseUrl)].flatMap(
    secret => secret || [],
  )
}

/** Returns the passwords in a database's URL, both percent-encoded and decoded. */
function passwordsOf(url: string): string[] {
  if (!URL.canParse(url)) return []
  const { password, searchParams } = new URL(url)
  const encoded = [password, searchParams.get('password') ?? '']
  return [...encoded, ...encoded.map(decoded)].filter(each => each.length >= SECRET_LENGTH)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
