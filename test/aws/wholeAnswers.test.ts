/**
 * Goal: an answer of AWS that lacks what every answer of its operation has is a gap, and never "there is nothing".
 * Method: each read of each adapter asks a server on this machine, which answers with status 200 and with nothing, a web
 * page, or the root element and the request id alone. The operations are those that the adapters name in their source.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { ROOT } from '../../deploy/bundling.ts';
import { crlEndpointPort } from '../../lib/aws/clientVpn/crls.ts';
import { endpointPort } from '../../lib/aws/clientVpn/endpoints.ts';
import { surroundingsPort } from '../../lib/aws/clientVpn/surroundings.ts';
import { stackPort } from '../../lib/aws/cloudFormation.ts';
import { metricPort } from '../../lib/aws/cloudWatch.ts';
import { deploymentPort } from '../../lib/aws/deployment/port.ts';
import { tablePort } from '../../lib/aws/dynamoDb/scan.ts';
import { storePort } from '../../lib/aws/dynamoDb/store.ts';
import { bandwidthPort } from '../../lib/aws/ec2/bandwidths.ts';
import { discoveryPort } from '../../lib/aws/ec2/discovery.ts';
import { ec2Port } from '../../lib/aws/ec2/port.ts';
import { securityGroupPort } from '../../lib/aws/ec2/securityGroups.ts';
import { instanceControlPort } from '../../lib/aws/instanceControl.ts';
import { probePort } from '../../lib/aws/lambda/probes.ts';
import { loadBalancerPort } from '../../lib/aws/loadBalancers.ts';
import { networkPort } from '../../lib/aws/network/port.ts';
import { dnsPort } from '../../lib/aws/route53.ts';
import { bucketPort } from '../../lib/aws/s3/bucket.ts';
import { vpnPort } from '../../lib/aws/siteToSite/port.ts';
import { stackChangePort } from '../../lib/aws/stackChange/port.ts';
import { identityPort } from '../../lib/aws/sts.ts';
import { watchTagPort } from '../../lib/aws/tagging.ts';
import { transitGatewayPort } from '../../lib/aws/transitGateway/port.ts';
import { systemClock } from '../../lib/core/time.ts';
import { actionOf } from '../bundles/answers.ts';
import { type Answer, localAws } from './localAws.ts';

const REGION = 'eu-west-1';
const ID = 'i-0a1b2c3d4e5f60718';
const clock = { ...systemClock, sleep: () => Promise.resolve() };
const { signal } = new AbortController();
const aws = localAws();

interface Read {
  readonly known: boolean;
}
type Row = readonly [
  operation: string,
  read: () => Promise<Read | undefined>,
  before?: Readonly<Record<string, string>>,
];

const surroundings = () => surroundingsPort(REGION, clock);
const network = () => networkPort(REGION, clock);
const query = (action: string, body: string) =>
  `<${action}Response><requestId>r</requestId>${body}</${action}Response>`;
const wellImage = {
  DescribeInstances: query(
    'DescribeInstances',
    `<reservationSet><item><instancesSet><item><instanceId>${ID}</instanceId><imageId>ami-1</imageId></item></instancesSet></item></reservationSet>`,
  ),
};
const wellEndpoint = {
  DescribeClientVpnEndpoints: query(
    'DescribeClientVpnEndpoints',
    '<clientVpnEndpoint><item><clientVpnEndpointId>cvpn-endpoint-1</clientVpnEndpointId><serverCertificateArn>arn:aws:acm:eu-west-1:123456789012:certificate/1</serverCertificateArn></item></clientVpnEndpoint>',
  ),
};
const wellMachine = {
  DescribeInstances: query(
    'DescribeInstances',
    `<reservationSet><item><instancesSet><item><instanceId>${ID}</instanceId><instanceState><name>running</name></instanceState><instanceType>t3.small</instanceType><blockDeviceMapping><item><ebs><volumeId>vol-1</volumeId></ebs></item></blockDeviceMapping></item></instancesSet></item></reservationSet>`,
  ),
  DescribeInstanceTypes: query(
    'DescribeInstanceTypes',
    '<instanceTypeSet><item><instanceType>t3.small</instanceType><instanceStorageSupported>false</instanceStorageSupported></item></instanceTypeSet>',
  ),
  DescribeInstanceAttribute: query(
    'DescribeInstanceAttribute',
    '<disableApiStop><value>false</value></disableApiStop>',
  ),
};
const wellNetworks = {
  DescribeTransitGatewayRouteTables: query(
    'DescribeTransitGatewayRouteTables',
    '<transitGatewayRouteTables><item><transitGatewayRouteTableId>tgw-rtb-1</transitGatewayRouteTableId></item></transitGatewayRouteTables>',
  ),
};
const elbQuery = (action: string, body: string) =>
  `<${action}Response><${action}Result>${body}</${action}Result></${action}Response>`;
const BALANCER = 'arn:aws:elasticloadbalancing:eu-west-1:1:loadbalancer/net/radius/0b';
const wellBalancers = {
  DescribeTargetGroups: elbQuery(
    'DescribeTargetGroups',
    '<TargetGroups><member><TargetGroupArn>tg</TargetGroupArn></member></TargetGroups>',
  ),
  DescribeLoadBalancers: elbQuery(
    'DescribeLoadBalancers',
    `<LoadBalancers><member><LoadBalancerArn>${BALANCER}</LoadBalancerArn><Type>network</Type></member></LoadBalancers>`,
  ),
  DescribeListeners: elbQuery(
    'DescribeListeners',
    '<Listeners><member><DefaultActions><member><TargetGroupArn>tg</TargetGroupArn></member></DefaultActions></member></Listeners>',
  ),
};
const balancers = () => loadBalancerPort(REGION, clock).balancers([BALANCER], signal);

const ec2 = () => ec2Port(REGION, clock);
const deployment = () => deploymentPort(REGION, clock);
const machine = () =>
  instanceControlPort({
    region: REGION,
    homeRegion: REGION,
    sshFunction: null,
    documents: null,
    systemsManagerUrl: null,
    autoScalingUrl: null,
    kmsUrl: null,
    clock,
  }).machine(ID, signal);
const bucket = () => bucketPort('inbox', REGION, clock);
const points = () =>
  metricPort(REGION, clock)
    .points(
      [{ namespace: 'AWS/VPN', metricName: 'TunnelState', dimensions: {}, statistic: 'Minimum' }],
      { from: 0, to: 600_000, periodMs: 300_000 },
      signal,
    )
    .then(([one]) => one);

const ROWS: readonly Row[] = [
  ['DescribeTags', () => ec2().tags(['vpn-medic:group'], signal)],
  ['DescribeInstances', () => ec2().instances([ID], signal)],
  ['DescribeInstances', machine],
  ['DescribeInstanceTypes', machine, wellMachine],
  [
    'DescribeInstanceTypes',
    () => bandwidthPort(REGION, clock).bandwidths([ID], signal),
    wellMachine,
  ],
  ['DescribeInstanceAttribute', machine, wellMachine],
  ['DescribeVolumes', machine, wellMachine],
  ['DescribeInstanceStatus', () => ec2().statuses([ID], signal)],
  ['DescribeNetworkInterfaces', () => ec2().interfaces([ID], signal)],
  ['DescribeNetworkInterfaces', () => ec2().interfacesById(['eni-1'], signal)],
  ['DescribeNetworkInterfaces', () => discoveryPort(REGION, clock).forwarders(signal)],
  ['DescribeImages', () => discoveryPort(REGION, clock).images([ID], signal), wellImage],
  ['GetCertificate', () => discoveryPort(REGION, clock).certificates(signal), wellEndpoint],
  [
    'DescribeNetworkInterfaces',
    () => securityGroupPort(REGION, clock).groupIdsOf(['eni-1'], signal),
  ],
  ['DescribeSecurityGroups', () => securityGroupPort(REGION, clock).groups(['sg-1'], signal)],
  ['DescribeNetworkAcls', () => securityGroupPort(REGION, clock).networkAcls(['vpc-1'], signal)],
  ['DescribeSubnets', () => ec2().subnets(['vpc-1'], signal)],
  ['DescribeRouteTables', () => ec2().routeTables({ tableIds: ['rtb-1'] }, signal)],
  ['DescribeAddresses', () => ec2().routeTables({ tableIds: ['eipalloc-1'] }, signal)],
  ['DescribeRouteTables', () => ec2().routeTables({ vpcIds: ['vpc-1'] }, signal)],
  ['GetManagedPrefixListEntries', () => ec2().prefixLists(['pl-1'], signal)],
  ['DescribeVpnConnections', () => vpnPort(REGION, clock).connections(signal)],
  ['DescribeCustomerGateways', () => vpnPort(REGION, clock).customerGateways(signal)],
  [
    'GetVpnTunnelReplacementStatus',
    () =>
      vpnPort(REGION, clock).maintenance(
        { connectionId: 'vpn-1', outsideIp: '198.51.100.1' },
        signal,
      ),
  ],
  ['DescribeTransitGatewayRouteTables', () => vpnPort(REGION, clock).staticRoutes('tgw-1', signal)],
  [
    'SearchTransitGatewayRoutes',
    () => vpnPort(REGION, clock).staticRoutes('tgw-1', signal),
    wellNetworks,
  ],
  ['DescribeTransitGatewayRouteTables', () => transitGatewayPort(REGION, clock).tables(signal)],
  ['SearchTransitGatewayRoutes', () => transitGatewayPort(REGION, clock).routes('rtb-1', signal)],
  [
    'DescribeTransitGatewayAttachments',
    () => transitGatewayPort(REGION, clock).attachments(['vpn-1'], signal),
  ],
  ['DescribeClientVpnEndpoints', () => endpointPort(REGION, clock).endpoints(signal)],
  ['DescribeClientVpnEndpoints', () => crlEndpointPort([REGION], clock).tagged(signal)],
  ['DescribeVpcPeeringConnections', () => network().peerings(signal)],
  ['DescribeRouteTables', () => network().tables(signal)],
  ['DescribeVpnGateways', () => network().gateways(signal)],
  ['DescribeVpcEndpoints', () => network().privateLinks(signal)],
  ['DescribeTransitGatewayAttachments', () => network().attachments(signal)],
  [
    'SearchTransitGatewayRoutes',
    async () => (await network().transitRoutes(['tgw-rtb-1'], 1, signal)).get('tgw-rtb-1'),
  ],
  ['DescribeVirtualInterfaces', () => network().directConnect([], signal)],
  [
    'DescribeDirectConnectGatewayAssociations',
    () => network().directConnect(['dxgw'], signal),
    { DescribeVirtualInterfaces: '{"virtualInterfaces":[]}' },
  ],
  [
    'DescribeDirectConnectGatewayAttachments',
    () => network().directConnect(['dxgw'], signal),
    {
      DescribeVirtualInterfaces: '{"virtualInterfaces":[]}',
      DescribeDirectConnectGatewayAssociations: '{"directConnectGatewayAssociations":[]}',
    },
  ],
  ['DescribeTransitGateways', () => vpnPort(REGION, clock).withoutEcmp(signal)],
  ['DescribeClientVpnRoutes', () => surroundings().routes('cvpn-1', signal)],
  ['DescribeClientVpnAuthorizationRules', () => surroundings().rules('cvpn-1', signal)],
  ['DescribeVpcs', () => surroundings().ranges(['vpc-1'], signal)],
  ['DescribeVpcPeeringConnections', () => surroundings().peers(signal)],
  ['DescribeRouteTables', () => surroundings().egress(['vpc-1'], signal)],
  ['DescribeCertificate', () => surroundings().certificate('arn:aws:acm:a', signal)],
  ['DescribeDirectories', () => surroundings().directories(signal)],
  ['ListHealthChecks', () => dnsPort(REGION, clock).healthChecks(signal)],
  ['ListHostedZones', () => dnsPort(REGION, clock).records(signal)],
  [
    'ListResourceRecordSets',
    () => dnsPort(REGION, clock).records(signal),
    {
      ListHostedZones:
        '<ListHostedZonesResponse><HostedZones><HostedZone><Id>/hostedzone/Z1</Id><Name>a.</Name><CallerReference>a</CallerReference></HostedZone></HostedZones><IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHostedZonesResponse>',
    },
  ],
  ['DescribeTargetGroups', balancers],
  ['DescribeLoadBalancers', balancers, wellBalancers],
  ['DescribeListeners', balancers, wellBalancers],
  ['DescribeTargetHealth', balancers, wellBalancers],
  [
    'DescribeNetworkInterfaces',
    balancers,
    {
      ...wellBalancers,
      DescribeTargetHealth: elbQuery('DescribeTargetHealth', '<TargetHealthDescriptions/>'),
    },
  ],
  [
    'DescribeClientVpnTargetNetworks',
    async () => (await endpointPort(REGION, clock).associations(['cvpn-1'], signal)).get('cvpn-1'),
  ],
  ['DescribeClientVpnConnections', () => endpointPort(REGION, clock).sessions('cvpn-1', signal)],
  [
    'DescribeClientVpnConnections',
    () =>
      crlEndpointPort([REGION], clock).liveConnectionCount(
        { region: REGION, endpointId: 'cvpn-1' },
        signal,
      ),
  ],
  [
    'ListMetrics',
    () =>
      crlEndpointPort([REGION], clock).exported({ region: REGION, endpointId: 'cvpn-1' }, signal),
    {
      ExportClientVpnClientCertificateRevocationList: query(
        'ExportClientVpnClientCertificateRevocationList',
        '',
      ),
    },
  ],
  [
    'ListMetrics',
    () => metricPort(REGION, clock).series({ namespace: 'AWS/VPN', metricName: null }, signal),
  ],
  ['GetMetricData', points],
  ['GetResources', () => watchTagPort(REGION, clock).watched(signal)],
  ['BatchGetItem', () => storePort(REGION, 'state', clock).read(['lease'], signal)],
  ['Scan', () => tablePort(REGION, 'state', clock).all(signal)],
  ['ListObjectsV2', () => bucket().list('inbox/', 10, signal)],
  ['ListObjectVersions', () => bucket().versions('inbox/a.crl', 10, signal)],
  ['GetObject', () => bucket().read({ key: 'inbox/a.crl', versionId: null }, 100, signal)],
  ['HeadObject', () => bucket().facts('inbox/a.crl', signal)],
  [
    'GetFunctionConfiguration',
    async () => {
      const [vantage] = await probePort(REGION, ['probe-a'], clock).vantages(signal);
      return { known: vantage?.unreadWhy === undefined };
    },
  ],
  ['GetFunctionConfiguration', () => deployment().configuration('probe-a', signal)],
  [
    'DescribeChangeSet',
    () =>
      stackChangePort(REGION, clock).proposed(
        { stackName: 'vpn-medic-dev', changeSetId: 'arn' },
        signal,
      ),
  ],
  ['DescribeStackEvents', () => stackChangePort(REGION, clock).failures('vpn-medic-dev', signal)],
  ['DescribeStacks', () => stackChangePort(REGION, clock).look('vpn-medic-dev', signal)],
  ['DescribeStacks', () => stackPort(REGION, clock).outputs('vpn-medic-dev', signal)],
  ['ListStackResources', () => deployment().resources('vpn-medic-dev', signal)],
  ['ListRolePolicies', () => deployment().grants('role', signal)],
  [
    'GetRolePolicy',
    () => deployment().grants('role', signal),
    {
      ListRolePolicies:
        '<ListRolePoliciesResponse><ListRolePoliciesResult><PolicyNames><member>own</member></PolicyNames></ListRolePoliciesResult></ListRolePoliciesResponse>',
    },
  ],
  [
    'SimulatePrincipalPolicy',
    () =>
      deployment().simulate({ roleArn: 'a', actions: [], resourceArn: '*', context: [] }, signal),
  ],
  [
    'ListSubscriptionsByTopic',
    () => deployment().subscriptions('arn:aws:sns:eu-west-1:123456789012:alerts', signal),
  ],
  ['DescribeAlarms', () => deployment().alarms(['one'], signal)],
  ['FilterLogEvents', () => deployment().logged('f', 'deferred', 60_000, signal)],
  ['GetCallerIdentity', () => identityPort(REGION, clock).caller(signal)],
];

/** Without a list or a fact that each answer has: console output may be none, an endpoint may have no CRL. */
/** HeadBucket answers by its status alone. */
const MAY_BE_EMPTY = [
  'HeadBucket',
  'GetConsoleOutput',
  'ExportClientVpnClientCertificateRevocationList',
];
/** Written into captures as they were answered; the adapters that read captures are in the rows. */
const OF_CAPTURES = [
  'DescribeConnections',
  'DescribeDirectConnectGateways',
  'GetTransitGatewayRouteTableAssociations',
  'GetTransitGatewayRouteTablePropagations',
];

