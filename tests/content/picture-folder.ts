import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { RootContent } from 'mdast'
import { type LoadOptions, loadEdition } from '../../src/content/load.ts'
import { formatProblems } from '../../src/content/problem.ts'
import type { ContentPicture } from '../../src/picture.ts'
import { folder, section } from './fixture.ts'

const BETA = 'sections/02-beta.md'
const FRONT = 'command: beta\ntitle: Beta\nsummary: The second section.'

/** A content folder on disk, within a folder of its own. */
export interface PictureFolder extends Disposable {
  readonly root: string
  /** The folder around it. */
  readonly outside: string
  write(path: string, bytes: string | Uint8Array): void
  /** Writes the body of the second section, which begins in line 7. */
  body(text: string): void
  load(options?: LoadOptions): ReturnType<typeof loadEdition>
  /** The problems of the second section with this body, as `line: message fix`. */
  problems(text: string): Promise<string[]>
}

export function pictureFolder(): PictureFolder {
  const outside = mkdtempSync(join(tmpdir(), 'sitrep-pictures-'))
  const root = join(outside, 'content')
  const write = (path: string, bytes: string | Uint8Array) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), bytes)
  }
  const body = (text: string) => write(BETA, section(FRONT, text))
  const load = (options?: LoadOptions) =>
    loadEdition(root, new Set(['help']), join(outside, 'cache'), options)
  for (const { path, text } of folder()) write(path, text)
  return {
    ...{ root, outside, write, body, load },
    async problems(text) {
      body(text)
      const { problems = [] } = await load()
      return formatProblems(problems, '')
        .split('\n')
        .map(line => line.replace(`${BETA}:`, ''))
        .filter(line => line !== '')
    },
    [Symbol.dispose]: () => rmSync(outside, { recursive: true }),
  }
}

/** The file of an image of a section. */
export function contentPictureOf(node: RootContent | undefined): ContentPicture | undefined {
  const picture = node?.type === 'image' ? node.data?.picture : undefined
  return picture && 'hash' in picture ? picture : undefined
}
