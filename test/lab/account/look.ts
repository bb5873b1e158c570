/** What the account really holds, read back over the API; and what happens to its instances. */
import {
  DescribeRouteTablesCommand,
  EC2Client,
  ModifyNetworkInterfaceAttributeCommand,
  paginateDescribeRouteTables,
  type Route,
  StartInstancesCommand,
  StopInstancesCommand,
} from '@aws-sdk/client-ec2';
import { clientSettings } from './clients.ts';

export interface SeenRoute {
  readonly tableId: string;
  readonly destination: string;
  readonly interfaceId: string | null;
  readonly state: string;
}

export interface Ec2Lab {
  /** Every route that points at an interface, ordered by table and destination. */
  routes(): Promise<readonly SeenRoute[]>;
  /** The interface that each of a table's routes points at, without repetition. */
  targetsOf(tableId: string): Promise<readonly string[]>;
  stopInstance(instanceId: string): Promise<void>;
  startInstance(instanceId: string): Promise<void>;
  /** On: EC2 drops what the interface should forward. */
  setSourceDestCheck(interfaceId: string, isOn: boolean): Promise<void>;
}

export function ec2Lab(url: string): Ec2Lab {
  const client = new EC2Client(clientSettings(url));
  return {
    routes: async () => {
      const seen: SeenRoute[] = [];
      for await (const page of paginateDescribeRouteTables({ client }, {})) {
        for (const table of page.RouteTables ?? []) {
          for (const route of table.Routes ?? []) {
            if (route.GatewayId !== 'local') seen.push(seenRoute(table.RouteTableId ?? '', route));
          }
        }
      }
      return seen.toSorted((a, b) => order(a).localeCompare(order(b)));
    },
    targetsOf: async (tableId) => {
      const page = await client.send(new DescribeRouteTablesCommand({ RouteTableIds: [tableId] }));
      const routes = page.RouteTables?.[0]?.Routes ?? [];
      const ours = routes.filter((route) => route.GatewayId !== 'local');
      return [...new Set(ours.map((route) => route.NetworkInterfaceId ?? 'none'))];
    },
    stopInstance: async (instanceId) => {
      await client.send(new StopInstancesCommand({ InstanceIds: [instanceId] }));
    },
    startInstance: async (instanceId) => {
      await client.send(new StartInstancesCommand({ InstanceIds: [instanceId] }));
    },
    setSourceDestCheck: async (interfaceId, isOn) => {
      await client.send(
        new ModifyNetworkInterfaceAttributeCommand({
          NetworkInterfaceId: interfaceId,
          SourceDestCheck: { Value: isOn },
        }),
      );
    },
  };
}

const order = (route: SeenRoute): string => `${route.tableId} ${route.destination}`;

const seenRoute = (tableId: string, route: Route): SeenRoute => ({
  tableId,
  destination:
    route.DestinationCidrBlock ??
    route.DestinationIpv6CidrBlock ??
    route.DestinationPrefixListId ??
    '',
  interfaceId: route.NetworkInterfaceId ?? null,
  state: route.State ?? '',
});
