import type { IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** Reads the text of a body, or the fields and files of a form. */
export async function readBody(request: IncomingMessage): Promise<{
  readonly text: string
  readonly form?: { readonly fields: Map<string, string>; readonly files: Map<string, Part> }
}> {
  const body = await buffer(request)
  const type = request.headers['content-type'] ?? ''
  if (!type.startsWith('multipart/form-data')) return { text: body.toString() }
  const form = await new Response(body, { headers: { 'content-type': type } }).formData()
  const [fields, files] = [new Map<string, string>(), new Map<string, Part>()]
  for (const [name, value] of form) {
    if (typeof value === 'string') fields.set(name, value)
    else {
      const bytes = Buffer.from(await value.arrayBuffer())
      files.set(name, { name: value.name, type: value.type, bytes })
    }
  }
  return { text: '', form: { fields, files } }
}

/** A file of a form. */
export interface Part {
  readonly name: string
  readonly type: string
  readonly bytes: Buffer
}
