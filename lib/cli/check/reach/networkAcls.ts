/** Whether the network ACLs of two subnets let a connection through, and its answers back. Pure. */
import { coverTogether, overlap } from '../../../core/cidr.ts';
import type { AclEntry, NetworkAclFact } from '../../../core/securityGroupPort.ts';
import { shellQuoted } from '../../../core/text.ts';
import { type Answer, PROTOCOLS, type Reach, type Wanted } from './types.ts';

/** Where a connection begins or ends. */
export interface End {
  /** Null: outside every VPC. */
  readonly subnetId: string | null;
  /** As a sentence names it. */
  readonly name: string;
  /** All of them must be let through; empty: not known. */
  readonly cidrs: readonly string[];
}

/** Network ACLs keep no connections: the answers need an entry of their own. None is asked between hosts of one subnet. */
export function throughAcls(
  from: End,
  to: End,
  wanted: Wanted,
  acls: readonly NetworkAclFact[] | null,
): Reach {
  if (from.subnetId === to.subnetId) return { kind: 'open' };
  if (acls === null) return { kind: 'unknown', why: 'the network ACLs were not read' };
  const there: Ports = [wanted.port, wanted.port];
  const packets = words(wanted, there);
  const answers = `answers (${words(wanted, ANSWERS)})`;
  const steps: readonly Step[] = [
    { at: from, far: to, isEgress: true, ports: there, what: packets },
    { at: to, far: from, isEgress: false, ports: there, what: packets },
    { at: to, far: from, isEgress: true, ports: ANSWERS, what: answers },
    { at: from, far: to, isEgress: false, ports: ANSWERS, what: answers },
  ];
  const reaches = steps.map((step) => passes(step, wanted, acls));
  return (
    reaches.find(({ kind }) => kind === 'closed') ??
    reaches.find(({ kind }) => kind === 'unknown') ?? { kind: 'open' }
  );
}

type Ports = readonly [from: number, to: number];

/** Where Lambda functions send from, and so where answers go. https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html (read 2026-11-30) */
const ANSWERS: Ports = [1_024, 65_535];

/** One passage of a subnet's border, between a host in it and the far end. */
interface Step {
  readonly at: End;
  readonly far: End;
  readonly isEgress: boolean;
  readonly ports: Ports;
  readonly what: string;
}

function passes(
  { at, far, isEgress, ports, what }: Step,
  wanted: Wanted,
  acls: readonly NetworkAclFact[],
): Reach {
  const { subnetId } = at;
  if (subnetId === null) return { kind: 'open' };
  const acl = acls.find(({ subnetIds }) => subnetIds.includes(subnetId));
  if (acl === undefined)
    return { kind: 'unknown', why: `the network ACL of ${subnetId} was not read` };
  const entries = acl.entries.filter(
    (one) => one.isEgress === isEgress && PROTOCOLS[wanted.protocol].includes(one.protocol),
  );
  const answer = far.cidrs.length === 0 ? 'maybe' : verdict(entries, ports, far.cidrs);
  if (answer === 'yes') return { kind: 'open' };
  const way = `${what} ${isEgress ? 'out to' : 'in from'} ${far.name}`;
  if (answer === 'maybe') {
    return {
      kind: 'unknown',
      why: `the network ACL ${acl.aclId} of ${subnetId} may let only a part of ${way}`,
    };
  }
  return {
    kind: 'closed',
    why: `the network ACL ${acl.aclId} of ${subnetId} lets no ${way}`,
    command: [
      `aws ec2 create-network-acl-entry --network-acl-id ${acl.aclId}`,
      wayWords(isEgress),
      `--rule-number ${freeNumber(entries, acl, isEgress)} --rule-action allow`,
      `--protocol ${wanted.protocol} --port-range From=${ports[0]},To=${ports[1]}`,
      rangeWords(far.cidrs[0] ?? ''),
    ].join(' '),
  };
}

/** Of all packets to or from these ranges and ports: all pass, none does, or it depends. */
function verdict(entries: readonly AclEntry[], ports: Ports, cidrs: readonly string[]): Answer {
  const edges = entries.flatMap((one) =>
    one.ports === null ? [] : [one.ports[0], one.ports[1] + 1],
  );
  const samples = [ports[0], ...edges.filter((port) => ports[0] < port && port <= ports[1])];
  const answers = new Set(
    samples.flatMap((port) => cidrs.map((cidr) => verdictAt(entries.filter(isAt(port)), cidr))),
  );
  const [only] = answers;
  return only !== undefined && answers.size === 1 ? only : 'maybe';
}

/** Between two edges of port ranges all ports are alike. */
const isAt =
  (port: number) =>
  ({ ports }: AclEntry): boolean =>
    ports === null || (ports[0] <= port && port <= ports[1]);

/** In order, until they have decided on all of the range; what none decides on is dropped. */
function verdictAt(entries: readonly AclEntry[], cidr: string): Answer {
  const allowed: string[] = [];
  const denied: string[] = [];
  for (const entry of entries.filter((one) => overlap(one.cidr, cidr))) {
    (entry.isAllowed ? allowed : denied).push(entry.cidr);
    if (coverTogether([...allowed, ...denied], cidr)) break;
  }
  if (allowed.length === 0) return 'no';
  return denied.length === 0 && coverTogether(allowed, cidr) ? 'yes' : 'maybe';
}

/** Before every entry of the direction that may drop it. */
function freeNumber(entries: readonly AclEntry[], acl: NetworkAclFact, isEgress: boolean): number {
  const taken = new Set(
    acl.entries.flatMap((one) => (one.isEgress === isEgress ? one.number : [])),
  );
  const first = Math.min(
    LAST_NUMBER + 1,
    ...entries.flatMap((one) => (one.isAllowed ? [] : one.number)),
  );
  let number = first - 1;
  while (number > 1 && taken.has(number)) number -= 1;
  return number;
}

/** EC2's own entry `*` has the number after it. */
const LAST_NUMBER = 32_766;

const words = ({ protocol }: Wanted, [from, to]: Ports): string =>
  `${protocol} ${from === to ? from : `${from}-${to}`}`;

const wayWords = (isEgress: boolean): string => (isEgress ? '--egress' : '--ingress');

const rangeWords = (cidr: string): string =>
  `--${cidr.includes(':') ? 'ipv6-' : ''}cidr-block ${shellQuoted(cidr)}`;
