/** Which probe an instance would answer, by the ports that its security groups open. Pure. */
import type { SecurityRule } from '../../core/securityGroupPort.ts';
import type { SetupFacts } from './facts.ts';

export interface ProbeGuess {
  /** As in the tag `vpn-medic:probe`. */
  readonly clause: string;
  /** `tag`: its owner said so. `rules`: a security group opens the port. `none`: nothing says so, the default stands. */
  readonly basis: 'tag' | 'rules' | 'none';
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** Best first: what only a VPN daemon answers, before what any service may. */
const GUESSES = [
  { clause: 'ike:500', protocol: 'udp', port: 500 },
  { clause: 'openvpn:1194', protocol: 'udp', port: 1_194 },
  { clause: 'openvpn-tcp:1194', protocol: 'tcp', port: 1_194 },
  { clause: 'tls:443', protocol: 'tcp', port: 443 },
] as const;

export function probeOf(
  interfaceIds: readonly string[],
  { groupIds, securityGroups }: SetupFacts,
  tag: string | undefined,
): ProbeGuess {
  const [usual] = GUESSES;
  const written = GUESSES.find(({ clause }) => clause === tag?.trim());
  if (tag !== undefined) return { ...(written ?? usual), clause: tag, basis: 'tag' };
  const rules = interfaceIds
    .flatMap((id) => groupIds?.get(id) ?? [])
    .flatMap((id) => securityGroups.get(id)?.ingress ?? []);
  const open = GUESSES.find((guess) => rules.some((rule) => isOpen(rule, guess)));
  return open === undefined ? { ...usual, basis: 'none' } : { ...open, basis: 'rules' };
}

/** A rule that opens every port names no daemon. */
const isOpen = (
  { protocol, ports }: SecurityRule,
  wanted: { readonly protocol: string; readonly port: number },
): boolean =>
  ports !== null &&
  ports[1] - ports[0] < PORTS_MAX &&
  NUMBERS[protocol] === wanted.protocol &&
  ports[0] <= wanted.port &&
  wanted.port <= ports[1];

const PORTS_MAX = 1_000;
const NUMBERS: Readonly<Record<string, string>> = {
  tcp: 'tcp',
  '6': 'tcp',
  udp: 'udp',
  '17': 'udp',
};
