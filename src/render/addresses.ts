/** An address as readers see it. */
export interface Address {
  readonly url: string
  readonly text: string
}

/**
 * The addresses behind a link: the receivers of a mail, the number of a call, and any other address as it is. Empty if
 * a mail names no receiver. Pure.
 */
export function addressesOf(url: string): Address[] {
  const [, scheme = '', rest = ''] = /^(mailto|tel|sms):(.*)$/is.exec(url) ?? []
  if (scheme === '') return url === '' ? [] : [{ url, text: url }]
  const [path = '', query = ''] = rest.split(/\?(.*)/s)
  const named = path === '' ? (new URLSearchParams(query).get('to') ?? '') : decoded(path)
  return named
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '')
    .map(text => ({ url: `${scheme.toLowerCase()}:${text}`, text }))
}

/** Whether the words of a link are its address, with or without the scheme and the query of a mail. Pure. */
export function isAddress(words: string, url: string): boolean {
  const shown = addressesOf(url).map(({ text }) => text)
  return (
    [url, url.replace(/^mailto:/i, '')].includes(words) || normal(words) === normal(shown.join(','))
  )
}

function normal(address: string): string {
  return decoded(address)
    .replace(/^(?:https?:\/\/|mailto:|tel:|sms:)/i, '')
    .replace(/\/$|(?<=,)\s+/g, '')
    .toLowerCase()
}

/** Resolves the escapes of an address, such as `%40`. A damaged address stays as it is. */
function decoded(address: string): string {
  try {
    return decodeURIComponent(address)
  } catch {
    return address
  }
}
