import type { Edition, Section } from '../content/edition.ts'
import type { CommandAction } from '../message.ts'
import { texts } from '../texts.ts'

/** Returns the button of a section, with its icon. Pure. */
export function sectionButton(
  { command, title, icon }: Pick<Section, 'command' | 'title' | 'icon'>,
  label = title,
): CommandAction {
  return { label, command: `/${command}`, ...(icon !== undefined && { icon }) }
}

/** Returns a button for a line; it has the icon of a section if the line is that section's command. Pure. */
export function buttonOf({ sections }: Edition, label: string, line: string): CommandAction {
  const section = sections.find(({ command }) => `/${command}` === line.split(' ', 1)[0])
  return section ? { ...sectionButton(section, label), command: line } : { label, command: line }
}

/** Returns the title of a section for a heading, behind its icon. Pure. */
export function sectionTitle({ title, icon }: Pick<Section, 'title' | 'icon'>): string {
  return icon === undefined ? title : `${icon} ${title}`
}

/** Returns the title of a section for a list. That of a draft says so, unless the whole edition is a draft. Pure. */
export function sectionLabel({ isDraft: isWhole }: Edition, { title, isDraft }: Section): string {
  return isDraft && !isWhole ? texts.draftLabel(title) : title
}

/** Returns a button for each section. Pure. */
export function sectionButtons(edition: Edition): CommandAction[] {
  return edition.sections.map(section => sectionButton(section, sectionLabel(edition, section)))
}
