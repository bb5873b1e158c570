/** The AWS clients, each created only by a command that needs it: a rehearsal starts without the SDK. */

import type { DiscoveryPort } from '../appliances/ports/discovery.ts';
import type { Ec2Port } from '../appliances/ports.ts';
import type { CallHook } from '../aws/client.ts';
import type { EndpointPort, EndpointProbePort, SurroundingsPort } from '../clientVpn/ports.ts';
import type { BandwidthPort } from '../core/bandwidthPort.ts';
import type { DeploymentPort } from '../core/deploymentPort.ts';
import type { DnsPort } from '../core/dnsPort.ts';
import type { IdentityPort } from '../core/identityPort.ts';
import type { LoadBalancerPort } from '../core/loadBalancerPort.ts';
import type { MetricPort } from '../core/metricPort.ts';
import type { StorePort } from '../core/ports.ts';
import { unknown } from '../core/reading.ts';
import type { SecurityGroupPort } from '../core/securityGroupPort.ts';
import type { StackChangePort } from '../core/stackChangePort.ts';
import type { StackPort } from '../core/stackPort.ts';
import type { SurveyPort } from '../core/surveyPort.ts';
import type { TablePort } from '../core/tablePort.ts';
import type { Clock } from '../core/time.ts';
import type { CrlEndpointPort, CrlPorts, SourcePort } from '../crl/ports.ts';
import type { WatchTagPort } from '../metrics/ports.ts';
import type { NetworkPort } from '../network/ports.ts';
import type { ProbePort } from '../probe/ports.ts';
import type { RepairPort } from '../repairs/ports/start.ts';
import type { InstanceControlPort } from '../repairs/ports.ts';
import type { VpnPort } from '../siteToSite/ports.ts';
import type { TransitGatewayPort } from '../transitGateway/ports.ts';

export interface AwsClients {
  /** Null: the profile names none. */
  profileRegion(): Promise<string | null>;
  ec2(region: string): Promise<Ec2Port>;
  /** Without functions, probes leave from this machine. */
  probes(homeRegion: string, functions: readonly string[]): Promise<ProbePort>;
  store(homeRegion: string, table: string): Promise<StorePort>;
  /** Every item of it, for an export. */
  table(homeRegion: string, table: string): Promise<TablePort>;
  identity(homeRegion: string): Promise<IdentityPort>;
  /** The deployed stack, for its outputs. */
  stack(homeRegion: string): Promise<StackPort>;
  /** Makes, changes and deletes the stack. */
  stackChange(region: string): Promise<StackChangePort>;
  /** The parts of the deployed stack, only read. */
  deployment(homeRegion: string): Promise<DeploymentPort>;
  vpn(region: string): Promise<VpnPort>;
  transit(region: string): Promise<TransitGatewayPort>;
  network(region: string): Promise<NetworkPort>;
  endpoints(region: string): Promise<EndpointPort>;
  /** Routes, rules, networks, certificates and directories of endpoints. */
  surroundings(region: string): Promise<SurroundingsPort>;
  /** Route 53 of the account. */
  dns(region: string): Promise<DnsPort>;
  /** Exports and imports the CRLs of endpoints. */
  crlEndpoints(region: string): Promise<CrlEndpointPort>;
  /** A bucket of the CRL publisher, only read. */
  bucket(homeRegion: string, name: string): Promise<SourcePort>;
  /** The CRLs that are uploaded and published, and their public address. */
  crlBuckets(
    homeRegion: string,
    names: CrlBucketNames,
  ): Promise<Pick<CrlPorts, 'source' | 'stateStore' | 'replica' | 'site' | 'replicaSite'>>;
  /** Probes the ports that clients of endpoints connect to, from this machine. */
  endpointReachability(): Promise<EndpointProbePort>;
  metrics(region: string): Promise<MetricPort>;
  bandwidth(region: string): Promise<BandwidthPort>;
  /** What is tagged to be judged by its metrics. */
  watchTags(region: string): Promise<WatchTagPort>;
  /** For a capture alone: what surrounds the paths. */
  survey(region: string): Promise<SurveyPort>;
  securityGroups(region: string): Promise<SecurityGroupPort>;
  loadBalancers(region: string): Promise<LoadBalancerPort>;
  /** How Systems Manager sees instances, for the documents of the deployment in `homeRegion`. */
  agents(region: string, homeRegion: string): Promise<Pick<InstanceControlPort, 'agent'>>;
  /** Finds what is not tagged yet, and tags it. */
  discovery(region: string): Promise<DiscoveryPort>;
  /** The deployed repair function. */
  repairs(homeRegion: string, functionName: string): Promise<RepairPort>;
}

export interface CrlBucketNames {
  readonly inbox: string;
  readonly published: string;
  /** Where clients download; null: not known. */
  readonly url: string | null;
  /** The copy in a second region; null: not known, or there is none. */
  readonly replica: { readonly region: string; readonly bucket: string } | null;
}

