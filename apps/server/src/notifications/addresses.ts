import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * Networks that are not the public Internet: loopback, private, link-local, multicast, reserved, for documentation.
 * Of IPv6 all but 2000::/3, and what in there carries an address of IPv4, which could be any of these.
 */
const notPublic: readonly (readonly [address: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  // Teredo and other special purposes; documentation; 6to4; documentation.
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];

/** Decides which addresses this server may connect to on its own. */
export interface AddressGuard {
  isAllowed(address: string): boolean;
  /** For `http.request`: as the usual look-up, but addresses that are not allowed are an error. */
  readonly lookup: LookupFunction;
}

/**
 * Public addresses, and those in the networks that are given as `ADDRESS/PREFIX`.
 * Checked on the address that is connected to, so that a name cannot be turned to another place after the check.
 * Errors: a plain Error for a network that cannot be read.
 */
export function createAddressGuard(allowedNetworks: readonly string[]): AddressGuard {
  // A list looks at an address of IPv4 as IPv6 writes it too, and the other way round: they must not be in one.
  const refused4 = listOf(notPublic.filter(([address]) => isIP(address) === 4));
  const refused6 = listOf(notPublic.filter(([address]) => isIP(address) === 6));
  const written4 = listOf([['::ffff:0:0', 96]]);
  const allowed = listOf(allowedNetworks.map(parseNetwork));
  const isAllowed = (address: string) => {
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    const refused = family === 'ipv4' || written4.check(address, family) ? refused4 : refused6;
    return allowed.check(address, family) || !refused.check(address, family);
  };
  return {
    isAllowed,
    lookup(hostname, options, done) {
      lookup(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return done(error, []);
        const usable = addresses.filter(({ address }) => isAllowed(address));
        const [first] = usable;
        if (!first) return done(new Error(`${hostname} is at no address that notifications may go to`), []);
        return options.all ? done(null, usable) : done(null, first.address, first.family);
      });
    },
  };
}

function listOf(networks: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [address, prefix] of networks) list.addSubnet(address, prefix, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return list;
}

function parseNetwork(written: string): [string, number] {
  const [address = '', prefix = ''] = written.split('/');
  const most = isIP(address) === 6 ? 128 : 32;
  if (isIP(address) !== 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= most) return [address, Number(prefix)];
  throw new Error(`'${written}' is not a network such as 10.0.0.0/8 or fd00::/8`);
}
