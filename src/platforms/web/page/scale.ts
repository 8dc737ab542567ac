import { addDays } from './marks.ts'

/** Positions of an axis that is `width` rem wide. */
export interface Scale {
  readonly width: number
  /** Returns the distance of a day's start from the left end, in rem. */
  x(day: string): number
}

/** Returns the distance of a day's middle from the left end, in rem. Pure. */
export function middle(day: string, { x }: Scale): number {
  return (x(day) + x(addDays(day, 1))) / 2
}

/** Formats a length of CSS. Pure. */
export function rem(length: number): string {
  return `${length}rem`
}
