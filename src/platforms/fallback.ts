import type { Refused } from '../platform.ts'
import type { Failure, Outcome } from '../poster.ts'

/**
 * Sends a body. If its kind of content is refused, sends the next plainer form, as long as there is one:
 * `plainer` gives it. Resolves to the outcome of the last form.
 */
export async function sendOrPlainer<B, T>(
  body: B,
  plainer: (body: B, failure: Failure) => B | undefined,
  send: (body: B) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  for (let form = body; ; ) {
    const outcome = await send(form)
    const next = outcome.ok ? undefined : plainer(form, outcome.failure)
    if (next === undefined) return outcome
    form = next
  }
}

/**
 * Whether a message with a picture may arrive without it. Discord and some servers refuse a picture with the
 * same code as all messages. Pure.
 */
export function mayBePicture(failure: Failure): boolean {
  return failure.next === 'rejected' || (failure.next === 'gone' && failure.isSure !== true)
}

/** The outcome of a post: a place that refuses one for an unknown reason is suspected. Pure. */
export function outcomeOfPost<T>(outcome: Outcome<T>): Outcome<T> {
  if (outcome.ok) return outcome
  const { failure } = outcome
  if (failure.next !== 'rejected' || failure.of !== 'place' || failure.isPicture) return outcome
  const { code, said, right } = failure
  const more = { ...(said !== undefined && { said }), ...(right !== undefined && { right }) }
  return { ok: false, failure: { next: 'gone', code, why: 'forbidden', ...more } }
}

/** The description of a refusal, without the rest of its failure. Pure. */
export function refusedOf({ isSure, right, said }: Refused): Refused {
  return { isSure, right, said }
}
