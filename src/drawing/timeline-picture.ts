import type { DrawnEvent, EventState, TimelineDrawing } from '../picture.ts'
import {
  BELOW,
  type Box,
  INNER,
  MARGIN,
  type Mark,
  placeLines,
  type Scene,
  WIDTH,
} from './scene.ts'
import { drawable, type StyledRun, type TextStyle } from './styled-text.ts'
import { layOut, type Measure } from './text-layout.ts'
import type { Colours, Surface } from './theme.ts'
import { type TimeAxis, timeAxis } from './time-axis.ts'

/** The bars stand right of the texts, in CSS pixels. */
const CHART = { x: WIDTH - MARGIN - 104, width: 104 }
const TEXT = { x: MARGIN, width: INNER - CHART.width - 14 }

const NAME = { size: 14, line: 19 }
const DETAIL = { size: 12.5, line: 17 }
const YEAR = { size: 11, line: 15, width: 36, top: 6 }

/** Space above and below an event. */
const PADDING = 6

const BAR = 9

/** Least width of a bar, so that a day among years is a dot. */
const LEAST_BAR = BAR

/**
 * Lays out a timeline: a row for each event with its bar on a common scale. The line of today divides the events that
 * have started from those that come, and crosses the bars at its place. Pure.
 */
export function timelineScene(drawing: TimelineDrawing, colours: Colours, measure: Measure): Scene {
  const axis = timeAxis(drawing)
  const years = placeYears(axis, colours, measure)
  const top = years.length > 0 ? YEAR.top + YEAR.line + 2 : 0
  const next = drawing.events.findIndex(({ start }) => start > drawing.today)
  const started = next === -1 ? drawing.events.length : next
  const bands: Mark[] = []
  const texts: Mark[] = years.flatMap(({ label }) => label)
  const bars: Mark[] = []
  let y = Math.max(top, MARGIN / 2)
  const addEvents = (events: readonly DrawnEvent[]) => {
    for (const event of events) {
      const surface = event.state === 'running' ? colours.tinted : colours.plain
      const row = eventRow(event, surface, measure, y)
      const box = { kind: 'box', x: 0, y, height: row.height } as const
      if (event.state === 'running') {
        bands.push({ ...box, width: WIDTH, fill: surface.fill })
        bands.push({ ...box, width: 4, fill: surface.mark })
      }
      texts.push(...row.texts)
      bars.push(...barOf(event, axis, surface, y + row.height / 2))
      y += row.height
    }
  }

  addEvents(drawing.events.slice(0, started))
  const today = todayMarks(drawing, colours, measure, y, todayPlace(axis, drawing.today))
  texts.push(...today.marks)
  y += today.height
  addEvents(drawing.events.slice(started))
  const x = todayPlace(axis, drawing.today)
  const vertical: Mark = {
    kind: 'stroke',
    from: [x, top],
    to: [x, y],
    colour: colours.plain.mark,
    width: 1.5,
  }
  const yearLines = years.map(({ x: at }): Mark => {
    return { kind: 'stroke', from: [at, top], to: [at, y], colour: colours.hairline, width: 1 }
  })
  return {
    height: Math.ceil(y - PADDING + BELOW),
    fill: colours.plain.fill,
    marks: [...bands, ...yearLines, vertical, ...bars, ...texts],
  }
}

function todayPlace(axis: TimeAxis, today: string): number {
  return CHART.x + axis.place(today, 0.5) * CHART.width
}

/** The years above the bars. Of many years, only some have room. */
function placeYears({ years }: TimeAxis, { plain }: Colours, measure: Measure) {
  const style: TextStyle = { size: YEAR.size, weight: 400, colour: plain.quiet }
  const placed: { readonly x: number; readonly label: Mark[] }[] = []
  let free = CHART.x - YEAR.width / 2
  for (const { year, place } of years) {
    const x = CHART.x + place * CHART.width
    const left = x - YEAR.width / 2
    if (left < free || left + YEAR.width > WIDTH - MARGIN / 4) continue
    const lines = layOut([{ text: String(year), style }], YEAR.width, measure)
    const area = { x: left, y: YEAR.top, width: YEAR.width }
    placed.push({ x, label: placeLines(lines, area, YEAR.line, 'center') })
    free = left + YEAR.width
  }
  return placed
}

