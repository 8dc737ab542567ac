import type { APIAttachment } from 'discord.js'
import { PICTURE_BYTES } from '../../picture.ts'
import { type Downloaded, type DownloadOptions, download, isLoopback } from '../download.ts'

/** Hosts of Discord's attachments. An address with another host is not fetched. */
const HOSTS = ['cdn.discordapp.com', 'media.discordapp.net']

type Attachment = Pick<APIAttachment, 'url' | 'size'>

/**
 * Downloads an attachment of at most {@link PICTURE_BYTES} bytes. Never rejects. The caller decides by the content
 * whether it is a picture.
 */
export async function fetchAttachment(
  { url, size }: Attachment,
  options: DownloadOptions,
): Promise<Downloaded> {
  if (size > PICTURE_BYTES) return 'large'
  const isAllowed = URL.canParse(url) && HOSTS.includes(new URL(url).host)
  return isAllowed || isLoopback(url, options.apiUrl) ? download(url, options) : 'unreachable'
}

/** Returns the first attachment whose content type is an image. Pure. */
export function pictureAmong<A extends Pick<APIAttachment, 'content_type'>>(
  attachments: readonly A[],
): A | undefined {
  return attachments.find(({ content_type }) => content_type?.startsWith('image/'))
}
