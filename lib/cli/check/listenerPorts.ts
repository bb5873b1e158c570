/** Whether security groups let the ports of network load balancers through: listener, target and health check. Network ACLs are not looked at. Pure. */
import { overlap } from '../../core/cidr.ts';
import type { Finding } from '../../core/finding.ts';
import { METRIC_FINDINGS } from '../../core/findings/metrics.ts';
import type { LoadBalancerFact, TargetFact } from '../../core/loadBalancerPort.ts';
import type { SecurityGroupFact } from '../../core/securityGroupPort.ts';
import { shellQuoted } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import { watchedSubject } from '../../metrics/watched.ts';
import type { Wanted } from './reach/types.ts';
import { groupWords, hostRange, isFitting, permissionFor, rangeWords } from './reach.ts';

type Groups = ReadonlyMap<string, SecurityGroupFact>;

/** One finding for a load balancer with a closed port. Only what no rule can let through is called closed. */
export const closedPorts = (
  balancers: readonly LoadBalancerFact[],
  groups: Groups,
  region: string,
  now: Instant,
): readonly Finding[] =>
  balancers.flatMap((balancer) => {
    const { arn, name } = balancer;
    const closed = gatesOf(balancer).filter((gate) => isClosed(gate, groups));
    const evidence = [...new Map(closed.map((gate) => [commandFor(gate), whyOf(gate)]))];
    const [[command, why] = []] = evidence;
    if (command === undefined) return [];
    const more = evidence.length > 1 ? `, and ${evidence.length - 1} more` : '';
    return [
      {
        reason: 'ListenerPortClosed',
        subject: watchedSubject(arn, name, region),
        severity: 'warning',
        summary: `Load balancer ${name}: ${why}${more}.`,
        evidence: evidence.map(([opening, closing]) => `${closing}: ${opening}`),
        since: now,
        hint: evidence.length === 1 ? command : METRIC_FINDINGS.ListenerPortClosed.hint,
      },
    ];
  });

/** Where security groups decide on one port. */
interface Gate {
  readonly way: 'ingress' | 'egress';
  /** Of the load balancer or the target whose groups they are. */
  readonly name: string;
  readonly groupIds: readonly string[];
  readonly wanted: Wanted;
  readonly far: Far;
}

interface Far {
  readonly name: string;
  readonly addresses: readonly string[];
  readonly groupIds: readonly string[];
  /** Where clients are is not known: any rule for the port is enough. */
  readonly isAnyone?: true;
}

const CLIENTS: Far = { name: 'clients', addresses: [], groupIds: [], isAnyone: true };

function gatesOf(balancer: LoadBalancerFact): readonly Gate[] {
  const { name, securityGroupIds: groupIds, addresses } = balancer;
  const own = { name, addresses, groupIds };
  return balancer.ways.flatMap(({ transports, port, targetTransports, targets }) => [
    ...transports.map((protocol): Gate => {
      return { way: 'ingress', name, groupIds, wanted: { protocol, port }, far: CLIENTS };
    }),
    ...targets.flatMap((target) => {
      const traffic = targetTransports.map((protocol) => ({ protocol, port: target.port }));
      const checks =
        target.healthPort === null ? [] : [{ protocol: 'tcp', port: target.healthPort } as const];
      return [
        ...[...traffic, ...checks].map((wanted) => outOf(own, target, wanted)),
        // The target may see the address of the client.
        ...traffic.map((wanted) =>
          into(target, wanted, { ...own, name: 'clients', isAnyone: true }),
        ),
        ...checks.map((wanted) =>
          into(target, wanted, { ...own, name: `health checks of ${name}` }),
        ),
      ];
    }),
  ]);
}

const outOf = ({ name, groupIds }: Far, target: TargetFact, wanted: Wanted): Gate => {
  const addresses = target.address === null ? [] : [target.address];
  const far = { name: `its target ${target.id}`, addresses, groupIds: target.securityGroupIds };
  return { way: 'egress', name, groupIds, wanted, far };
};

const into = ({ id, securityGroupIds }: TargetFact, wanted: Wanted, far: Far): Gate => {
  return { way: 'ingress', name: `the target ${id}`, groupIds: securityGroupIds, wanted, far };
};

/** Nothing is called closed where a group could not be read, or where the other end's addresses are not known. */
function isClosed({ way, groupIds, wanted, far }: Gate, groups: Groups): boolean {
  if (groupIds.length === 0 || groupIds.some((id) => !groups.has(id))) return false;
  if (far.isAnyone !== true && far.addresses.length === 0) return false;
  const fitting = groupIds.flatMap((id) =>
    (groups.get(id)?.[way] ?? []).filter((rule) => isFitting(rule, wanted)),
  );
  return far.isAnyone === true
    ? fitting.length === 0
    : !fitting.some(
        (rule) =>
          // A list that is not read may name it.
          rule.prefixListIds.length > 0 ||
          rule.groupIds.some((id) => far.groupIds.includes(id)) ||
          rule.cidrs.some((range) => far.addresses.some((one) => overlap(range, hostRange(one)))),
      );
}

const whyOf = ({ way, name, groupIds, wanted, far }: Gate): string => {
  const what = `${wanted.protocol} ${wanted.port}`;
  const words = way === 'ingress' ? `does not admit ${what} from` : `lets no ${what} out to`;
  return `${groupIds.join(' and ')} of ${name} ${words} ${far.name}`;
};

const commandFor = ({ way, groupIds, wanted, far }: Gate): string =>
  `aws ec2 authorize-security-group-${way} --group-id ${groupIds[0] ?? ''} --ip-permissions ${shellQuoted(permissionFor(wanted, placeOf(far)))}`;

function placeOf({ groupIds: [groupId], addresses }: Far): string {
  if (groupId !== undefined) return groupWords(groupId);
  return addresses.length === 0
    ? rangeWords('RANGE-OF-THE-CLIENTS')
    : rangeWords(...addresses.map(hostRange));
}
