/** The name under which the command line acts: only the operator can write to the database. */
export const OPERATOR = 'operator'

/** Returns the audit entry of an action of the operator. Pure. */
export function auditEntry(action: string) {
  return { actor: OPERATOR, action }
}
