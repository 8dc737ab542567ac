import manifest from '../package.json' with { type: 'json' }

/** The version of Sitrep. */
export const VERSION = manifest.version

/** Returns the version of each thing that an operator can update: Sitrep, Node, and the edition that is served. */
export function versionsWith({ id, asOf }: { readonly id: string; readonly asOf: string }) {
  return { version: VERSION, node: process.versions.node, edition: id, asOf }
}
