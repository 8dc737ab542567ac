import { parser } from '@prometheus-io/lezer-promql'

/** One value of a scrape. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** The text format that Prometheus reads (version 0.0.4): its comments, and a sample without a timestamp. */
const HELP = /^# HELP [a-zA-Z_:][\w:]* .+$/
const TYPE = /^# TYPE (?<name>[a-zA-Z_:][\w:]*) (?<type>counter|gauge|histogram|summary|untyped)$/
const SAMPLE =
  /^(?<name>[a-zA-Z_:][\w:]*)(?:\{(?<labels>.*)\})? (?<value>[+-]?(?:Inf|[\d.]+(?:e[+-]?\d+)?)|Nan)$/
const LABEL = /^(?<name>[a-zA-Z_]\w*)="(?<value>(?:[^"\\\n]|\\["\\n])*)"(?:,|$)/

/** Suffixes of the samples of a family, by its type. */
const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  histogram: ['_bucket', '_sum', '_count'],
  summary: ['', '_sum', '_count'],
}

/** Reads a scrape. Throws at a line that Prometheus would refuse, at a sample without a type, and at one that comes twice. */
export function readScrape(text: string): Sample[] {
  const known = new Set<string>()
  const seen = new Set<string>()
  if (!text.endsWith('\n')) throw new Error('The last line has no end.')
  return text.split('\n').flatMap(line => {
    if (line === '' || HELP.test(line)) return []
    const type = TYPE.exec(line)?.groups
    if (type) {
      for (const suffix of SUFFIXES[type.type ?? ''] ?? ['']) known.add(`${type.name}${suffix}`)
      return []
    }
    const { name = '', labels = '', value = '' } = SAMPLE.exec(line)?.groups ?? {}
    const key = `${name}{${labels}}`
    if (!known.has(name)) throw new Error(`Not in the text format: ${line}`)
    if (seen.has(key)) throw new Error(`Twice: ${key}`)
    seen.add(key)
    const number = Number(value.replace('Inf', 'Infinity').replace('Nan', 'NaN'))
    return [{ name, labels: readLabels(labels), value: number }]
  })
}

function readLabels(text: string): Record<string, string> {
  const labels: Record<string, string> = {}
  for (let rest = text; rest !== ''; ) {
    const found = LABEL.exec(rest)
    if (!found?.groups?.name) throw new Error(`No label: ${rest}`)
    labels[found.groups.name] = (found.groups.value ?? '').replaceAll(/\\(.)/g, '$1')
    rest = rest.slice(found[0].length)
  }
  return labels
}

/** Lists the metrics that a PromQL expression names, read by Prometheus' own grammar. Throws if it has an error. */
export function metricsIn(expression: string): string[] {
  const names: string[] = []
  parser.parse(expression).iterate({
    enter({ type, from, to, node }) {
      if (type.isError) throw new Error(`Not PromQL: ${expression}`)
      if (type.name === 'Identifier' && node.parent?.name === 'VectorSelector') {
        names.push(expression.slice(from, to))
      }
    },
  })
  return names
}
