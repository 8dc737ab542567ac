/** An element with classes and children. Text only ever becomes text: nothing is parsed as HTML. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  className = '',
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  if (className) made.className = className
  made.append(...children)
  return made
}

/** A picture that the server keeps. */
export function picture(id: number): HTMLImageElement {
  const image = element('img', 'picture')
  image.src = `/pictures/${id}`
  image.alt = 'Picture of the post'
  return image
}

/** A link that opens apart from the chat, to the addresses that the platforms would open. */
export function anchor(url: string, ...children: (Node | string)[]): HTMLElement {
  if (!/^(https?|mailto):/i.test(url)) return element('span', '', ...children)
  const link = element('a', '', ...children)
  link.href = url
  link.target = '_blank'
  link.rel = 'noreferrer noopener'
  return link
}

/** A button that types its line for the reader. */
export function lineButton(label: string, line: string): HTMLButtonElement {
  const button = element('button', 'line', label)
  button.type = 'button'
  button.dataset.line = line
  return button
}

/** An instant in the reader's own time. */
export function localTime(unix: number): HTMLTimeElement {
  const date = new Date(unix * 1000)
  const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'long', timeStyle: 'short' })
  const time = element('time', '', format.format(date))
  time.dateTime = date.toISOString()
  return time
}
