import type { RefusalDetails } from '../platform.ts'
import type { Failure, Outcome } from '../poster.ts'
import { asAnswer } from './pictures.ts'

/**
 * Sends a body. If it is refused and `plainer` returns a plainer form of it, sends that form, and so on. Resolves to
 * the outcome of the last form.
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
 * Sends the bodies of a reply in order, each as {@link sendOrPlainer} does: if a picture fails for any reason, the text
 * is still sent. Stops at the first body that does not arrive, because readers would take the rest for the whole reply.
 * Resolves to the last outcome.
 */
export async function sendInOrder<B>(
  bodies: readonly B[],
  plainer: (body: B, failure: Failure) => B | undefined,
  send: (body: B) => Promise<Outcome<unknown>>,
): Promise<Outcome<unknown>> {
  const plainerAnswer = (body: B, failure: Failure) => plainer(body, asAnswer(failure))
  let outcome: Outcome<unknown> = { ok: true, value: undefined }
  for (const body of bodies) {
    outcome = await sendOrPlainer(body, plainerAnswer, send)
    if (!hasArrived(outcome)) break
  }
  return outcome
}

/** Whether a call has succeeded, or an earlier one has already done the same. Pure. */
export function hasArrived(outcome: Outcome<unknown>): boolean {
  return outcome.ok || outcome.failure.next === 'done'
}

/**
 * Whether a refused message with a picture may arrive without the picture. Discord and some Bot API servers refuse a
 * picture with the same code as a whole message. Pure.
 */
export function mayBePicture(failure: Failure): boolean {
  return failure.next === 'rejected' || (failure.next === 'gone' && failure.isSure !== true)
}

/**
 * Whether an answer that has failed after its retries may arrive without its upload: a connection may be too slow for a
 * file, and fast enough for a text. Pure.
 */
export function mayBeUpload(failure: Failure): boolean {
  return mayBePicture(failure) || failure.next === 'uncertain'
}

/** Converts the outcome of a call to that of a post: an unknown reason makes the chat suspected. Pure. */
export function outcomeOfPost<T>(outcome: Outcome<T>): Outcome<T> {
  if (outcome.ok) return outcome
  const { failure } = outcome
  if (failure.next !== 'rejected' || failure.of !== 'place' || failure.isPicture) return outcome
  const { code, said, right } = failure
  const more = { ...(said !== undefined && { said }), ...(right !== undefined && { right }) }
  return { ok: false, failure: { next: 'gone', code, why: 'forbidden', ...more } }
}

/** Extracts the details of a refusal from its failure. Pure. */
export function refusedOf({ isSure, right, said }: RefusalDetails): RefusalDetails {
  return { isSure, right, said }
}
