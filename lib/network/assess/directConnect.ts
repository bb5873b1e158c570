/** Direct Connect and the VPN beside it or over it: no backup, a backup in use, a connection that is down with what carries it. Pure. */
import { NETWORK_FINDINGS } from '../../core/findings/network.ts';
import { counted } from '../../core/text.ts';
import type { NetworkFinding, NetworkMemory } from '../state.ts';
import type {
  DirectConnectFact,
  NetworkConnection,
  NetworkWorld,
  VirtualInterfaceFact,
} from '../types.ts';
import { EVIDENCE_MAX, subjectOf } from './finding.ts';

type Reason = 'DirectConnectBackupMissing' | 'BackupInUse' | 'DirectConnectBelowDown';

/** By reason; null: it is not known. `connections` null: they could not be read. */
export function directConnectFindings(
  world: NetworkWorld,
  connections: readonly NetworkConnection[] | null,
): Readonly<Record<Reason, readonly NetworkFinding[]>> | null {
  const down = belowDown(world, connections);
  if (!world.directConnect.known || connections === null || down === null) return null;
  const paths = pathsOf(world.directConnect.value);
  return {
    DirectConnectBackupMissing: paths.flatMap((path) => withoutBackup(path, connections, world)),
    BackupInUse: paths.flatMap((path) => onBackup(path, connections, world)),
    DirectConnectBelowDown: below(down, world, connections),
  };
}

/** For the map; null: they could not be read. */
export function seenInterfaces(
  directConnect: NetworkWorld['directConnect'],
): NetworkMemory['directConnect'] {
  if (!directConnect.known) return null;
  const { interfaces, gateways } = directConnect.value;
  return {
    at: directConnect.at,
    interfaces: interfaces.map((one) => ({
      ...one,
      leadsTo:
        gateways.find((gateway) => gateway.directConnectGatewayId === one.gatewayId)?.gatewayIds ??
        [],
    })),
  };
}

/** By connection: the Direct Connect gateway below it, all of whose interfaces are down. Null: it is not known. */
export function belowDown(
  { directConnect, attachments }: Pick<NetworkWorld, 'directConnect' | 'attachments'>,
  connections: readonly NetworkConnection[] | null,
): ReadonlyMap<string, string> | null {
  if (!directConnect.known || !attachments.known || connections === null) return null;
  const gateways = new Map(
    attachments.value.map(({ attachmentId, resourceId }) => [attachmentId, resourceId]),
  );
  const found = connections.flatMap(({ connectionId, transportAttachmentId, isDown }) => {
    const gatewayId = gateways.get(transportAttachmentId ?? '');
    if (!isDown || gatewayId === undefined) return [];
    const own = interfacesOf(gatewayId, directConnect.value);
    return own !== null && isAllDown(own) ? [[connectionId, gatewayId] as const] : [];
  });
  return new Map(found);
}

/** What leads to one virtual private gateway or transit gateway. */
interface Path {
  readonly gatewayId: string;
  /** Null: some of them are in another region. */
  readonly interfaces: readonly VirtualInterfaceFact[] | null;
}

function pathsOf(fact: DirectConnectFact): readonly Path[] {
  const ids = new Set([
    ...fact.interfaces.flatMap(({ gatewayId }) =>
      gatewayId.startsWith('vgw-') ? [gatewayId] : [],
    ),
    ...fact.gateways.flatMap(({ gatewayIds }) => gatewayIds),
  ]);
  return [...ids].flatMap((gatewayId) => {
    const over = fact.gateways.filter(({ gatewayIds }) => gatewayIds.includes(gatewayId));
    const parts = [
      fact.interfaces.filter((one) => one.gatewayId === gatewayId),
      ...over.map(({ directConnectGatewayId }) => interfacesOf(directConnectGatewayId, fact)),
    ];
    const isWhole = parts.every((part) => part !== null);
    const interfaces = isWhole ? parts.flatMap((part) => part ?? []) : null;
    return interfaces?.length === 0 ? [] : [{ gatewayId, interfaces }];
  });
}

/** Null: one of them is in another region. */
function interfacesOf(
  gatewayId: string,
  { interfaces, gateways }: DirectConnectFact,
): readonly VirtualInterfaceFact[] | null {
  const own = interfaces.filter((one) => one.gatewayId === gatewayId);
  const listed = gateways.find((one) => one.directConnectGatewayId === gatewayId);
  const isElsewhere = (id: string) => own.every(({ interfaceId }) => interfaceId !== id);
  return listed?.interfaceIds.some(isElsewhere) === true ? null : own;
}

