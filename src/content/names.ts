import type { Edition, EventNames } from './edition.ts'
import { isDraft } from './files.ts'
import type { Problem } from './problem.ts'
import { builtinNamesSchema } from './schema.ts'
import type { Claim } from './section.ts'
import type { YamlSource } from './yaml.ts'

/** The names of the built-in commands. */
export interface BuiltinNames extends ReadonlySet<string> {
  /** The names by their aliases. A section may take an alias. */
  readonly aliases?: ReadonlyMap<string, string>
}

/** The names that an edition gives to built-in commands. */
export interface GivenNames {
  readonly commands: NonNullable<Edition['commands']>
  /** False if `commands` has problems, so that no other name can be judged by it. */
  readonly isKnown: boolean
  readonly claims: readonly Claim[]
}

/** Reads the names even from a file with problems in other places. Pure. */
export function givenNames(
  { path: file, exists, yaml }: { path: string; exists: boolean; yaml?: YamlSource | undefined },
  builtin: BuiltinNames,
  eventNames: EventNames | undefined,
): GivenNames {
  const isReadable = !exists || yaml?.problems.length === 0
  const { commands: given = {} } = Object(yaml?.value) as { commands?: unknown }
  const { success, data = {} } = builtinNamesSchema(builtin).safeParse(given)
  const commands = { ...eventCommands(eventNames), ...data }
  const claims = Object.entries(commands).flatMap(([own, name]): Claim[] => {
    const path = own in data ? ['commands', own] : ['events', 'command']
    const line = yaml?.lineOf(path) ?? 1
    return name === false || name === own ? [] : [{ kind: 'name', name, file, line }]
  })
  return { commands, isKnown: isReadable && success, claims }
}

/** Returns the names of the commands about events; an edition without events leaves them out. */
function eventCommands(names: EventNames | undefined): GivenNames['commands'] {
  if (names) return { events: names.command }
  return { events: false, next: false, remind: false, mute: false }
}

/**
 * Finds the names and titles that are taken. An alias gives way to the new name of a built-in command, that name to the
 * command of a section, and a draft to everything that is published. Pure.
 */
export function clashes(
  sections: readonly Claim[],
  { commands, isKnown, claims }: GivenNames,
  builtin: BuiltinNames,
): Problem[] {
  // No button types `/events` in an edition that calls its events otherwise, so a section may have the name.
  const isFree = (name: string) =>
    commands[name] === false || (name === 'events' && commands.events !== 'events')
  const isReserved = (name: string) => isKnown && builtin.has(name) && !isFree(name)
  const taken = new Map<string, Claim>()
  const inOrder = [
    ...sections.filter(({ isAlias }) => !isAlias),
    ...claims,
    ...sections.filter(({ isAlias }) => isAlias),
  ].sort((a, b) => Number(isDraft(a.file)) - Number(isDraft(b.file)))
  return inOrder.flatMap(claim => {
    const { kind, name, file, line } = claim
    const key = `${kind} ${name.toLowerCase()}`
    const first = taken.get(key)
    if (!first) taken.set(key, claim)
    if (!first && !(kind === 'name' && isReserved(name))) {
      return kind === 'name' && builtin.aliases?.get(name) === name ? [takenOver(claim)] : []
    }
    const message =
      first?.file === file
        ? `The ${kind} \`${name}\` appears twice in this file.`
        : `The ${kind} \`${name}\` is taken by ${first ? `${first.file} (line ${first.line})` : 'a built-in command'}.`
    const fix = first?.file === file ? 'Keep one of them.' : `Choose another ${kind}.`
    return [{ file, line, message, fix }]
  })
}

/** Warns of a name with which platforms open each chat. Its built-in command gives way to a section. */
function takenOver({ name, file, line }: Claim): Problem {
  const message = `Telegram opens each chat with \`/${name}\`, so readers see this instead of the greeting.`
  return { file, line, message, fix: 'Choose another name.', isWarning: true }
}
