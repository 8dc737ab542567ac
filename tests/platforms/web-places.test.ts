import { expect, test } from 'vitest'
import { openBot } from '../shipped.ts'
import { usePage, violations } from './web-page-scene.ts'

const scene = usePage(openBot())

/** Opens a place, in which the chat may begin without a greeting, and asks for the next event. */
async function open(query: string) {
  const { page, web } = scene
  await page.goto(`${web.address()}/?${query}`)
  await page.fill('#line', '/next')
  await page.press('#line', 'Enter')
  const log = page.getByRole('log', { name: 'Telegram', exact: true })
  const answer = log.getByRole('article', { name: 'Sitrep' }).filter({ hasText: 'Next exercise' })
  await answer.waitFor()
  const own = log.getByRole('article', { name: 'You' })
  return { page, answer, own, about: page.locator('.place') }
}

test('the line of an admin in a channel stays a post of the channel, and a reader cannot write there', async () => {
  const { page, answer, own, about } = await open('place=channel&role=admin')
  expect(await own.innerText()).toMatch(/^Channel\s+\/next/)
  expect(await own.getAttribute('class')).not.toMatch(/own/)
  expect(await about.allInnerTexts()).toEqual([
    'Discord has channels only in servers. This looks like one of them.',
  ])
  await page.getByRole('combobox', { name: 'Role' }).selectOption('reader')
  await page.getByText('Only admins can write in a channel.').waitFor()
  expect((await about.allInnerTexts()).at(-1)).toMatch(/^Only admins can write in a channel/)
  await page.fill('#line', '/next')
  await page.press('#line', 'Enter')
  await expect.poll(() => answer.count()).toBe(2)
  expect(await own.count()).toBe(1)
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await violations(page)).toEqual([])
  }
})

test.each([
  ['server', 'Telegram has no servers. This looks like a group.'],
  ['group', 'Discord has no groups with bots. This looks like a channel of a server.'],
])('the place %s says which platform does not have it', async (place, said) => {
  const { answer, own, about } = await open(`place=${place}`)
  expect(await about.allInnerTexts()).toEqual([said])
  // A group has several members, so the bot's name stands above its message.
  expect(await answer.innerText()).toMatch(/^Sitrep\s+Next exercise/)
  expect(await own.innerText()).toMatch(/^\/next/)
})

test('a private chat needs no explanation and no names', async () => {
  const { answer, about } = await open('place=private')
  expect(await about.count()).toBe(0)
  expect(await answer.innerText()).toMatch(/^Next exercise/)
})
