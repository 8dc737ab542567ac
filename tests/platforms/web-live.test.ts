import { expect, onTestFinished, test } from 'vitest'
import { message, paragraph } from '../../src/message.ts'
import { answering } from '../request.ts'
import { openBot } from '../shipped.ts'
import { webPerson } from './web-person.ts'
import { createWebServer } from './web-server.ts'

const said = (text: string) => message([paragraph(text)])

test('an answer that changes by itself is edited in the local chat, beside later answers', async () => {
  const at = [0.2, 0.4].map(seconds =>
    Temporal.Now.instant().add({ milliseconds: 1000 + seconds * 1000 }),
  )
  const versions = ['Twenty seconds left.', 'It is on its way.']
  const live = { at, message: async () => said(versions.shift() ?? '') }
  const bot = answering(openBot(), async line =>
    line === '/about'
      ? { message: said('Half a minute left.'), understood: true, live }
      : { message: said('Hello.'), understood: true },
  )
  const web = createWebServer(bot)
  await web.start()
  onTestFinished(web.stop)
  const person = await webPerson(web.address())
  await person.type('/about')
  expect(await person.read()).toEqual(['Half a minute left.'])
  const { id } = person.last()
  await person.type('/next')
  expect(await person.read()).toEqual(['Hello.'])
  for (const version of ['Twenty seconds left.', 'It is on its way.']) {
    expect(await person.read()).toEqual([version])
    expect(person.last()).toMatchObject({ of: id, line: '/about' })
  }
  // A page that is opened later gets the newest version alone.
  const history = await person.reopened()
  expect(history.filter(({ line }) => line === '/about')).toHaveLength(1)
})
