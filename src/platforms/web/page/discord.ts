import { anchor, picture as draw, element, lineButton, lineLink, localTime } from './element.ts'

export interface DiscordBody {
  readonly components: readonly Component[]
  /** The attached picture, which a gallery component shows. */
  readonly picture?: { readonly id: number }
}

interface Component {
  readonly type: number
  readonly components?: readonly Component[]
  readonly content?: string
  /** 0xRRGGBB. */
  readonly accent_color?: number
  readonly label?: string
  readonly custom_id?: string
  readonly placeholder?: string
  readonly url?: string
  readonly options?: readonly { readonly label: string; readonly value: string }[]
}

/** Draws the body of a create-message call as Discord does. */
export function drawDiscord({ components, picture }: DiscordBody): HTMLElement {
  const drawn = components.map(component => drawComponent(component, picture))
  return element('article', 'message', ...drawn)
}

function drawComponent(component: Component, picture: DiscordBody['picture']): HTMLElement {
  const children = () => (component.components ?? []).map(child => drawComponent(child, picture))
  switch (component.type) {
    case 17:
      return drawContainer(component.accent_color, ...children())
    case 10:
      return element('div', 'display', ...drawMarkdown(component.content ?? ''))
    case 12:
      return picture ? draw(picture.id) : element('div')
    case 14:
      return element('hr')
    case 1:
      return element('div', 'actions', ...children())
    case 2:
      return component.url
        ? anchor(component.url, component.label ?? '')
        : lineButton(component.label ?? '', component.custom_id ?? '')
    case 3:
      return drawMenu(component)
    default:
      return element('div', '', ...children())
  }
}

/** Draws a container with its colour as a bar at its side. */
function drawContainer(colour: number | undefined, ...children: Node[]): HTMLElement {
  const container = element('div', 'container', ...children)
  if (colour === undefined) return container
  container.classList.add('accent')
  container.style.borderLeftColor = `#${colour.toString(16).padStart(6, '0')}`
  return container
}

function drawMenu({ options = [], custom_id = '', placeholder = '' }: Component): HTMLElement {
  const menu = element('select', '', element('option', '', placeholder))
  menu.setAttribute('aria-label', `Choices, ${custom_id}`)
  for (const { label, value } of options) {
    const option = element('option', '', label)
    option.value = value
    menu.append(option)
  }
  // The change event only selects: with arrow keys it fires for each choice on the way.
  const button = lineButton('Send', '')
  menu.addEventListener('change', () => {
    button.dataset.line = menu.selectedIndex > 0 ? menu.value : ''
  })
  return element('span', 'menu', menu, button)
}

/** Draws the part of Discord's Markdown that the renderer produces: blocks line by line, then inline marks. */
function drawMarkdown(source: string): Node[] {
  const blocks: Node[] = []
  const lines = source.split('\n')
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? ''
    if (line.startsWith('```')) {
      const end = lines.indexOf('```', index + 1)
      const block = element('pre', '', element('code', '', lines.slice(index + 1, end).join('\n')))
      block.tabIndex = 0
      blocks.push(block)
      index = end < 0 ? lines.length : end
    } else if (line.startsWith('> ')) {
      const quoted = [line]
      while (lines[index + 1]?.startsWith('> ')) quoted.push(lines[++index] ?? '')
      const inner = quoted.map(text => text.slice(2)).join('\n')
      blocks.push(element('blockquote', '', ...drawMarkdown(inner)))
    } else blocks.push(drawLine(line))
  }
  return blocks
}

function drawLine(line: string): HTMLElement {
  const [, heading, title = ''] = /^(#{1,3}) (.*)$/.exec(line) ?? []
  if (heading) return element(`h${heading.length + 2}` as 'h3', 'heading', ...drawInline(title))
  const [, small] = /^-# (.*)$/.exec(line) ?? []
  if (small !== undefined) return element('p', 'small', ...drawInline(small))
  const [, indent = '', mark, item = ''] = /^(\s*)(-|\d+\.) (.*)$/.exec(line) ?? []
  if (mark) {
    const shown = element('p', 'item', `${mark === '-' ? '•' : mark} `, ...drawInline(item))
    shown.dataset.level = String(Math.min(6, Math.floor(indent.length / 2)))
    return shown
  }
  return line.trim() === '' ? element('div', 'gap') : element('p', '', ...drawInline(line))
}

const INLINE =
  /\\([^0-9A-Za-z\s])|``\u0020([\s\S]+?)\u0020``|`([^`]+)`|\*\*\*(.+?)\*\*\*|\*\*(.+?)\*\*|\*(.+?)\*|~~(.+?)~~|\[((?:\[[^\]]*\]|[^\]])*)\]\(<([^>]*)>\)|<([a-z]+:\/\/[^>]*)>|<([^\s<>@]+@[^\s<>]+)>|<t:(-?\d+):(\w)>|<(\/\w+):\d+>/

function drawInline(text: string): (Node | string)[] {
  const found = INLINE.exec(text)
  if (!found) return [text]
  const [whole, escaped, spaced, code, both, bold, italic, struck, ...more] = found
  const [label, url, bare, mail, unix, style, command] = more
  const drawn = (): Node | string => {
    if (escaped) return escaped
    if (spaced ?? code) return element('code', '', spaced ?? code ?? '')
    if (both) return element('b', '', element('i', '', ...drawInline(both)))
    if (bold) return element('b', '', ...drawInline(bold))
    if (italic) return element('i', '', ...drawInline(italic))
    if (struck) return element('s', '', ...drawInline(struck))
    if (url) return anchor(url, ...drawInline(label ?? ''))
    if (bare) return anchor(bare, bare)
    if (mail) return anchor(`mailto:${mail}`, mail)
    if (command) return lineLink(command)
    return localTime(Number(unix), style === 'R')
  }
  const before = text.slice(0, found.index)
  return [before, drawn(), ...drawInline(text.slice(found.index + whole.length))]
}
