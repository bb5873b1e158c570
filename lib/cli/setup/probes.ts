/** Which probe an instance would answer, by the ports that its security groups open. Pure. */
import type { SecurityRule } from '../../core/securityGroupPort.ts';
import type { Wanted } from '../check/reach/types.ts';
import { isFitting } from '../check/reach.ts';
import type { SetupFacts } from './facts.ts';
import type { Product } from './products.ts';
import type { ProbeGuess } from './types.ts';

/** Best first: what only a VPN daemon answers, before what any service may. */
const GUESSES = [
  { clause: 'ike:500', protocol: 'udp', port: 500 },
  { clause: 'openvpn:1194', protocol: 'udp', port: 1_194 },
  { clause: 'openvpn-tcp:1194', protocol: 'tcp', port: 1_194 },
  { clause: 'tls:443', protocol: 'tcp', port: 443 },
  { clause: 'wireguard:51820', protocol: 'udp', port: 51_820, isKeyed: true },
] as const;

export function probeOf(
  interfaceIds: readonly string[],
  { groupIds, securityGroups }: SetupFacts,
  product: Product | null,
  tag: string | undefined,
): ProbeGuess {
  const [usual] = GUESSES;
  const written = GUESSES.find(({ clause }) => clause === tag?.trim());
  if (tag !== undefined) return { ...(written ?? usual), clause: tag, basis: 'tag' };
  const rules = interfaceIds
    .flatMap((id) => groupIds?.get(id) ?? [])
    .flatMap((id) => securityGroups.get(id)?.ingress ?? []);
  const open = GUESSES.find((guess) => rules.some((rule) => isOpen(rule, guess)));
  if (open !== undefined) {
    const { clause, protocol, port } = open;
    return { clause, protocol, port, basis: 'isKeyed' in open ? 'key' : 'rules' };
  }
  const held = GUESSES.find(({ clause }) => clause === product?.clause);
  return held === undefined ? { ...usual, basis: 'none' } : { ...held, basis: 'image' };
}

/** A rule that opens every port names no daemon. */
const isOpen = (rule: SecurityRule, wanted: Wanted): boolean =>
  rule.ports !== null && rule.ports[1] - rule.ports[0] < PORTS_MAX && isFitting(rule, wanted);

const PORTS_MAX = 1_000;
