/// <reference lib="dom" />
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createService } from '../../src/app/service.ts'
import { readConfig } from '../../src/config.ts'
import { png } from '../pictures.ts'
import { shoot, usePage, violations } from '../platforms/web-page-scene.ts'
import { openReader, PANES } from '../platforms/web-reader.ts'
import { shippedBot } from '../shipped.ts'
import { newDatabase } from '../store/stores.ts'

const scene = usePage(shippedBot)

/** The whole bot without tokens, and its page. */
async function openLocal() {
  const config = readConfig({
    ...{ PORT: '0', DATABASE_URL: await newDatabase('sqlite'), ANNOUNCE_HOLD: '2s' },
    CONTENT_DIR: join(import.meta.dirname, '../../content'),
  })
  const app = createService(config)
  onTestFinished(() => app.stop())
  await app.start()
  const { page } = scene
  const reader = await openReader(page, app.address())
  return {
    page,
    reader,
    dialog: page.getByRole('dialog', { name: 'New announcement' }),
    /** The bot's last message with these words on Telegram. */
    says: (words: RegExp | string) => reader.messages('Telegram').filter({ hasText: words }).last(),
  }
}

test('the form of the local chat: an announcement with an image is previewed for both platforms and sent', async () => {
  const { page, reader, dialog: form, says } = await openLocal()
  await reader.type('/subscribe')
  await reader.send('/announce')
  await form.waitFor()
  expect(await violations(page)).toEqual([])
  await form
    .getByLabel('Message', { exact: true })
    .fill(
      'The **river** is rising.\n\n- Stay away from the [lower bridge](https://example.org/map).\n- Call @everyone you know.',
    )
  await form
    .getByLabel('Image (optional, up to 1 MB)')
    .setInputFiles({ name: 'river.png', mimeType: 'image/png', buffer: png(320, 120, 90) })
  await form.getByRole('button', { name: 'Preview' }).click()
  await says('Draft #1').waitFor()
  const draft = await says('Draft #1').innerText()
  expect(draft).toContain('Preview: Telegram and Discord (1 message)')
  expect(draft).toContain('With image')
  expect(draft.replaceAll('\u2060', '')).toContain('@everyone won’t notify anyone')
  await form.waitFor({ state: 'detached' })
  await reader.messages('Discord').filter({ hasText: 'Draft #1' }).waitFor()
  expect(await violations(page)).toEqual([])
  await shoot(page, 'announce.png')
  await page.setViewportSize({ width: 360, height: 740 })
  await reader.choose('Platform', 'Telegram')
  await shoot(page, 'phone-draft.png')
  await reader.choose('Platform', 'Both')
  await page.setViewportSize({ width: 1200, height: 800 })
  await reader.button('Telegram', 'Send only to me').click()
  for (const pane of PANES) {
    await reader.messages(pane).getByRole('img', { name: 'Image', exact: true }).first().waitFor()
  }
  await reader.button('Telegram', 'Send to 1 chat').click()
  await says(/Goes out /).waitFor()
  // The post with its image for both platforms, and a progress message that ends without a press.
  for (const pane of PANES) {
    const post = reader.messages(pane).filter({ hasText: 'The river is rising.' }).last()
    await post.getByRole('img', { name: 'Image', exact: true }).waitFor()
  }
  await says('1 of 1').waitFor()
  await says('✅ Announcement #1 sent').waitFor({ timeout: 15_000 })
}, 60_000)

test('a form that could not be sent keeps its text', async () => {
  const { page, reader, dialog: form } = await openLocal()
  await reader.send('/announce')
  // On a phone it still says what it is.
  await page.setViewportSize({ width: 390, height: 844 })
  await form.getByText('New announcement').waitFor()
  await form.getByLabel('Message').fill('Not lost.')
  await page.route('**/forms', route => route.abort())
  await form.getByRole('button', { name: 'Preview' }).click()
  await form.getByText('Not sent').waitFor()
  expect(await form.getByLabel('Message', { exact: true }).inputValue()).toBe('Not lost.')
  expect(await form.getByRole('button', { name: 'Preview' }).isEnabled()).toBe(true)
  // Closed by mistake, it opens again with the same text.
  await page.keyboard.press('Escape')
  await form.waitFor({ state: 'detached' })
  await reader.send('/announce')
  expect(await form.getByLabel('Message', { exact: true }).inputValue()).toBe('Not lost.')
  scene.faults = []
}, 60_000)

test('the form takes a picture of 1 MB, and says the limit of one that is larger by a byte', async () => {
  const { reader, dialog: form, says } = await openLocal()
  await reader.send('/announce')
  await form.waitFor()
  await form.getByLabel('Message').fill('The river is rising.')
  const choose = (bytes: number) => {
    const buffer = Buffer.alloc(bytes)
    png(64, 48).copy(buffer)
    const file = { name: 'river.png', mimeType: 'image/png', buffer }
    return form.getByLabel('Image (optional, up to 1 MB)').setInputFiles(file)
  }
  await choose(1_000_001)
  await form.getByRole('button', { name: 'Preview' }).click()
  const field = form.getByLabel('Image (optional, up to 1 MB)')
  expect(await field.evaluate(input => (input as HTMLInputElement).validationMessage)).toBe(
    'The image is over 1 MB. Choose a smaller one.',
  )
  await choose(1_000_000)
  await form.getByRole('button', { name: 'Preview' }).click()
  await says('Draft #1').waitFor()
  expect(await says('Draft #1').innerText()).toContain('With image')
}, 60_000)
