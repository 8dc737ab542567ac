/// <reference lib="dom" />
import type { Locator, Page } from 'playwright-core'

export type Pane = 'Discord' | 'Telegram'

export const PANES = ['Discord', 'Telegram'] as const satisfies readonly Pane[]

/** A reader at the page of the local chat, who uses it by the names of its controls. */
export interface Reader {
  pane(name: Pane): Locator
  /** The messages of the bot in a pane. */
  messages(name: Pane): Locator
  /** Resolves to the text of the bot's last message in a pane, without word joiners. */
  last(name: Pane): Promise<string>
  /** Resolves to the lines that the reader typed, oldest first. */
  typed(): Promise<string[]>
  /** The last button with this name in a pane. */
  button(pane: Pane, name: string | RegExp): Locator
  /** Enters a line, and does not wait for its answer. */
  send(line: string): Promise<void>
  /** Enters a line, and waits for its answer in each pane. */
  type(line: string): Promise<void>
  /** Waits for what `act` adds at the end of each pane. */
  added(act: () => Promise<unknown>): Promise<void>
  /** Chooses an option of a control, which a phone folds away. */
  choose(control: string, option: string): Promise<void>
}

function createReader(page: Page): Reader {
  const pane = (name: Pane) => page.getByRole('log', { name, exact: true })
  const messages = (name: Pane) => pane(name).getByRole('article', { name: 'Sitrep' })

  async function send(line: string): Promise<void> {
    await page.fill('#line', line)
    await page.press('#line', 'Enter')
  }

  async function added(act: () => Promise<unknown>): Promise<void> {
    const before = await page.evaluate(() =>
      Math.max(
        0,
        ...[...document.querySelectorAll<HTMLElement>('.entry')].map(({ dataset }) =>
          Number(dataset.key),
        ),
      ),
    )
    await act()
    await waitForEntry(page, before)
  }

  return {
    pane,
    messages,
    last: async name => (await messages(name).last().innerText()).replaceAll('\u2060', ''),
    async typed() {
      // The browser lays out no entries that are far out of view, and those have no inner text.
      return pane('Telegram')
        .getByRole('article', { name: 'You' })
        .evaluateAll(all =>
          all.map(({ textContent }) => textContent?.replace(/\d\d:\d\d ✓✓$/, '') ?? ''),
        )
    },
    button: (name, label) =>
      pane(name)
        .getByRole('button', { name: label, ...(typeof label === 'string' && { exact: true }) })
        .last(),
    send,
    type: line => added(() => send(line)),
    added,
    async choose(control, option) {
      const select = page.getByRole('combobox', { name: control, exact: true })
      const fold = page.getByRole('button', { name: 'Controls', exact: true })
      const isFolded = !(await select.isVisible())
      if (isFolded) await fold.click()
      if (control === 'Place') {
        // Another place has another conversation, whose entries count from 1.
        const before = await page.locator('.entry').first().elementHandle()
        await select.selectOption({ label: option })
        await before?.waitForElementState('hidden')
        await waitForEntry(page, 0)
      } else await select.selectOption({ label: option })
      if (isFolded) await fold.click()
    },
  }
}

/** Opens the page, and waits for the greeting. */
export async function openReader(page: Page, address: string): Promise<Reader> {
  await page.goto(address)
  await waitForEntry(page, 0)
  return createReader(page)
}

/** Waits until each pane that is shown ends with an entry of a higher number that has a message of the bot. */
async function waitForEntry(page: Page, before: number): Promise<void> {
  await page.waitForFunction(newest => {
    const logs = [...document.querySelectorAll('[role=log]')]
    return (
      logs.length > 0 &&
      logs.every(log => {
        const entry = [...log.querySelectorAll<HTMLElement>('.entry')].at(-1)
        const isNew = Number(entry?.dataset.key ?? 0) > newest
        return isNew && entry?.querySelector('article[aria-label="Sitrep"]')
      })
    )
  }, before)
}
