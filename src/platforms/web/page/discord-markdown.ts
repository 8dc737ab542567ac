/** A piece of a line of Discord's Markdown. */
export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'bold' | 'italic' | 'strike' | 'underline' | 'spoiler'
      readonly of: readonly Inline[]
    }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'link'; readonly url: string; readonly of: readonly Inline[] }
  | { readonly kind: 'time'; readonly unix: number; readonly isRelative: boolean }
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

/** Reads the part of Discord's Markdown that bots send: blocks line by line, then the marks in a line. Pure. */
export function readDiscordMarkdown(source: string): Block[] {
  const blocks: Block[] = []
  const lines = source.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (line.startsWith('```')) {
      const end = lines.indexOf('```', index + 1)
      const last = end < 0 ? lines.length : end
      blocks.push({ kind: 'code', text: lines.slice(index + 1, last).join('\n') })
      index = last
    } else if (line.startsWith('> ')) {
      const quoted = [line]
      while (lines[index + 1]?.startsWith('> ')) quoted.push(lines[++index] ?? '')
      const inner = quoted.map(text => text.slice(2)).join('\n')
      blocks.push({ kind: 'quote', of: readDiscordMarkdown(inner) })
    } else blocks.push(readLine(line))
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
  const [, indent = '', mark, item = ''] = /^(\s*)(-|\d+\.) (.*)$/.exec(line) ?? []
  if (mark) {
    const level = Math.min(6, Math.floor(indent.length / 2))
    return { kind: 'item', level, mark: mark === '-' ? '•' : mark, of: readInline(item) }
  }
  return line.trim() === '' ? { kind: 'gap' } : { kind: 'paragraph', of: readInline(line) }
}

const INLINE =
  /\\([^0-9A-Za-z\s])|``\u0020([\s\S]+?)\u0020``|`([^`]+)`|\*\*\*(.+?)\*\*\*|\*\*(.+?)\*\*|\*(.+?)\*|__(.+?)__|~~(.+?)~~|\|\|(.+?)\|\||\[((?:\[[^\]]*\]|[^\]])*)\]\(<([^>]*)>\)|<([a-z]+:\/\/[^>]*)>|<([^\s<>@]+@[^\s<>]+)>|<t:(-?\d+):(\w)>|<(\/\w+):\d+>/

function readInline(text: string): Inline[] {
  const found = INLINE.exec(text)
  if (!found) return text === '' ? [] : [{ kind: 'text', text }]
  const before = text.slice(0, found.index)
  return [
    ...(before === '' ? [] : [{ kind: 'text' as const, text: before }]),
    readMark(found),
    ...readInline(text.slice(found.index + found[0].length)),
  ]
}

function readMark(found: RegExpExecArray): Inline {
  const [, escaped, spaced, code, both, bold, italic, underlined, struck, hidden, ...more] = found
  const [label = '', url, bare, mail, unix, style, command] = more
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
  return { kind: 'time', unix: Number(unix), isRelative: style === 'R' }
}
