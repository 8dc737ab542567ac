import type {
  Drawing,
  DrawnEvent,
  EventState,
  TableDrawing,
  TimelineDrawing,
} from '../../src/picture.ts'

type Sample = (TableDrawing | TimelineDrawing) & Pick<Drawing, 'accent'>

const rows = (...lines: string[]) =>
  lines.map(line => line.split('|').map(cell => [{ text: cell.trim() }]))

const STATES: Record<EventState, string> = {
  past: 'Past',
  running: 'Running now',
  upcoming: 'Upcoming',
  postponed: 'Postponed',
  cancelled: 'Cancelled',
}

export function event(
  name: string,
  start: string,
  end: string,
  state: EventState,
  dates = datesOf(start, end),
): DrawnEvent {
  return { name, start, end, dates, state, stateText: STATES[state] }
}

/** Dates in words, as in "12 Oct – 4 Nov 2026". */
function datesOf(...dates: readonly [start: string, end: string]): string {
  const format = new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    timeZone: 'UTC',
  })
  const [start, end] = dates.map(date => new Date(date)) as [Date, Date]
  return format.formatRange(start, end).replaceAll('\u2009', ' ')
}

const today = { today: '2026-11-30', todayText: 'Today, 30 November 2026' }

/** The drawings of the golden pictures and of measurements. */
export const SAMPLES = {
  rivers: {
    kind: 'table',
    accent: '#1f7a5c',
    align: ['left', 'right', 'left'],
    rows: [
      ...rows('River and gauge | Level | Trend'),
      ...rows('Drin at Shkodër | 4.20 m | ↑ rising', 'Una at Bihać | 2.85 m | → steady'),
      [
        [{ text: 'Vrbas at Banja Luka' }],
        [{ text: '3.10 m', strike: true }, { text: ' 3.35 m' }],
        [
          { text: '↑ ' },
          { text: 'alert', bold: true },
          { text: ' since ' },
          { text: '09:00', code: true },
        ],
      ],
      [
        [{ text: 'Sava at Slavonski Brod' }],
        [{ text: '5.02 m' }],
        [{ text: '↓ falling, ' }, { text: 'provisional', italic: true }],
      ],
    ],
  },
  scripts: {
    kind: 'table',
    accent: '#8a2be2',
    rows: rows(
      'Script | Text',
      'Ελληνικά | Στάθμη των υδάτων: υψηλή',
      'Кириллица | Косово и Ђурђевић, рівень води',
      'العربية | مستوى المياه مرتفع (4.20 م) اليوم',
      'עברית | מפלס המים גבוה, abc 12',
      '中文 | 河流水位正在上升,请远离河岸,并留意后续通知。',
      '日本語 | 川の水位が上昇しています。',
      '한국어 | 강 수위가 높아지고 있습니다',
      'Emoji | 🟢 low 🔴 high ⚠️ 🇽🇰 👩🏽‍🚒 1️⃣ ☎ ✔ ©',
      'Mixed | Sarajevo مرحبا and שלום',
    ),
  },
  columns: {
    kind: 'table',
    accent: '#c2410c',
    rows: Array.from({ length: 4 }, (_, row) =>
      Array.from({ length: 20 }, (_, column) => [
        {
          text:
            row === 0
              ? column === 0
                ? 'Station'
                : `Sensor ${column}`
              : column === 0
                ? `Station ${row}`
                : `${(row * 7.3 + column * 1.9).toFixed(1)} °C`,
        },
      ]),
    ),
  },
  words: {
    kind: 'table',
    rows: rows(
      'Place | Donaudampfschifffahrtsgesellschaftskapitän | Note',
      'Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch | https://example.org/a/very/long/path/that/never/ends/and/has/no/blank | Words break only where they must',
      'Short | Yes | No',
    ),
  },
  timeline: {
    kind: 'timeline',
    accent: '#1f7a5c',
    ...today,
    events: [
      event('Exercise Steady Shield', '2026-10-12', '2026-10-16', 'past', '12–16 Oct'),
      event('Civil protection seminar', '2026-11-03', '2026-11-03', 'past', 'Tue 3 Nov'),
      event('Winter readiness week', '2026-11-27', '2026-12-04', 'running', '27 Nov – 4 Dec'),
      event(
        'Joint flood exercise on the Sava and the Una',
        '2026-12-08',
        '2026-12-11',
        'upcoming',
        '8–11 Dec',
      ),
      event('Medical evacuation drill', '2026-12-14', '2026-12-15', 'postponed', '14–15 Dec'),
      event('New year concert', '2026-12-31', '2027-01-01', 'cancelled', '31 Dec – 1 Jan'),
      event('Balkan Response', '2027-01-18', '2027-02-05', 'upcoming', '18 Jan – 5 Feb 2027'),
    ],
  },
  years: {
    kind: 'timeline',
    accent: '#b91c1c',
    ...today,
    events: [
      event('First edition', '2019-05-04', '2019-05-10', 'past'),
      event('تمرين مشترك للدفاع المدني', '2026-11-30', '2026-11-30', 'running'),
      event('洪水演習', '2027-03-01', '2027-06-30', 'upcoming'),
      event('Finale 🎉', '2031-09-01', '2031-09-03', 'upcoming'),
    ],
  },
  day: {
    kind: 'timeline',
    ...today,
    events: [
      event('Morning briefing', '2026-11-30', '2026-11-30', 'past', '09:00–10:00'),
      event('Field visit', '2026-11-30', '2026-11-30', 'running', '11:00–16:00'),
    ],
  },
  thirty: {
    kind: 'timeline',
    accent: '#facc15',
    ...today,
    events: Array.from({ length: 30 }, (_, index) => {
      const start = Temporal.PlainDate.from('2026-06-01').add({ days: index * 13 })
      const end = start.add({ days: (index * 5) % 17 })
      const isPast = end.toString() < today.today
      const isRunning = !isPast && start.toString() <= today.today
      const state = isPast
        ? 'past'
        : isRunning
          ? 'running'
          : index % 7 === 0
            ? 'postponed'
            : index % 9 === 0
              ? 'cancelled'
              : 'upcoming'
      return event(`Exercise ${index + 1} of the season`, `${start}`, `${end}`, state)
    }),
  },
} satisfies Record<string, Sample>
