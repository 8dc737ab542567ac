import { toString as textOf } from 'mdast-util-to-string'
import { expect, test } from 'vitest'
import { shipped as edition } from '../shipped.ts'

/** The cells of a table: `threats` is the first of the section, `threats-2` the second. */
function rows(place: string): string[][] {
  const [command, nth = 1] = place.split('-')
  const section = edition.sections.find(each => each.command === command)
  const table = section?.tables[Number(nth) - 1]?.table
  return (table?.children ?? []).map(row => row.children.map(cell => textOf(cell)))
}

/** The bold beginnings of the list items of a section, one list after the other. */
function items(command: string): string[][] {
  const body = edition.sections.find(section => section.command === command)?.body
  return (body?.children ?? []).flatMap(node =>
    node.type === 'list' ? [node.children.map(item => textOf(item).split(':')[0] ?? '')] : [],
  )
}

test('the shipped edition has seven sections in order', () => {
  expect(edition.sections.map(({ command }) => command)).toEqual([
    'objectives',
    'threats',
    'partnerships',
    'capabilities',
    'community',
    'recommendations',
    'outlook',
  ])
})

test('every table has every row and cell of the source', () => {
  expect(rows('objectives')).toEqual([
    ['Focus Area', 'Objective'],
    ['Security Reforms', 'Modernizing defense frameworks'],
    ['Political Stability', 'Encouraging democratic processes'],
    ['Economic Development', 'Supporting enduring economic growth'],
  ])
  expect(rows('threats')).toEqual([
    ['Challenge', 'Potential Impact'],
    ['Ethnic Nationalism', 'Increase in civil unrest and sectarian violence'],
    ['Economic Disparities', 'Widening socioeconomic divides leading to instability'],
    ['Geopolitical Rivalries', 'Heightened tensions and military posturing'],
    ['Cybersecurity Threats', 'Vulnerability of critical infrastructure and information systems'],
  ])
  expect(rows('partnerships')).toEqual([
    ['Country', 'Engagement Type', 'Date'],
    ['Albania', 'Joint Training Program', 'June 2023'],
    ['Kosovo', 'Information Session', 'August 2023'],
    ['North Macedonia', 'Capacity Building Workshop', 'September 2023'],
  ])
  expect(rows('community')).toEqual([
    ['Focus Area', 'Description'],
    [
      'Security Training',
      'Empowering local police with anti-crime tactics and community policing strategies.',
    ],
    [
      'Infrastructure Development',
      'Investing in transportation and communication infrastructure to foster regional connectivity.',
    ],
    [
      'Cultural Exchange',
      'Hosting events promoting cultural understanding and cooperation among diverse communities.',
    ],
  ])
  expect(rows('recommendations')).toEqual([
    ['Support Mechanism', 'Description'],
    ['Security Assistance', 'Provide necessary military training and resources to local forces.'],
    [
      'Diplomatic Engagement',
      'Facilitate dialogue between conflicting parties to build consensus.',
    ],
    ['Cultural Programs', 'Organize events and forums that celebrate diversity and unity.'],
  ])
  expect(edition.events).toEqual([
    {
      id: 'defender-2023',
      name: 'Defender 2023',
      start: '2023-06-01',
      end: '2023-06-10',
      participants: 'NATO Member States',
      status: 'scheduled',
    },
    {
      id: 'partner-2023',
      name: 'Partner 2023',
      start: '2023-09-15',
      end: '2023-09-25',
      participants: 'Western Balkan Countries',
      status: 'scheduled',
    },
  ])
})

test('the tables are named, and the exercises stand with the capabilities', () => {
  const named = edition.sections.flatMap(({ tables }) => tables.map(({ title }) => title))
  expect(named).toEqual([
    'Focus areas',
    'Regional challenges',
    'Engagements',
    'Community focus areas',
    'Support mechanisms',
  ])
  const withEvents = edition.sections.filter(({ events }) => events)
  expect(withEvents.map(({ command }) => command)).toEqual(['capabilities'])
})

test('every list has every item of the source', () => {
  expect(items('objectives')).toEqual([
    ['Capacity Building', 'Crisis Management', 'Regional Cooperation'],
  ])
  expect(items('threats')).toEqual([
    [
      'Ethnic Divisions',
      'Economic Vulnerability',
      'External Influences',
      'Terrorism and Extremism',
    ],
  ])
  expect(items('partnerships')).toEqual([
    ['Capacity Building', 'Information Sharing', 'Joint Exercises'],
  ])
  expect(items('capabilities')).toEqual([
    [
      'Modernization of Defense Systems',
      'Training Programs',
      'Intelligence Sharing',
      'Joint Task Forces',
    ],
    ['Test Joint Operations', 'Build Relationships', 'Evaluate Readiness'],
  ])
  expect(items('community')).toEqual([
    ['Capacity Building', 'Job Creation', 'Education and Awareness'],
  ])
  expect(items('recommendations')).toEqual([
    ['Regional cooperation', 'Economic development', 'Educational exchanges'],
  ])
})