/** The line of today with its text, and a dot at its place on the scale. */
function todayMarks(
  { todayText }: TimelineDrawing,
  { plain }: Colours,
  measure: Measure,
  y: number,
  x: number,
) {
  const style: TextStyle = { size: DETAIL.size, weight: 600, colour: plain.accent }
  const lines = layOut([{ text: drawable(todayText), style }], TEXT.width, measure)
  const height = lines.length * DETAIL.line + 2 * PADDING
  const middle = y + height / 2
  const start = TEXT.x + Math.max(...lines.map(({ width }) => width)) + 8
  const marks: Mark[] = [
    {
      kind: 'stroke',
      from: [start, middle],
      to: [WIDTH - MARGIN, middle],
      colour: plain.mark,
      width: 1.5,
    },
    { kind: 'box', x: x - 4, y: middle - 4, width: 8, height: 8, radius: 4, fill: plain.mark },
    ...placeLines(lines, { ...TEXT, y: y + PADDING }, DETAIL.line, 'left'),
  ]
  return { marks, height }
}

/** The texts of an event: its name, then its state and its dates. */
function eventRow(event: DrawnEvent, surface: Surface, measure: Measure, y: number) {
  const { name, dates, state, stateText } = event
  const isLive = state === 'running' || state === 'upcoming'
  const nameStyle: TextStyle = {
    size: NAME.size,
    weight: 600,
    colour: isLive ? surface.text : surface.quiet,
    isStruck: state === 'cancelled',
  }
  const detail: TextStyle = { size: DETAIL.size, weight: 400, colour: surface.quiet }
  const stateStyle: TextStyle = {
    ...detail,
    weight: 600,
    colour: isLive ? surface.accent : surface.quiet,
  }
  const details: StyledRun[] = [
    { text: drawable(stateText), style: stateStyle },
    { text: ' · ', style: detail },
    { text: joined(drawable(dates)), style: { ...detail, isStruck: state === 'cancelled' } },
  ]
  const names = layOut([{ text: drawable(name), style: nameStyle }], TEXT.width, measure)
  const below = layOut(details, TEXT.width, measure)
  const top = y + PADDING
  const middle = top + names.length * NAME.line
  return {
    height: middle - y + below.length * DETAIL.line + PADDING,
    texts: [
      ...placeLines(names, { ...TEXT, y: top }, NAME.line),
      ...placeLines(below, { ...TEXT, y: middle }, DETAIL.line),
    ],
  }
}

/** Keeps the parts of a date on one line: 14–18 December 2026. */
function joined(dates: string): string {
  return dates.replace(/(?<=\d) (?=\p{L})|(?<=\p{L}) (?=\d{4}(?!\d))/gu, '\u00a0')
}

/** The bar of an event. Each state has a form of its own. */
function barOf(
  { start, end, state }: DrawnEvent,
  axis: TimeAxis,
  surface: Surface,
  y: number,
): Mark[] {
  const from = axis.place(start) * CHART.width
  const length = axis.place(end, 1) * CHART.width - from
  const width = Math.min(CHART.width, Math.max(LEAST_BAR, length))
  const centred = from + length / 2 - width / 2
  const x = CHART.x + Math.max(0, Math.min(CHART.width - width, centred))
  const box: Box = { kind: 'box', x, y: y - BAR / 2, width, height: BAR, radius: BAR / 2 }
  return [haloOf(box, surface.fill), ...barMarks(box, state, surface)]
}

/** Sets a bar apart from the lines behind it. */
function haloOf(box: Box, fill: string): Box {
  const grown = { x: box.x - 2, y: box.y - 2, width: box.width + 4, height: box.height + 4 }
  return { ...box, ...grown, radius: BAR / 2 + 2, fill }
}

function barMarks(box: Box, state: EventState, surface: Surface): Mark[] {
  const y = box.y + BAR / 2
  switch (state) {
    case 'past':
      return [{ ...box, fill: surface.quietMark }]
    case 'running':
      return [{ ...box, fill: surface.mark }]
    case 'upcoming':
      return [{ ...box, fill: surface.fill, outline: surface.mark }]
    case 'postponed':
      return [{ ...box, fill: surface.fill, outline: surface.quietMark, isDashed: true }]
    case 'cancelled':
      return [
        { ...box, fill: surface.fill, outline: surface.quietMark },
        {
          kind: 'stroke',
          from: [box.x - 3, y],
          to: [box.x + box.width + 3, y],
          colour: surface.quietMark,
          width: 1.5,
        },
      ]
  }
}
