import chromium from '@sparticuz/chromium'
import { type Browser, chromium as playwright } from 'playwright-core'

/** A real Chromium: out of npm where its build fits the machine, else the Chrome that is installed. */
export async function openBrowser(): Promise<Browser> {
  const packed = process.platform === 'linux' && process.arch === 'x64'
  return packed
    ? playwright.launch({
        executablePath: await chromium.executablePath(),
        // The package's own switches are for one process in a cloud function; these are for tests:
        // nothing is asked of any host but this machine.
        args: [
          '--no-sandbox',
          '--disable-gpu',
          '--disable-background-networking',
          '--disable-sync',
        ],
      })
    : playwright.launch({ channel: 'chrome' })
}