const isAllDown = (interfaces: readonly VirtualInterfaceFact[]): boolean =>
  interfaces.length > 0 && interfaces.every(({ isUp }) => isUp === false);

const lineOf = ({ interfaceId, name, connectionId, device, isUp }: VirtualInterfaceFact): string =>
  `${name === interfaceId ? interfaceId : `${name} (${interfaceId})`} of ${connectionId}${device === '' ? '' : ` on ${device}`}: ${isUp === null ? 'state not reported' : isUp ? 'up' : 'down'}`;

/** A private connection goes down with the Direct Connect below it: it is no backup. */
const backupsOf = (gatewayId: string, connections: readonly NetworkConnection[]) =>
  connections.filter((one) => one.gatewayId === gatewayId && one.transportAttachmentId === null);

function withoutBackup(
  { gatewayId, interfaces }: Path,
  connections: readonly NetworkConnection[],
  { at }: NetworkWorld,
): readonly NetworkFinding[] {
  if (interfaces === null) return [];
  const [first] = interfaces;
  const isOne = (of: (one: VirtualInterfaceFact) => string) =>
    first !== undefined && of(first) !== '' && interfaces.every((one) => of(one) === of(first));
  const backups = backupsOf(gatewayId, connections);
  if (backups.some(({ isUp }) => isUp)) return [];
  if (!isOne(({ device }) => device) && !isOne(({ connectionId }) => connectionId)) return [];
  return [
    {
      reason: 'DirectConnectBackupMissing',
      subject: subjectOf('gateway', gatewayId, gatewayId),
      severity: 'info',
      summary: `${gatewayId} has ${counted(interfaces.length, 'Direct Connect virtual interface')}, on one device, and ${backups.length === 0 ? 'no VPN connection' : 'no VPN connection that is up'} beside it: with that device the way is gone.`,
      evidence: [
        ...interfaces.map(lineOf),
        ...backups.map(({ name, connectionId }) => `${name} (${connectionId}): no tunnel is up`),
      ].slice(0, EVIDENCE_MAX),
      since: at,
      hint: NETWORK_FINDINGS.DirectConnectBackupMissing.hint,
    },
  ];
}

function onBackup(
  { gatewayId, interfaces }: Path,
  connections: readonly NetworkConnection[],
  { at }: NetworkWorld,
): readonly NetworkFinding[] {
  const backups = backupsOf(gatewayId, connections).filter(({ isUp }) => isUp);
  if (interfaces === null || !isAllDown(interfaces) || backups.length === 0) return [];
  return [
    {
      reason: 'BackupInUse',
      subject: subjectOf('gateway', gatewayId, gatewayId),
      severity: 'info',
      summary: `Direct Connect of ${gatewayId} is down, and its traffic takes ${backups.map(({ name }) => name).join(', ')}.`,
      evidence: interfaces.map(lineOf).slice(0, EVIDENCE_MAX),
      since: at,
      hint: NETWORK_FINDINGS.BackupInUse.hint,
    },
  ];
}

function below(
  down: ReadonlyMap<string, string>,
  world: NetworkWorld,
  connections: readonly NetworkConnection[],
): readonly NetworkFinding[] {
  const { at, directConnect } = world;
  const byGateway = Map.groupBy(down, ([, gatewayId]) => gatewayId);
  return [...byGateway].map(([gatewayId, pairs]) => {
    const ids = pairs.map(([connectionId]) => connectionId);
    const names = connections.flatMap(({ connectionId, name }) =>
      ids.includes(connectionId) ? [name] : [],
    );
    const own = directConnect.known ? interfacesOf(gatewayId, directConnect.value) : null;
    return {
      reason: 'DirectConnectBelowDown',
      subject: subjectOf('gateway', gatewayId, gatewayId),
      severity: 'critical',
      summary: `Direct Connect gateway ${gatewayId} has no virtual interface that is up, and ${counted(names.length, 'private connection')} over it ${names.length === 1 ? 'is' : 'are'} down: ${names.join(', ')}.`,
      evidence: (own ?? []).map(lineOf).slice(0, EVIDENCE_MAX),
      since: at,
      hint: NETWORK_FINDINGS.DirectConnectBelowDown.hint,
    };
  });
}
