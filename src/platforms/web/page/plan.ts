import { type DiscordBody, drawDiscord } from './discord.ts'
import { element, setZone } from './element.ts'
import { drawTelegram, type TelegramBody } from './telegram.ts'

interface Post {
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly local: string
  readonly kind: string
  readonly title: string
  readonly why: string
  readonly discord: readonly DiscordBody[]
  readonly telegram: readonly TelegramBody[]
}

interface Span {
  readonly from: string
  readonly to: string
}

interface Plan extends Span {
  /** The current day in the zone. */
  readonly today: string
  readonly zone: string
  readonly posts: readonly Post[]
  /** First and last day of all exercises; absent if there are none. */
  readonly exercises?: Span
}

const DAY_MS = 86_400_000

/** Longest span, in days, that is marked by months. Longer spans are marked by years. */
const LONG_DAYS = 800

/** Labels of the kinds of posts, in the order of their lines in the strip. */
const KINDS: Readonly<Record<string, string>> = { exercises: 'Exercises', digest: 'Digests' }

const from = find<HTMLInputElement>('#from')
const to = find<HTMLInputElement>('#to')
const notice = find('#notice')
const strip = find('#strip')
const list = find('#posts')
const exercises = find<HTMLButtonElement>('#exercises')

/** Number of the latest request. Responses to earlier requests are dropped. */
let latest = 0

find('#span').addEventListener('submit', event => {
  event.preventDefault()
  show({ from: from.value, to: to.value })
})
find('#month').addEventListener('click', () => show({}))
addEventListener('popstate', () => showAsked())
showAsked()

/** Shows the span in the page's address, and leaves the address as it is. */
function showAsked(): void {
  const asked = Object.fromEntries(new URLSearchParams(location.search))
  from.value = asked.from ?? ''
  to.value = asked.to ?? ''
  show(asked, false)
}

/** Requests and shows the posts of a span. The earlier posts stay until the response arrives. */
async function show(span: Partial<Span>, isChosen = true): Promise<void> {
  latest += 1
  const mine = latest
  notice.textContent = 'Loading…'
  try {
    const answer = await fetch(`/posts?${new URLSearchParams({ ...span })}`)
    if (!answer.ok) {
      notice.textContent = await answer.text()
      return
    }
    const plan: Plan = await answer.json()
    // The user chose another span while this request was under way.
    if (mine !== latest) return
    // The span is in the address, so a reload or a shared link shows the same, and Back shows the earlier span.
    const address = `?${new URLSearchParams({ from: plan.from, to: plan.to })}`
    if (isChosen && address !== location.search) history.pushState(null, '', address)
    else history.replaceState(null, '', address)
    draw(plan)
  } catch {
    notice.textContent = 'Sitrep isn’t responding. Is it still running?'
  }
}

function draw(plan: Plan): void {
  const { posts, zone } = plan
  setZone(zone)
  from.value = plan.from
  to.value = plan.to
  find('#year').onclick = () => show({ from: plan.today, to: inAYear(plan.today) })
  exercises.hidden = !plan.exercises
  exercises.onclick = () => show(plan.exercises ?? {})
  const count = posts.length === 1 ? '1 post' : `${posts.length} posts`
  notice.textContent = `${count}, by the clock of ${zone}.`
  const entries = posts.map(drawPost)
  strip.replaceChildren(...(posts.length > 0 ? [drawStrip(plan, entries)] : []))
  list.replaceChildren(...months(posts, entries))
}

/** Groups posts by month, each month with a heading and a list. */
function months(posts: readonly Post[], entries: readonly HTMLElement[]): HTMLElement[] {
  const drawn: HTMLElement[] = []
  let month = ''
  for (const [index, { local }] of posts.entries()) {
    // The month is in the second part of "Monday, 1 May 2023, 09:00".
    const next = local.split(', ')[1]?.replace(/^\d+ /, '') ?? ''
    if (next !== month) drawn.push(element('h2', '', next), element('ol'))
    month = next
    const entry = entries[index]
    if (entry) drawn.at(-1)?.append(element('li', '', entry))
  }
  return drawn
}

