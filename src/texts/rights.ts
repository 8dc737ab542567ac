/** Names of rights, as the settings of the platform show them. */
export const rights = {
  telegram: { send: 'Send Messages', post: 'Post Messages', topics: 'Manage Topics' },
  discord: {
    view: 'View Channel',
    send: 'Send Messages',
    sendInThreads: 'Send Messages in Threads',
    history: 'Read Message History',
    threads: 'Manage Threads',
  },
} as const
