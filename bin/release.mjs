/**
 * Makes a release of the last commit: `npm run release -- 0.2.0 [--dry-run]`. Sets the version, commits, tags, and writes
 * the source, the list of its packages (SBOM) and their checksums to `dist/`. The same tag gives the same bytes.
 * Publishes nothing. Prints each problem and exits with 1 if there is one.
 */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'

/** The files that name the version, each with the place that does. */
const PLACES = {
  'package.json': /(?<=^ {2}"version": ")[^"]+/m,
  'package-lock.json': /(?<=^ {2,6}"name": "sitrep",\n {2,6}"version": ")[^"]+/gm,
  Dockerfile: /(?<=image\.version=")[^"]+/,
}

const root = join(import.meta.dirname, '..')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'dry-run': { type: 'boolean', default: false } },
})
const [version = ''] = positionals
const tag = `v${version}`
const isVersion = /^\d+\.\d+\.\d+$/.test(version)
const date =
  isVersion &&
  new RegExp(`^## ${version} - (\\d{4}-\\d\\d-\\d\\d)$`, 'm').exec(read('CHANGELOG.md'))?.[1]

const problems = [
  !isVersion && 'Name the version, such as 0.2.0.',
  git('status', '--porcelain') && 'Commit or remove the changes of the work tree.',
  isVersion && git('tag', '--list', tag) && `The tag ${tag} exists.`,
  isVersion && !date && `CHANGELOG.md needs the heading "## ${version} - YYYY-MM-DD".`,
].filter(Boolean)

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exitCode = 1
} else if (values['dry-run']) {
  console.log(
    `Nothing is wrong. The release would set ${version}, commit, tag ${tag} and write dist/.`,
  )
} else {
  release()
}

function release() {
  for (const [path, place] of Object.entries(PLACES)) {
    writeFileSync(join(root, path), read(path).replace(place, version))
  }
  // The only step that another program can fail, so it comes before the commit.
  const packages = listPackages()
  const name = `sitrep-${version}`
  if (git('status', '--porcelain'))
    git('commit', '--all', '--quiet', '--message', `release: set ${version}`)
  git('tag', '--annotate', tag, '--message', `Sitrep ${version}`)
  const source = execFileSync('git', ['archive', `--prefix=${name}/`, tag], {
    cwd: root,
    maxBuffer: 2 ** 30,
  })
  const files = { [`${name}.tgz`]: gzipSync(source), [`${name}.cdx.json`]: packages }
  mkdirSync(join(root, 'dist'), { recursive: true })
  const sums = Object.entries(files).map(([path, bytes]) => {
    writeFileSync(join(root, 'dist', path), bytes)
    return `${createHash('sha256').update(bytes).digest('hex')}  ${path}\n`
  })
  writeFileSync(join(root, 'dist/SHA256SUMS'), sums.join(''))
  console.log(`${tag} is tagged, and dist/ has its files. Push it with: git push --follow-tags`)
}

/** Returns the packages of a production install on any platform as CycloneDX, without what changes at each run. */
function listPackages() {
  const options = ['--sbom-format=cyclonedx', '--sbom-type=application', '--omit=dev']
  const [program, ...args] = process.env.npm_execpath
    ? [process.execPath, process.env.npm_execpath]
    : ['npm']
  const command = [...args, 'sbom', '--package-lock-only', ...options]
  const sbom = JSON.parse(execFileSync(program, command, { cwd: root, maxBuffer: 2 ** 30 }))
  sbom.serialNumber = undefined
  sbom.metadata.tools = undefined
  sbom.metadata.timestamp = `${date}T00:00:00Z`
  // npm takes the name of the folder.
  sbom.metadata.component.name = 'sitrep'
  return `${JSON.stringify(sbom, undefined, 2)}\n`
}

function read(path) {
  return readFileSync(join(root, path), 'utf8')
}

function git(...args) {
  return execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim()
}
