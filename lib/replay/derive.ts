/** Answers that follow from others which are recorded: tags, interfaces and states stand in the descriptions of their resources. Pure. */
import type { Fields } from '../capture/types.ts';
import { fieldsOf } from '../core/json.ts';
import { listOf, textOf } from './fields.ts';

/** What the newest answers of an operation list; null: none is recorded, or AWS refused. */
export type Listed = (operation: string) => readonly Fields[] | null;

/** The answer to an operation that is not recorded at all, without conditions; null: it does not follow from others. */
export function derived(operation: string, listed: Listed): Fields | null {
  switch (operation) {
    case 'DescribeTags':
      return tagsOf(listed);
    case 'DescribeNetworkInterfaces':
      return interfacesOf(listed);
    case 'DescribeInstanceStatus':
      return statusesOf(listed);
    default:
      return null;
  }
}

interface Tagged {
  readonly operation: string;
  readonly id: string;
  readonly type: string;
}

const TAGGED: readonly Tagged[] = [
  { operation: 'DescribeInstances', id: 'InstanceId', type: 'instance' },
  { operation: 'DescribeRouteTables', id: 'RouteTableId', type: 'route-table' },
  { operation: 'DescribeAddresses', id: 'AllocationId', type: 'elastic-ip' },
  { operation: 'DescribeNetworkInterfaces', id: 'NetworkInterfaceId', type: 'network-interface' },
  { operation: 'DescribeVpnConnections', id: 'VpnConnectionId', type: 'vpn-connection' },
  {
    operation: 'DescribeClientVpnEndpoints',
    id: 'ClientVpnEndpointId',
    type: 'client-vpn-endpoint',
  },
  { operation: 'DescribeTransitGateways', id: 'TransitGatewayId', type: 'transit-gateway' },
  {
    operation: 'DescribeTransitGatewayRouteTables',
    id: 'TransitGatewayRouteTableId',
    type: 'transit-gateway-route-table',
  },
];

/** Without instances or route tables the account's tags would look fewer than they are. */
function tagsOf(listed: Listed): Fields | null {
  if (listed('DescribeInstances') === null || listed('DescribeRouteTables') === null) return null;
  const tags = TAGGED.flatMap(({ operation, id, type }) =>
    (listed(operation) ?? []).flatMap((item) =>
      listOf(item['Tags'] ?? item['TagSet']).map(({ Key, Value }) => ({
        ResourceId: item[id],
        ResourceType: type,
        Key,
        Value,
      })),
    ),
  );
  return { Tags: tags };
}

function interfacesOf(listed: Listed): Fields | null {
  const instances = listed('DescribeInstances');
  if (instances === null || instances.some((one) => !Array.isArray(one['NetworkInterfaces']))) {
    return null;
  }
  const interfaces = instances.flatMap((instance) =>
    listOf(instance['NetworkInterfaces']).map((one) => ({
      ...one,
      AvailabilityZone: zoneOf(instance),
      Attachment: { ...fieldsOf(one['Attachment']), InstanceId: instance['InstanceId'] },
    })),
  );
  return { NetworkInterfaces: interfaces };
}

/** Without the status checks, which stay unknown. */
function statusesOf(listed: Listed): Fields | null {
  const instances = listed('DescribeInstances');
  if (instances === null) return null;
  const statuses = instances.map((one) => ({
    InstanceId: one['InstanceId'],
    InstanceState: one['State'],
    AvailabilityZone: zoneOf(one),
  }));
  return { InstanceStatuses: statuses };
}

const zoneOf = (instance: Fields): string =>
  textOf(fieldsOf(instance['Placement'])['AvailabilityZone']);
