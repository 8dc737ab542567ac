import type { APIAttachment } from 'discord.js'
import { PICTURE_BYTES } from '../../message.ts'
import { type Downloaded, type DownloadOptions, download, isLoopback } from '../download.ts'

/** Where Discord keeps what is attached; an address of elsewhere is none of its. */
const HOSTS = ['cdn.discordapp.com', 'media.discordapp.net']

type Attachment = Pick<APIAttachment, 'url' | 'size'>

/** Fetches what is attached; never rejects. Whether it is a picture its content tells. */
export async function fetchAttachment(
  { url, size }: Attachment,
  options: DownloadOptions,
): Promise<Downloaded> {
  if (size > PICTURE_BYTES) return 'large'
  const isKept = URL.canParse(url) && HOSTS.includes(new URL(url).host)
  return isKept || isLoopback(url, options.apiUrl) ? download(url, options) : 'unreachable'
}

/** The first attachment that says it is a picture. Pure. */
export function pictureAmong<A extends Pick<APIAttachment, 'content_type'>>(
  attachments: readonly A[],
): A | undefined {
  return attachments.find(({ content_type }) => content_type?.startsWith('image/'))
}
