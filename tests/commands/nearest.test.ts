import fc from 'fast-check'
import { expect, test } from 'vitest'
import { registry } from '../shipped.ts'

const nearest = (name: string) => registry.nearest(name).map(command => command.name)

test.for([
  ...[
    ['thretas', 'threats'],
    ['hlep', 'help'],
    ['ehlp', 'help'],
    ['hepl', 'help'],
    ['nxt', 'next'],
  ],
  ...[
    ['subscrib', 'subscribe'],
    ['anounce', 'announce'],
    ['exrcises', 'exercises'],
  ],
  ...[
    ['setings', 'settings'],
    ['settigns', 'settings'],
    ['serach', 'search'],
    ['tabels', 'tables'],
  ],
  ...[
    ['hreats', 'threats'],
    ['unsuscrbe', 'unsubscribe'],
    ['reciept', 'receipt'],
    ['pasue', 'pause'],
  ],
  ...[
    ['capabilites', 'capabilities'],
    ['partnrship', 'partnerships'],
    ['changse', 'changes'],
  ],
])('a typo of a command finds it: %s', ([typed = '', command]) => {
  expect(nearest(typed)).toContain(command)
})

test.for([
  ...[
    'cacak',
    'Čačak',
    'Niš',
    'Bar',
    'Peć',
    'Novi Sad',
    'Mostar',
    'Kotor',
    'Budva',
    'Tuzla',
    'Ohrid',
  ],
  ...[
    'Vlora',
    'Durrës',
    'Tirana',
    'Skopje',
    'Bitola',
    'Prizren',
    'Pula',
    'Split',
    'Zadar',
    'Brčko',
  ],
  ...['Sarajevo', 'Priština', 'Zenica', 'Vranje', 'Leskovac', 'Berat', 'Korça', 'Sisak', 'Bihać'],
  ...['blank', 'cake', 'rack', 'yes', 'ok', 'hallo', 'danke', 'molim', 'top', 'text'],
])('a word that is no typo of a command finds none: %s', word => {
  expect(nearest(word)).toEqual([])
})

test('of any command, a letter that is missing, doubled or swapped within its name finds it', () => {
  // "strat" is the beginning of "Strategic objectives" as well.
  const names = registry.commands
    .map(({ name }) => name)
    .filter(name => name.length > 3 && name !== 'start')
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), fc.nat(2), (name, place, kind) => {
      const at = 1 + (place % (name.length - 2))
      const [before, one, two = '', after] = [
        ...[name.slice(0, at), name[at], name[at + 1], name.slice(at + 2)],
      ]
      const typed = [two, `${one}${one}${two}`, `${two}${one}`][kind]
      expect(nearest(`${before}${typed}${after}`), `${before}${typed}${after}`).toContain(name)
    }),
    { numRuns: 300 },
  )
})
