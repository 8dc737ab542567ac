import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ConfigError, SECRET_FILES } from '../config.ts'
import { causeOf } from './file-causes.ts'

type Values = Readonly<Record<string, string | undefined>>

/**
 * Returns the variables with the secrets that are in files: `TELEGRAM_TOKEN_FILE` names the file of `TELEGRAM_TOKEN`. If it
 * is unset, the credential `telegram-token` of a systemd service counts. Throws {@link ConfigError} if a file cannot be
 * read or is empty, or if its secret is set as well.
 */
export function withSecretFiles(values: Values): Values {
  const problems: string[] = []
  const secrets: Record<string, string> = {}
  for (const variable of SECRET_FILES) {
    const name = variable.replace(/_FILE$/, '')
    const given = values[variable]?.trim() || credential(name, values)
    if (!given) continue
    const path = resolve(given)
    if (values[name]?.trim()) {
      problems.push(`${name}: the file ${path} has it as well. Keep one of them`)
      continue
    }
    try {
      const secret = readFileSync(path, 'utf8').trim()
      if (secret) secrets[name] = secret
      else problems.push(`${variable}: ${path} is empty`)
    } catch (error) {
      problems.push(`${variable}: can’t read ${path}, because ${causeOf(error)}`)
    }
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return { ...values, ...secrets }
}

/** Returns the path of a secret among the credentials of a systemd service; undefined if it is not there. */
function credential(name: string, { CREDENTIALS_DIRECTORY: folder }: Values): string | undefined {
  const path = join(folder ?? '', name.toLowerCase().replaceAll('_', '-'))
  return folder && existsSync(path) ? path : undefined
}
