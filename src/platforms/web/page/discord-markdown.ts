/** A piece of a line of Discord's Markdown. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'bold' | 'italic' | 'strike' | 'underline' | 'spoiler'
      readonly of: readonly Inline[]
    }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly url: string; readonly of: readonly Inline[] }
  | { readonly kind: 'time'; readonly unix: number; readonly style: string }
  | { readonly kind: 'command'; readonly line: string }

/** A block of Discord's Markdown. */
export type Block =
  | { readonly kind: 'heading'; readonly level: 1 | 2 | 3; readonly of: readonly Inline[] }
  | { readonly kind: 'paragraph' | 'small'; readonly of: readonly Inline[] }
  | {
      readonly kind: 'item'
      readonly level: number
      readonly mark: string
      readonly of: readonly Inline[]
    }
  | { readonly kind: 'quote'; readonly of: readonly Block[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'gap' }

/** The start of a line that begins a block of its own. */
const BLOCK_START = /^(?:```|> |#{1,3} |-# |\s*(?:-|\d+\.) )/

/** Reads the part of Discord's Markdown that bots send: blocks by their lines, then the marks in each. Pure. */
export function readDiscordMarkdown(source: string): Block[] {
  const blocks: Block[] = []
  const lines = source.split('\n')
  let index = 0
  /** Takes the next lines as long as they pass. */
  const take = (passes: (line: string) => boolean) => {
    const from = index
    while (index < lines.length && passes(lines[index] ?? '')) index++
    return lines.slice(from, index)
  }
  while (index < lines.length) {
    const line = lines[index++] ?? ''
    if (line.startsWith('```')) {
      blocks.push({ kind: 'code', text: take(each => each !== '```').join('\n') })
      index++
    } else if (line.startsWith('> ')) {
      const quoted = [line, ...take(each => each.startsWith('> '))]
      const inner = quoted.map(text => text.slice(2)).join('\n')
      blocks.push({ kind: 'quote', of: readDiscordMarkdown(inner) })
    } else if (line.trim() === '' || /^(?:#{1,3}|-#) /.test(line)) blocks.push(readLine(line))
    else {
      // A style goes on in the next line, and in a paragraph over an empty line as well.
      const isItem = BLOCK_START.test(line)
      const more = take(each => !BLOCK_START.test(each) && !(isItem && each === ''))
      while (more.at(-1)?.trim() === '') {
        more.pop()
        index--
      }
      blocks.push(readLine([line, ...more].join('\n')))
    }
  }
  return blocks
}

function readLine(line: string): Block {
  const [, marks, title = ''] = /^(#{1,3}) (.*)$/.exec(line) ?? []
  if (marks) {
    return { kind: 'heading', level: marks.length as 1 | 2 | 3, of: readInline(title) }
  }
  const [, small] = /^-# (.*)$/.exec(line) ?? []
  if (small !== undefined) return { kind: 'small', of: readInline(small) }
  const [, indent = '', mark, item = ''] = /^(\s*)(-|\d+\.) (.*)$/s.exec(line) ?? []
  if (mark) {
    const level = Math.min(6, Math.floor(indent.length / 2))
    const text = item.replace(/\n +/g, '\n')
    return { kind: 'item', level, mark: mark === '-' ? '•' : mark, of: readInline(text) }
  }
  return line.trim() === '' ? { kind: 'gap' } : { kind: 'paragraph', of: readInline(line) }
}

/** The text inside of marks. An escaped character does not end it. */
const INSIDE = String.raw`((?:\\.|[^\\])+?)`
const INLINE = new RegExp(
  [
    String.raw`\\([^0-9A-Za-z\s])`,
    String.raw`\x60\x60 (.+?) \x60\x60|\x60([^\x60]+)\x60`,
    String.raw`\*\*\*${INSIDE}\*\*\*(?!\*)|\*\*${INSIDE}\*\*(?!\*)`,
    String.raw`\*(?=\S)((?:\*\*|\\.|\s+(?:\\.|[^\s*\\]|\*\*)|[^\s*\\])+?)\*(?!\*)`,
    ...['__', '~~', String.raw`\|\|`].map(mark => mark + INSIDE + mark),
    String.raw`\[((?:\[[^[\]]*\]|[^[\]])*)\]\(<([^>]*)>\)`,
    String.raw`<([a-z][a-z0-9+.-]*:\/\/[^>]*)>|<([^\s<>@]+@[^\s<>]+)>`,
    String.raw`<t:(-?\d+):(\w)>|<(\/\w+):\d+>`,
  ].join('|'),
  'gs',
)

function readInline(text: string): Inline[] {
  const pieces: Inline[] = []
  let end = 0
  const takeText = (to: number) => {
    if (to > end) pieces.push({ kind: 'text', text: text.slice(end, to) })
  }
  for (const found of text.matchAll(INLINE)) {
    takeText(found.index)
    pieces.push(readMark(found))
    end = found.index + found[0].length
  }
  takeText(text.length)
  return pieces
}

function readMark(found: RegExpExecArray): Inline {
  const [, escaped, spaced, code, both, bold, italic, underlined, struck, hidden, ...more] = found
  const [label = '', url, bare, mail, unix, style = 'f', command] = more
  if (escaped) return { kind: 'text', text: escaped }
  if (spaced ?? code) return { kind: 'code', text: spaced ?? code ?? '' }
  if (both) return { kind: 'bold', of: [{ kind: 'italic', of: readInline(both) }] }
  if (bold) return { kind: 'bold', of: readInline(bold) }
  if (italic) return { kind: 'italic', of: readInline(italic) }
  if (underlined) return { kind: 'underline', of: readInline(underlined) }
  if (struck) return { kind: 'strike', of: readInline(struck) }
  if (hidden) return { kind: 'spoiler', of: readInline(hidden) }
  if (url) return { kind: 'link', url, of: readInline(label) }
  if (bare) return { kind: 'link', url: bare, of: [{ kind: 'text', text: bare }] }
  if (mail) return { kind: 'link', url: `mailto:${mail}`, of: [{ kind: 'text', text: mail }] }
  if (command) return { kind: 'command', line: command }
  return { kind: 'time', unix: Number(unix), style }
}
