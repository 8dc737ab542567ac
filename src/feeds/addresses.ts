import { BlockList, isIP } from 'node:net'

/**
 * The networks that are not public (IANA's registries of special-purpose addresses for IPv4 and IPv6). Those of the last
 * line contain IPv4 addresses, which a gateway may lead to a private network.
 */
const PRIVATE = {
  ipv4: `0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24
    192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4`,
  ipv6: `::/96 100::/64 2001:db8::/32 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
    ::ffff:0:0:0/96 2001::/23 2002::/16 64:ff9b::/96 64:ff9b:1::/48`,
} as const

const blocked = new BlockList()
for (const family of ['ipv4', 'ipv6'] as const) {
  for (const network of PRIVATE[family].split(/\s+/)) {
    const [address = '', bits] = network.split('/')
    blocked.addSubnet(address, Number(bits), family)
  }
}

/** Whether an IP address is not public. IPv4 addresses in IPv6 form count as themselves. Pure. */
export function isPrivateAddress(address: string): boolean {
  const [bare = ''] = address.split('%')
  const family = isIP(bare)
  if (family === 0) return true
  return blocked.check(bare, family === 4 ? 'ipv4' : 'ipv6')
}

/** Returns the IP address that a host name of a `URL` is; undefined for a name. Pure. */
export function literalAddress(hostname: string): string | undefined {
  const bare = hostname.replace(/^\[|\]$/g, '')
  return isIP(bare) === 0 ? undefined : bare
}