/** `onCall` sees the reads of the account: EC2 and CloudWatch, not vpn-medic's own table and stack. */
export const awsClients = (clock: Clock, onCall?: CallHook): AwsClients => ({
  profileRegion: async () => (await import('../aws/profileRegion.ts')).profileRegion(),
  ec2: async (region) => (await import('../aws/ec2/port.ts')).ec2Port(region, clock, onCall),
  probes: async (homeRegion, functions) =>
    functions.length === 0
      ? probesFromHere()
      : (await import('../aws/lambda/probes.ts')).probePort(homeRegion, functions, clock),
  store: async (homeRegion, table) =>
    (await import('../aws/dynamoDb/store.ts')).storePort(homeRegion, table, clock),
  table: async (homeRegion, table) =>
    (await import('../aws/dynamoDb/scan.ts')).tablePort(homeRegion, table, clock),
  identity: async (homeRegion) => (await import('../aws/sts.ts')).identityPort(homeRegion, clock),
  stack: async (homeRegion) =>
    (await import('../aws/cloudFormation.ts')).stackPort(homeRegion, clock),
  stackChange: async (region) =>
    (await import('../aws/stackChange/port.ts')).stackChangePort(region, clock),
  deployment: async (homeRegion) =>
    (await import('../aws/deployment/port.ts')).deploymentPort(homeRegion, clock),
  vpn: async (region) => (await import('../aws/siteToSite/port.ts')).vpnPort(region, clock, onCall),
  transit: async (region) =>
    (await import('../aws/transitGateway/port.ts')).transitGatewayPort(region, clock, onCall),
  network: async (region) =>
    (await import('../aws/network/port.ts')).networkPort(region, clock, onCall),
  endpoints: async (region) =>
    (await import('../aws/clientVpn/endpoints.ts')).endpointPort(region, clock, onCall),
  surroundings: async (region) =>
    (await import('../aws/clientVpn/surroundings.ts')).surroundingsPort(region, clock, onCall),
  dns: async (region) => (await import('../aws/route53.ts')).dnsPort(region, clock),
  crlEndpoints: async (region) =>
    (await import('../aws/clientVpn/crls.ts')).crlEndpointPort([region], clock, onCall),
  bucket: async (homeRegion, name) =>
    (await import('../aws/s3/bucket.ts')).bucketPort(name, homeRegion, clock),
  crlBuckets: (homeRegion, names) => crlBuckets(homeRegion, names, clock),
  endpointReachability: async () => ({
    send: (await import('../clientVpn/observe/probe.ts')).probeEndpoint,
  }),
  metrics: async (region) =>
    (await import('../aws/cloudWatch.ts')).metricPort(region, clock, onCall),
  bandwidth: async (region) =>
    (await import('../aws/ec2/bandwidths.ts')).bandwidthPort(region, clock, onCall),
  watchTags: async (region) =>
    (await import('../aws/tagging.ts')).watchTagPort(region, clock, onCall),
  survey: async (region) =>
    (await import('../aws/survey.ts')).surveyPort(
      region,
      clock,
      onCall ?? ((_call, send) => send()),
    ),
  securityGroups: async (region) =>
    (await import('../aws/ec2/securityGroups.ts')).securityGroupPort(region, clock, onCall),
  loadBalancers: async (region) =>
    (await import('../aws/loadBalancers.ts')).loadBalancerPort(region, clock),
  async agents(region, homeRegion) {
    // A capture holds nothing of it.
    if (onCall !== undefined) {
      return { agent: async () => unknown('it is no part of a capture', clock.now()) };
    }
    const { operatorAgents } = await import('../aws/operatorAgents.ts');
    return operatorAgents(region, homeRegion, clock);
  },
  discovery: async (region) =>
    (await import('../aws/ec2/discovery.ts')).discoveryPort(region, clock, onCall),
  repairs: async (homeRegion, functionName) =>
    (await import('../aws/lambda/repairs.ts')).repairPort(homeRegion, functionName, clock),
});

async function probesFromHere(): Promise<ProbePort> {
  const { probeAll } = await import('../probe/probeAll.ts');
  return {
    vantages: async () => [{ id: 'here', subnetIds: [], isInVpc: false }],
    send: (round, onAnswer, signal) => probeAll(round, onAnswer, signal),
  };
}

async function crlBuckets(
  homeRegion: string,
  { inbox, published, url, replica }: CrlBucketNames,
  clock: Clock,
): ReturnType<AwsClients['crlBuckets']> {
  const [{ bucketPort }, { sitePort }] = await Promise.all([
    import('../aws/s3/bucket.ts'),
    import('../aws/publicSite.ts'),
  ]);
  return {
    source: bucketPort(inbox, homeRegion, clock),
    stateStore: bucketPort(published, homeRegion, clock),
    replica: replica === null ? null : bucketPort(replica.bucket, replica.region, clock),
    site: url === null ? null : sitePort(url, clock),
    // As the distribution's second origin serves it (deploy/crlDistribution.yml).
    replicaSite: url === null || replica === null ? null : sitePort(`${url}replica/`, clock),
  };
}
