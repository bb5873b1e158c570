/** The interface of an appliance that takes over from the one that a route leads to. Pure. */
import { UNHELD } from '../../core/elasticAddress.ts';
import type { Appliance, ApplianceInterface, ManagedRoute, Topology } from '../types/topology.ts';

export type TargetInterface =
  | { readonly kind: 'interface'; readonly interface: ApplianceInterface }
  /** `fix`: the command that makes it clear. */
  | { readonly kind: 'unclear'; readonly why: string; readonly fix: string }
  | { readonly kind: 'none'; readonly why: string };

export type LeadingRoute = Pick<ManagedRoute, 'destination' | 'vpcId' | 'targetId'>;

/**
 * The target's interface of the same role as the one that the route leads to, in the route's VPC: by the tag
 * `vpn-medic:role`; else the only one that forwards, where the other appliance has only one too; else the only one with
 * our group tag, where the other has that too; else the same device index. Never by a guess: one that takes over from
 * another arm by its tag is no candidate, and routes to the same destination that contradict the device index leave it
 * unclear. Whether it can carry the route now is for S2 to say.
 */
export function targetInterfaceOf(
  target: Appliance,
  source: Appliance | undefined,
  route: LeadingRoute,
  { tables }: Pick<Topology, 'tables'>,
): TargetInterface {
  if (target.interfacesUnreadWhy !== null) return { kind: 'none', why: target.interfacesUnreadWhy };
  const inVpc = ({ vpcId, movedTo }: ApplianceInterface) =>
    vpcId === route.vpcId && movedTo === null;
  const all = target.interfaces.filter(inVpc);
  if (all.length === 0) return { kind: 'none', why: `it has no interface in ${route.vpcId}` };
  const peers = source?.interfaces.filter(inVpc) ?? [];
  const from = peers.find(({ interfaceId }) => interfaceId === route.targetId) ?? null;
  const sameIndex = all.find(({ deviceIndex }) => deviceIndex === from?.deviceIndex);
  const unclear = (why: string, likely = sameIndex ?? all[0]): TargetInterface => ({
    kind: 'unclear',
    why: `which of its interfaces takes over from ${route.targetId} is not clear (${why})`,
    fix: fixFor(from, route.targetId, likely),
  });
  if (from?.role != null) {
    const [same, ...others] = all.filter(({ role }) => role === from.role);
    if (same !== undefined) {
      return others.length === 0 ? is(same) : unclear(`several have the role ${from.role}`);
    }
  }
  const isOthers = peers.some(({ isChosen }) => isChosen) && from?.isChosen === false;
  const open = all.filter(({ role, isChosen }) => role === null && !(isChosen && isOthers));
  if (open.length === 0) return unclear('their roles are others');
  const forwarders = open.filter(forwards);
  const [only] = forwarders;
  if (only !== undefined && forwarders.length === 1 && peers.filter(forwards).length <= 1) {
    return is(only);
  }
  const chosen = open.find(({ isChosen }) => isChosen);
  if (chosen !== undefined && (from === null || from.isChosen)) return is(chosen);
  if (from === null) return unclear('it was never seen', open[0]);
  const indexed = open.find(({ deviceIndex }) => deviceIndex === from.deviceIndex);
  if (indexed === undefined) return unclear(`none is device ${from.deviceIndex}`, open[0]);
  // Of one that forwards alone the device index says nothing where the other has several.
  const isAlone = peers.length === 1 && forwarders.length > 1;
  const led = forwarders.length < 2 ? [] : forwarders.filter((one) => leadsTo(one, route, tables));
  const [ledTo] = led;
  if (ledTo === undefined) {
    return isAlone ? unclear(`${route.targetId} is the only one there`) : is(indexed);
  }
  if (isAlone && led.length === 1) return is(ledTo);
  return led.includes(indexed)
    ? is(indexed)
    : unclear(`${ledTo.interfaceId} carries ${route.destination} already`, ledTo);
}

const is = (one: ApplianceInterface): TargetInterface => ({ kind: 'interface', interface: one });

/** With the check on it drops what it should forward. */
const forwards = ({ hasSourceDestCheck }: ApplianceInterface): boolean => !hasSourceDestCheck;

/** Whether a route to the same destination leads there already. */
const leadsTo = (
  { interfaceId }: ApplianceInterface,
  { destination, vpcId }: LeadingRoute,
  tables: Topology['tables'],
): boolean =>
  tables.some(
    (table) =>
      table.vpcId === vpcId &&
      table.ways.some(({ cidr, targetId }) => targetId === interfaceId && cidr === destination),
  );

function fixFor(
  from: ApplianceInterface | null,
  targetId: string,
  likely: ApplianceInterface | undefined,
): string {
  const role = from?.role ?? likely?.role ?? `arm-${from?.deviceIndex ?? 0}`;
  const ids = [
    ...(from?.role == null && targetId !== UNHELD ? [targetId] : []),
    ...(likely?.role === role ? [] : [likely?.interfaceId ?? '']),
  ];
  return `Run: aws ec2 create-tags --resources ${ids.join(' ')} --tags Key=vpn-medic:role,Value=${role}`;
}
