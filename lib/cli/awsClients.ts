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
  async profileRegion() {
    const { profileRegion } = await import('../aws/profileRegion.ts');
    return profileRegion();
  },
  async ec2(region) {
    const { ec2Port } = await import('../aws/ec2/port.ts');
    return ec2Port(region, clock, onCall);
  },
  async probes(homeRegion, functions) {
    if (functions.length > 0) {
      const { probePort } = await import('../aws/lambda/probes.ts');
      return probePort(homeRegion, functions, clock);
    }
    const { probeAll } = await import('../probe/probeAll.ts');
    return {
      vantages: async () => [{ id: 'here', subnetIds: [], isInVpc: false }],
      send: (round, onAnswer, signal) => probeAll(round, onAnswer, signal),
    };
  },
  async store(homeRegion, table) {
    const { storePort } = await import('../aws/dynamoDb/store.ts');
    return storePort(homeRegion, table, clock);
  },
  async table(homeRegion, table) {
    const { tablePort } = await import('../aws/dynamoDb/scan.ts');
    return tablePort(homeRegion, table, clock);
  },
  async identity(homeRegion) {
    const { identityPort } = await import('../aws/sts.ts');
    return identityPort(homeRegion, clock);
  },
  async stack(homeRegion) {
    const { stackPort } = await import('../aws/cloudFormation.ts');
    return stackPort(homeRegion, clock);
  },
  async stackChange(region) {
    const { stackChangePort } = await import('../aws/stackChange/port.ts');
    return stackChangePort(region, clock);
  },
  async deployment(homeRegion) {
    const { deploymentPort } = await import('../aws/deployment/port.ts');
    return deploymentPort(homeRegion, clock);
  },
  async vpn(region) {
    const { vpnPort } = await import('../aws/siteToSite/port.ts');
    return vpnPort(region, clock, onCall);
  },
  async transit(region) {
    const { transitGatewayPort } = await import('../aws/transitGateway/port.ts');
    return transitGatewayPort(region, clock, onCall);
  },
  async network(region) {
    const { networkPort } = await import('../aws/network/port.ts');
    return networkPort(region, clock, onCall);
  },
  async endpoints(region) {
    const { endpointPort } = await import('../aws/clientVpn/endpoints.ts');
    return endpointPort(region, clock, onCall);
  },
  async surroundings(region) {
    const { surroundingsPort } = await import('../aws/clientVpn/surroundings.ts');
    return surroundingsPort(region, clock, onCall);
  },
  async dns(region) {
    const { dnsPort } = await import('../aws/route53.ts');
    return dnsPort(region, clock);
  },
  async crlEndpoints(region) {
    const { crlEndpointPort } = await import('../aws/clientVpn/crls.ts');
    return crlEndpointPort([region], clock, onCall);
  },
  async bucket(homeRegion, name) {
    const { bucketPort } = await import('../aws/s3/bucket.ts');
    return bucketPort(name, homeRegion, clock);
  },
  async crlBuckets(homeRegion, { inbox, published, url, replica }) {
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
  },
  async endpointReachability() {
    const { probeEndpoint } = await import('../clientVpn/observe/probe.ts');
    return { send: probeEndpoint };
  },
  async metrics(region) {
    const { metricPort } = await import('../aws/cloudWatch.ts');
    return metricPort(region, clock, onCall);
  },
  async bandwidth(region) {
    const { bandwidthPort } = await import('../aws/ec2/bandwidths.ts');
    return bandwidthPort(region, clock, onCall);
  },
  async watchTags(region) {
    const { watchTagPort } = await import('../aws/tagging.ts');
    return watchTagPort(region, clock, onCall);
  },
  async survey(region) {
    const { surveyPort } = await import('../aws/survey.ts');
    return surveyPort(region, clock, onCall ?? ((_call, send) => send()));
  },
  async securityGroups(region) {
    const { securityGroupPort } = await import('../aws/ec2/securityGroups.ts');
    return securityGroupPort(region, clock, onCall);
  },
  async loadBalancers(region) {
    const { loadBalancerPort } = await import('../aws/loadBalancers.ts');
    return loadBalancerPort(region, clock);
  },
  async agents(region, homeRegion) {
    // A capture holds nothing of it.
    if (onCall !== undefined) {
      return { agent: async () => unknown('it is no part of a capture', clock.now()) };
    }
    const { operatorAgents } = await import('../aws/operatorAgents.ts');
    return operatorAgents(region, homeRegion, clock);
  },
  async discovery(region) {
    const { discoveryPort } = await import('../aws/ec2/discovery.ts');
    return discoveryPort(region, clock, onCall);
  },
  async repairs(homeRegion, functionName) {
    const { repairPort } = await import('../aws/lambda/repairs.ts');
    return repairPort(homeRegion, functionName, clock);
  },
});
