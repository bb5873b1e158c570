/** What AWS says to each call of `conversation.ts`: as its API references show it, with our own ids. */

/** When all of it is said. */
export const AT = Date.UTC(2026, 10, 20, 21);

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Null: the connection is cut instead. */
  readonly body: string | null;
}

/** The action that a request names: by form field, by header, or by path. */
export function actionOf(body: string, headers: Readonly<Record<string, unknown>>, path: string) {
  const target = headers['x-amz-target'];
  if (typeof target === 'string') return target.split('.')[1] ?? '';
  if (path.endsWith('/invocations')) return 'Invoke';
  if (path.endsWith('/configuration')) return 'GetFunctionConfiguration';
  if (path.endsWith('/healthcheck')) return 'ListHealthChecks';
  if (path.endsWith('/hostedzone')) return 'ListHostedZones';
  if (path.endsWith('/rrset')) return 'ListResourceRecordSets';
  return new URLSearchParams(body).get('Action') ?? '';
}

const ok = (body: string): Reply => ({ status: 200, body });
const ec2 = (action: string, body: string): Reply =>
  ok(
    `<?xml version="1.0" encoding="UTF-8"?><${action}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>${body}</${action}Response>`,
  );

export const WELL: Readonly<Record<string, Reply>> = {
  DescribeTags: ec2(
    'DescribeTags',
    '<tagSet><item><resourceId>i-0a1b2c3d4e5f60718</resourceId><resourceType>instance</resourceType><key>vpn-medic:group</key><value>berlin &amp; bonn</value></item></tagSet>',
  ),
  DescribeInstances: ec2(
    'DescribeInstances',
    '<reservationSet><item><reservationId>r-0a</reservationId><ownerId>123456789012</ownerId><groupSet/><instancesSet><item><instanceId>i-0a1b2c3d4e5f60718</instanceId><imageId>ami-0a</imageId><instanceState><code>16</code><name>running</name></instanceState><instanceType>t3.small</instanceType><launchTime>2026-11-01T10:00:00.000Z</launchTime><placement><availabilityZone>eu-west-1a</availabilityZone><tenancy>default</tenancy></placement><subnetId>subnet-0a</subnetId><vpcId>vpc-0a</vpcId><privateIpAddress>10.0.1.10</privateIpAddress><ipAddress>198.51.100.10</ipAddress><tagSet><item><key>Name</key><value>vpn-a</value></item></tagSet><networkInterfaceSet><item><networkInterfaceId>eni-0a</networkInterfaceId><ipv6AddressesSet><item><ipv6Address>2001:db8::10</ipv6Address></item></ipv6AddressesSet></item></networkInterfaceSet></item></instancesSet></item></reservationSet>',
  ),
  DescribeInstanceStatus: ec2(
    'DescribeInstanceStatus',
    '<instanceStatusSet><item><instanceId>i-0a1b2c3d4e5f60718</instanceId><availabilityZone>eu-west-1a</availabilityZone><eventsSet><item><code>instance-retirement</code><description>The instance is on degraded hardware</description><notBefore>2026-12-01T10:00:00.000Z</notBefore></item></eventsSet><instanceState><code>16</code><name>running</name></instanceState><systemStatus><status>impaired</status></systemStatus><instanceStatus><status>ok</status></instanceStatus><attachedEbsStatus><status>ok</status></attachedEbsStatus></item></instanceStatusSet>',
  ),
  DescribeNetworkInterfaces: ec2(
    'DescribeNetworkInterfaces',
    '<networkInterfaceSet><item><networkInterfaceId>eni-0a</networkInterfaceId><subnetId>subnet-0a</subnetId><vpcId>vpc-0a</vpcId><availabilityZone>eu-west-1a</availabilityZone><status>in-use</status><privateIpAddress>10.0.1.10</privateIpAddress><sourceDestCheck>false</sourceDestCheck><attachment><attachmentId>a</attachmentId><instanceId>i-0a1b2c3d4e5f60718</instanceId><deviceIndex>0</deviceIndex><status>attached</status></attachment><association><publicIp>198.51.100.10</publicIp></association></item></networkInterfaceSet>',
  ),
  DescribeSubnets: ec2(
    'DescribeSubnets',
    '<subnetSet><item><subnetId>subnet-0a</subnetId><vpcId>vpc-0a</vpcId><availabilityZone>eu-west-1a</availabilityZone><cidrBlock>10.0.1.0/24</cidrBlock><ipv6CidrBlockAssociationSet><item><ipv6CidrBlock>2001:db8::/64</ipv6CidrBlock><ipv6CidrBlockState><state>associated</state></ipv6CidrBlockState></item></ipv6CidrBlockAssociationSet></item></subnetSet>',
  ),
  DescribeRouteTables: ec2(
    'DescribeRouteTables',
    '<routeTableSet><item><routeTableId>rtb-0a1b2c3d4e5f60718</routeTableId><vpcId>vpc-0a</vpcId><ownerId>123456789012</ownerId><routeSet><item><destinationCidrBlock>10.20.0.0/16</destinationCidrBlock><instanceId>i-0a1b2c3d4e5f60718</instanceId><networkInterfaceId>eni-0a</networkInterfaceId><state>blackhole</state><origin>CreateRoute</origin></item><item><destinationIpv6CidrBlock>::/0</destinationIpv6CidrBlock><egressOnlyInternetGatewayId>eigw-0a</egressOnlyInternetGatewayId><state>active</state><origin>CreateRoute</origin></item></routeSet><associationSet><item><routeTableAssociationId>rtbassoc-0a</routeTableAssociationId><subnetId>subnet-0a</subnetId><main>false</main><associationState><state>associated</state></associationState></item></associationSet><tagSet><item><key>Name</key><value>private-a</value></item></tagSet></item></routeTableSet>',
  ),
  GetManagedPrefixListEntries: ec2(
    'GetManagedPrefixListEntries',
    '<entrySet><item><cidr>10.20.0.0/16</cidr></item></entrySet>',
  ),
  ReplaceRoute: ec2('ReplaceRoute', '<return>true</return>'),
  BatchGetItem: ok(
    '{"Responses":{"state":[{"id":{"S":"lease"},"version":{"N":"7"},"body":{"S":"{\\"fence\\":7}"}}]},"UnprocessedKeys":{}}',
  ),
  PutItem: ok('{}'),
  Publish: ok(
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>567910cd-659e-55d4-8ccb-5aaf14679dc0</MessageId></PublishResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></PublishResponse>',
  ),
  GetFunctionConfiguration: ok(
    '{"FunctionName":"probe-a","VpcConfig":{"SubnetIds":["subnet-0a"],"SecurityGroupIds":[],"VpcId":"vpc-0a"}}',
  ),
  Invoke: ok('{"version":1,"answers":[{"key":"a","result":{"kind":"up","tookMs":2}}]}'),
};