const S3_OPERATIONS: Readonly<Record<string, string>> = {
  ListObjectsV2: '<ListBucketResult></ListBucketResult>',
  ListObjectVersions: '<ListVersionsResult></ListVersionsResult>',
  GetObject: '',
  HeadObject: '',
};

/** What comes instead of an answer to `operation`; other operations are answered from `before`. */
function wrongly(
  operation: string,
  before: Readonly<Record<string, string>>,
  text: (isXml: boolean) => string,
): Answer {
  return (response, request) => {
    const named = actionOf(aws.asked.at(-1) ?? '', request.headers, request.url ?? '');
    const isXml = named !== '' && request.headers['content-type']?.includes('form') === true;
    const type = isXml || named === '' ? 'text/xml' : 'application/json';
    const body = named === operation ? undefined : before[named];
    response
      .writeHead(200, { 'content-type': type, 'x-amzn-requestid': 'r' })
      .end(body ?? text(isXml));
  };
}

describe.each([
  ['nothing', () => ''],
  ['a page of HTML', () => '<html><body>Service unavailable</body></html>'],
  [
    'its root element and request id alone',
    (operation: string, isXml: boolean) => {
      const root = query(operation, `<${operation}Result></${operation}Result>`);
      return S3_OPERATIONS[operation] ?? (isXml ? root : '{}');
    },
  ],
] satisfies readonly (readonly [string, (operation: string, isXml: boolean) => string])[])(
  'an answer of %s',
  (_what, textOf) => {
    test.each(ROWS)('to %s is a gap', async (operation, read, before = {}) => {
      aws.answers(wrongly(operation, before, (isXml) => textOf(operation, isXml)));
      expect(await read()).toMatchObject({ known: false });
      expect(aws.asked.length).toBeGreaterThan(0);
    });
  },
);

describe('the table', () => {
  let named: readonly string[] = [];
  beforeAll(() => {
    const folder = join(ROOT, 'lib/aws');
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(join(folder, file), 'utf8'));
    const found = sources.join('\n').match(READS) ?? [];
    named = [...new Set(found.map((word) => word.replace(/Command$/, '')))];
  });
  const READS =
    /\b(?:Describe|List|Get|Search|BatchGet|Scan|Head|Simulate|Filter|Export)\w*Command\b/g;

  test('holds every operation by which an adapter reads', () => {
    const tried = ROWS.map(([operation]) => operation);
    expect([...named].toSorted()).toEqual(
      [...new Set([...tried, ...MAY_BE_EMPTY, ...OF_CAPTURES])].toSorted(),
    );
  });
});
