/** Appliances of which it is not clear by which interface they would carry a route of their group. Pure. */
import { shellQuoted } from '../../core/text.ts';
import { type TargetInterface, targetInterfaceOf } from '../plan/targetInterface.ts';
import type { Appliance, Fault, ManagedRoute, TableObservation } from '../types/topology.ts';

/** One fault an appliance, with the command that makes the first of its unclear routes clear. */
export function findUnclearArms(
  appliances: readonly Appliance[],
  routes: readonly ManagedRoute[],
  tables: readonly TableObservation[],
  faults: Fault[],
): void {
  const groups = Map.groupBy(appliances, ({ group }) => group);
  const byId = new Map(appliances.map((one) => [one.instanceId, one]));
  const found = new Set<string>();
  const asked = new Set<string>();
  for (const route of routes) {
    if (route.preferred.kind === 'pool' || route.preferred.kind === 'contested') continue;
    // Routes from one interface in one VPC have nearly always the same answer, and there may be thousands.
    const key = `${route.targetId} ${route.vpcId}`;
    if (asked.has(key)) continue;
    asked.add(key);
    for (const target of groups.get(route.group) ?? []) {
      if (target.instanceId === route.nextHop || found.has(target.instanceId)) continue;
      if (!target.interfaces.some(({ isAttached }) => isAttached)) continue;
      const arm = targetInterfaceOf(target, byId.get(route.nextHop), route, { tables });
      const fault = faultOf(target, route, arm);
      if (fault === null) continue;
      found.add(target.instanceId);
      faults.push(fault);
    }
  }
}

function faultOf(target: Appliance, route: ManagedRoute, arm: TargetInterface): Fault | null {
  if (arm.kind === 'none') return null;
  if (arm.kind === 'interface') {
    const { hasSourceDestCheck, hasCarried } = arm.interface;
    // Where a route leads to it, or it is the only one, SourceDestCheckOn says so.
    if (!hasSourceDestCheck || hasCarried || target.interfaces.length === 1) return null;
  }
  const { name, group, zone, instanceId: id } = target;
  const list = target.interfaces
    .map(({ interfaceId, deviceIndex, role, hasSourceDestCheck }) =>
      [
        `${interfaceId} is device ${deviceIndex}`,
        ...(role === null ? [] : [`role ${role}`]),
        `check ${hasSourceDestCheck ? 'on' : 'off'}`,
      ].join(', '),
    )
    .join('; ');
  const why =
    arm.kind === 'unclear'
      ? arm.why
      : `its interface ${arm.interface.interfaceId}, which would take over from ${route.targetId}, has the source/destination check on`;
  return {
    reason: 'InterfaceAmbiguous',
    subject: { kind: 'appliance', id, name, group, zone },
    summary: `${name} would not carry ${route.destination} of ${route.tableName}: ${why}. Its interfaces: ${list}.${arm.kind === 'unclear' ? ' The command names the likely one: look first whether it does the same work.' : ''}`,
    fix:
      arm.kind === 'unclear'
        ? arm.fix
        : `Run: aws ec2 modify-network-interface-attribute --network-interface-id ${arm.interface.interfaceId} --no-source-dest-check`,
  };
}

/** One fault an interface that its owner moved to an instance that is no appliance, while routes of its group lead there. */
export function findMovedArms(
  appliances: readonly Appliance[],
  tables: readonly TableObservation[],
  faults: Fault[],
): void {
  for (const { instanceId: id, name, group, zone, interfaces } of appliances) {
    for (const { interfaceId, movedTo } of interfaces) {
      const led = tables
        .filter(({ groups }) => groups.includes(group))
        .flatMap((table) =>
          table.ways
            .filter(({ targetId }) => targetId === interfaceId)
            .map(({ cidr }) => `${cidr} in ${table.name}`),
        );
      if (movedTo === null || led.length === 0) continue;
      faults.push({
        reason: 'InterfaceMoved',
        subject: { kind: 'appliance', id, name, group, zone },
        summary: `${interfaceId}, an interface of ${name}, is attached to ${movedTo} now, which is no appliance: its owner's choice. ${led.slice(0, 3).join(', ')}${led.length > 3 ? ` and ${led.length - 3} more` : ''} ${led.length === 1 ? 'leads' : 'lead'} there and ${led.length === 1 ? 'is' : 'are'} left alone, also if ${movedTo} dies.`,
        fix: `Run: aws ec2 create-tags --resources ${movedTo} --tags ${shellQuoted(`Key=vpn-medic:group,Value=${group}`)}`,
      });
    }
  }
}