const ec2Fault = (code: string, status: number): Reply => ({
  status,
  body: `<?xml version="1.0" encoding="UTF-8"?><Response><Errors><Error><Code>${code}</Code><Message>said EC2</Message></Error></Errors><RequestID>r</RequestID></Response>`,
});

/** Another fault for each, so that every protocol's errors are read. */
export const ILL: Readonly<Record<string, Reply>> = {
  DescribeTags: ec2Fault('UnauthorizedOperation', 403),
  DescribeInstances: {
    status: 400,
    body: "<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>The instance ID 'i-0a1b2c3d4e5f60718' does not exist</Message></Error></Errors><RequestID>r</RequestID></Response>",
  },
  DescribeInstanceStatus: ec2Fault('InternalError', 500),
  DescribeNetworkInterfaces: { status: 502, body: '<html><body>Bad gateway</body></html>' },
  DescribeSubnets: ec2Fault('AuthFailure', 401),
  DescribeRouteTables: ec2Fault('InvalidParameterValue', 400),
  GetManagedPrefixListEntries: ec2Fault('InvalidPrefixListID.NotFound', 400),
  ReplaceRoute: { status: 0, body: null },
  BatchGetItem: {
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: '{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"Requested resource not found"}',
  },
  PutItem: {
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: '{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed","Item":{"id":{"S":"lease"},"version":{"N":"9"}}}',
  },
  Publish: {
    status: 403,
    body: '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>not authorized</Message></Error><RequestId>r</RequestId></ErrorResponse>',
  },
  GetFunctionConfiguration: {
    status: 403,
    headers: { 'x-amzn-errortype': 'AccessDeniedException' },
    body: '{"Message":"not authorized"}',
  },
  Invoke: {
    status: 429,
    headers: { 'x-amzn-errortype': 'TooManyRequestsException' },
    body: '{"Reason":"ReservedFunctionConcurrentInvocationLimitExceeded","Type":"User","message":"Rate Exceeded."}',
  },
};