function drawPost({ local, kind, title, why, discord, telegram }: Post): HTMLDetailsElement {
  const summary = element(
    'summary',
    '',
    element('span', `mark ${kind}`),
    element('span', 'when', local),
    element('span', 'title', title),
    element('span', 'why', why),
  )
  const post = element('details', '', summary)
  // Draw a post when it is opened: a year has hundreds.
  post.addEventListener('toggle', () => {
    if (!post.open || post.children.length > 1) return
    post.append(
      element(
        'div',
        'skins',
        skin('discord', 'Discord', discord.map(drawDiscord)),
        skin('telegram', 'Telegram', telegram.map(drawTelegram)),
      ),
    )
    // The buttons would act on the chat that receives the post, so they do nothing here.
    for (const button of post.querySelectorAll('button')) button.disabled = true
  })
  return post
}

function skin(name: string, title: string, messages: readonly HTMLElement[]): HTMLElement {
  for (const message of messages) message.setAttribute('aria-label', 'Sitrep')
  return element('section', name, element('h3', '', title), element('div', 'log', ...messages))
}

/** Draws the span: a line for each kind, and a dot for each post. A click on a dot opens the post. */
function drawStrip({ from, to, posts }: Plan, entries: readonly HTMLDetailsElement[]): SVGElement {
  const begin = Date.parse(from)
  const length = Date.parse(to) + DAY_MS - begin
  const kinds = Object.keys(KINDS)
  const [left, width, height] = [90, 900, 28]
  const picture = svg('svg', { viewBox: `0 0 1000 ${kinds.length * height + 22}` })
  const x = (ms: number) => left + ((ms - begin) / length) * width
  const radius = Math.max(1.5, Math.min(7, width / posts.length / 2.5))
  for (const at of marks(from, to)) {
    picture.append(
      svg('line', { x1: x(at), x2: x(at), y1: 0, y2: kinds.length * height, class: 'tick' }),
    )
  }
  for (const [index, kind] of kinds.entries()) {
    const y = index * height + height / 2
    picture.append(
      svg('text', { x: 0, y: y + 5 }, KINDS[kind]),
      svg('line', { x1: left, x2: left + width, y1: y, y2: y }),
    )
    for (const [nth, post] of posts.entries()) {
      if (post.kind !== kind) continue
      const dot = svg('circle', { cx: x(post.at), cy: y, r: radius, class: kind })
      dot.append(svg('title', {}, `${post.local}: ${post.title}`))
      dot.addEventListener('click', () => {
        const entry = entries[nth]
        if (!entry) return
        entry.open = true
        entry.scrollIntoView({ block: 'start' })
        entry.querySelector<HTMLElement>('summary')?.focus()
      })
      picture.append(dot)
    }
  }
  const y = kinds.length * height + 16
  picture.append(
    svg('text', { x: left, y }, from),
    svg('text', { x: left + width, y, 'text-anchor': 'end' }, to),
  )
  return picture
}

function svg(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  text = '',
): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag)
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value))
  made.append(text)
  return made
}

/** Returns the starts of months within a span, or of years within a long one, in milliseconds since the epoch. */
function marks(from: string, to: string): number[] {
  const [begin, end] = [new Date(from), new Date(to)]
  const isLong = end.getTime() - begin.getTime() > LONG_DAYS * DAY_MS
  const found: number[] = []
  for (let month = begin.getUTCMonth() + 1; ; month++) {
    const at = Date.UTC(begin.getUTCFullYear(), month, 1)
    if (at > end.getTime()) return found
    if (!isLong || new Date(at).getUTCMonth() === 0) found.push(at)
  }
}

function inAYear(day: string): string {
  return new Date(Date.parse(day) + 365 * DAY_MS).toISOString().slice(0, 10)
}

function find<T extends HTMLElement = HTMLElement>(selector: string): T {
  const found = document.querySelector<T>(selector)
  if (!found) throw new Error(`The page has no ${selector}.`)
  return found
}
