import { array, assert, constantFrom, nat, property, tuple } from 'fast-check'
import { test } from 'vitest'
import { BoundedMap } from '../../src/async/bounded-map.ts'

test('a map keeps the entries that were set last, whatever is set and deleted', () => {
  const steps = array(tuple(constantFrom('set', 'set', 'set', 'delete'), nat(20)), {
    maxLength: 200,
  })
  assert(
    property(steps, nat(8), (all, most) => {
      const map = new BoundedMap<number, number>(most)
      let model: number[] = []
      for (const [act, key] of all) {
        model = model.filter(each => each !== key)
        if (act === 'set') {
          map.set(key, key)
          model.push(key)
          if (model.length > most) model.shift()
        } else map.delete(key)
      }
      return [...map.keys()].join() === model.join()
    }),
  )
})
