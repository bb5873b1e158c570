/** Reads where the deployed probes leave from, and the security groups and network ACLs between them and the appliances. */
import { type Appliance, vpcIdsOf } from '../../appliances/types/topology.ts';
import type { Vantage } from '../../probe/types.ts';
import type { AwsClients } from '../awsClients.ts';
import type { Observation, ObserverSetup } from '../pass.ts';
import type { Deployed } from './failover/types.ts';
import type { Security } from './reach.ts';

/** Without a deployed probe function, probes leave from the watching function, outside every VPC. */
export async function readDeployed(
  { region, homeRegion, probeFunctions = [], sshFunction = null }: ObserverSetup,
  { world, viewpoint }: Observation,
  clients: AwsClients,
  signal: AbortSignal,
): Promise<Deployed> {
  const { appliances } = world.topology;
  if (appliances.every(({ interfaces }) => interfaces.length === 0))
    return { vantages: [OUTSIDE], ssh: OUTSIDE, security: null };
  const vantages =
    viewpoint === 'functions'
      ? world.vantages.map(({ vantage }) => vantage)
      : probeFunctions.length === 0
        ? [OUTSIDE]
        : await (await clients.probes(homeRegion, probeFunctions)).vantages(signal);
  const ssh =
    sshFunction === null
      ? OUTSIDE
      : ((await (await clients.probes(homeRegion, [sshFunction])).vantages(signal))[0] ?? OUTSIDE);
  const agents = await readAgents({ region, homeRegion }, appliances, clients, signal);
  const leaving = [...vantages, ssh];
  const security = await readSecurity(region, appliances, leaving, clients, signal);
  return { vantages, ssh, agents, security };
}

/** Only of those that may be restarted by it. */
async function readAgents(
  { region, homeRegion }: Pick<ObserverSetup, 'region' | 'homeRegion'>,
  appliances: readonly Appliance[],
  clients: AwsClients,
  signal: AbortSignal,
): Promise<NonNullable<Deployed['agents']>> {
  const asking = appliances.filter(
    ({ repair }) => repair?.steps.includes('restart-service') === true && repair.hand !== 'ssh',
  );
  if (asking.length === 0) return new Map();
  const port = await clients.agents(region, homeRegion);
  return new Map(
    await Promise.all(
      asking.map(
        async ({ instanceId }) => [instanceId, await port.agent(instanceId, signal)] as const,
      ),
    ),
  );
}

const OUTSIDE: Vantage = { id: 'here', subnetIds: [], isInVpc: false };

async function readSecurity(
  region: string,
  appliances: readonly Appliance[],
  vantages: readonly Vantage[],
  clients: AwsClients,
  signal: AbortSignal,
): Promise<Security | null> {
  const port = await clients.securityGroups(region);
  const interfaceIds = appliances.flatMap(({ interfaces }) =>
    interfaces.map(({ interfaceId }) => interfaceId),
  );
  const byInterface = await port.groupIdsOf(interfaceIds, signal);
  if (!byInterface.known) return null;
  const groupIds = [
    ...[...byInterface.value.values()].flat(),
    ...vantages.flatMap(({ securityGroupIds = [] }) => securityGroupIds),
  ];
  const groups = await port.groups(groupIds, signal);
  if (!groups.known) return null;
  const listIds = groups.value.flatMap(({ ingress, egress }) =>
    [...ingress, ...egress].flatMap(({ prefixListIds }) => prefixListIds),
  );
  const lists =
    listIds.length === 0 ? null : await (await clients.ec2(region)).prefixLists(listIds, signal);
  const acls = await port.networkAcls([...new Set(appliances.flatMap(vpcIdsOf))], signal);
  return {
    byInterface: byInterface.value,
    groups: new Map(groups.value.map((one) => [one.groupId, one])),
    ...(lists?.known && {
      lists: new Map(lists.value.map(({ prefixListId, cidrs }) => [prefixListId, cidrs])),
    }),
    acls: acls.known ? acls.value : null,
  };
}
