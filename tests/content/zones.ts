/** Zones with summer time in both hemispheres, without it, with a change at midnight, and with odd offsets. */
export const ZONES = [
  ...['Europe/Sarajevo', 'Europe/London', 'Europe/Istanbul', 'Europe/Berlin', 'Atlantic/Azores'],
  ...['America/New_York', 'America/Los_Angeles', 'America/St_Johns', 'America/Santiago', 'UTC'],
  ...['Africa/Cairo', 'Asia/Kathmandu', 'Asia/Kolkata', 'Asia/Tokyo', 'Asia/Tehran'],
  ...['Australia/Lord_Howe', 'Australia/Adelaide', 'Pacific/Auckland', 'Pacific/Chatham'],
  'Pacific/Kiritimati',
]
