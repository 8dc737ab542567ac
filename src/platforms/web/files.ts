import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Hono } from 'hono'

const FOLDER = join(import.meta.dirname, 'page')

/** The libraries of the page: the name in an import, and the module of the package. */
const LIBRARIES = {
  preact: '/lib/preact.js',
  'preact/hooks': '/lib/preact-hooks.js',
} as const

/** The import map that every page contains: browsers find the libraries by it. */
const IMPORT_MAP = JSON.stringify({ imports: LIBRARIES })
const IMPORT_MAP_HASH = createHash('sha256').update(IMPORT_MAP).digest('base64')

/** The content security policy: only the page's own files and its import map, no frame around it, no form target. */
export const POLICY = [
  "default-src 'none'",
  `script-src 'self' 'sha256-${IMPORT_MAP_HASH}'`,
  "style-src 'self'",
  "connect-src 'self'",
  // `self` for images of posts, `data:` for the empty icon.
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** The pages, and the addresses at which they open. */
const PAGES = { '/': 'page.html', '/plan': 'plan.html' } as const

/** Adds the routes of the page's own files. TypeScript is served without its type annotations. */
export function addFiles(app: Hono): void {
  for (const [path, name] of Object.entries(PAGES)) {
    app.get(path, context => context.html(withImportMap(read(name))))
  }
  for (const name of readdirSync(FOLDER)) {
    if (name.endsWith('.css')) {
      app.get(`/${name}`, context => context.body(read(name), 200, { 'content-type': CSS }))
    }
    if (name.endsWith('.ts')) {
      app.get(`/${name}`, context =>
        context.body(stripTypeScriptTypes(read(name)), 200, { 'content-type': SCRIPT }),
      )
    }
  }
  for (const [name, path] of Object.entries(LIBRARIES)) {
    const file = fileURLToPath(import.meta.resolve(name))
    app.get(path, context => context.body(readFileSync(file), 200, { 'content-type': SCRIPT }))
  }
}

const CSS = 'text/css; charset=utf-8'
const SCRIPT = 'text/javascript; charset=utf-8'

/** Puts the import map before the scripts, because a browser ignores one that comes later. */
function withImportMap(page: string): string {
  return page.replace('<script', `<script type="importmap">${IMPORT_MAP}</script>\n    <script`)
}

function read(name: string): string {
  return readFileSync(join(FOLDER, name), 'utf8')
}
