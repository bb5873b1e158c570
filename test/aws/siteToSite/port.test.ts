/** Goal: connections come as facts, whatever kind they are, and no key ever comes with them. Method: the real client against replies over HTTP, with keys made at run time in every place that AWS puts them. */
import { randomBytes } from 'node:crypto';
import { inspect } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { vpnPort } from '../../../lib/aws/siteToSite/port.ts';
import { ec2Fault, localAws, xml } from '../localAws.ts';
import { AT, clock } from '../strict.ts';

const { answers, asked } = localAws();
const { signal } = new AbortController();
const port = () => vpnPort('eu-west-1', clock);
const KEYS = Array.from({ length: 4 }, () => randomBytes(16).toString('hex'));

const options = (ip: string, key: string, more = '') =>
  `<item><outsideIpAddress>${ip}</outsideIpAddress><preSharedKey>${key}</preSharedKey>${more}</item>`;
const telemetry = (ip: string, status: string, message: string, more = '') =>
  `<item><outsideIpAddress>${ip}</outsideIpAddress><status>${status}</status><statusMessage>${message}</statusMessage><acceptedRouteCount>0</acceptedRouteCount><lastStatusChange>2026-11-20T20:12:32.000Z</lastStatusChange>${more}</item>`;
const connection = (inner: string, id = 'vpn-0a1b2c3d4e5f60718') =>
  `<item><vpnConnectionId>${id}</vpnConnectionId><state>available</state><customerGatewayConfiguration>&lt;vpn_connection&gt;&lt;pre_shared_key&gt;${KEYS[2]}&lt;/pre_shared_key&gt;&lt;/vpn_connection&gt;</customerGatewayConfiguration><type>ipsec.1</type><customerGatewayId>cgw-0a</customerGatewayId>${inner}</item>`;
const reply = (...connections: readonly string[]) =>
  xml(
    `<?xml version="1.0" encoding="UTF-8"?><DescribeVpnConnectionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><vpnConnectionSet>${connections.join('')}</vpnConnectionSet></DescribeVpnConnectionsResponse>`,
  );
const ofVgw = '<vpnGatewayId>vgw-0a</vpnGatewayId>';
const FULL = connection(
  `${ofVgw}<gatewayAssociationState>associated</gatewayAssociationState>` +
    `<options><enableAcceleration>false</enableAcceleration><staticRoutesOnly>false</staticRoutesOnly><outsideIpAddressType>PublicIpv4</outsideIpAddressType><tunnelOptionSet>` +
    options(
      '198.51.100.1',
      KEYS[0] ?? '',
      '<phase1DHGroupNumberSet><item><value>2</value></item></phase1DHGroupNumberSet><phase2DHGroupNumberSet><item><value>20</value></item></phase2DHGroupNumberSet><phase1IntegrityAlgorithmSet><item><value>SHA1</value></item></phase1IntegrityAlgorithmSet><ikeVersionSet><item><value>ikev2</value></item></ikeVersionSet><startupAction>start</startupAction><enableTunnelLifecycleControl>true</enableTunnelLifecycleControl><logOptions><cloudWatchLogOptions><logEnabled>true</logEnabled><logGroupArn>arn:aws:logs:eu-west-1:123456789012:log-group:/vpn/ike:*</logGroupArn><bgpLogEnabled>true</bgpLogEnabled><bgpLogGroupArn>arn:aws:logs:eu-west-1:123456789012:log-group:/vpn/bgp</bgpLogGroupArn></cloudWatchLogOptions></logOptions>',
    ) +
    options('198.51.100.2', KEYS[1] ?? '') +
    `</tunnelOptionSet></options><tagSet><item><key>Name</key><value>berlin</value></item><item><key>vpn-medic:site</key><value>hq</value></item></tagSet><vgwTelemetry>` +
    telemetry('198.51.100.1', 'DOWN', 'IPSEC IS UP') +
    telemetry('198.51.100.2', 'UP', '1 BGP ROUTES') +
    `</vgwTelemetry>`,
);

test('takes the facts out of a full reply, and leaves every key behind', async () => {
  answers(reply(FULL));
  const reading = await port().connections(signal);
  expect(reading).toEqual({
    known: true,
    at: AT,
    value: [
      {
        connectionId: 'vpn-0a1b2c3d4e5f60718',
        name: 'berlin',
        state: 'available',
        stateWord: 'available',
        staticRouteCount: 0,
        staticCidrs: [],
        usesOneTunnel: false,
        tunnelsFault: null,
        quiet: null,
        quietFault: null,
        customerGatewayId: 'cgw-0a',
        gateway: { kind: 'virtual-private', id: 'vgw-0a' },
        association: 'associated',
        isStatic: false,
        isAccelerated: false,
        transport: 'public',
        bandwidth: 'standard',
        site: 'hq',
        group: null,
        groupFault: null,
        ignored: null,
        tunnels: [
          {
            outsideIp: '198.51.100.1',
            status: 'down',
            words: 'DOWN, IPSEC IS UP',
            acceptedRouteCount: 0,
            changedAt: Date.UTC(2026, 10, 20, 20, 12, 32),
            options: {
              ikeVersions: ['ikev2'],
              dhGroups: [2, 20],
              integrity: ['SHA1'],
              dpdAction: null,
              startsIke: true,
              isLogged: true,
              isBgpLogged: true,
              logGroups: ['/vpn/ike', '/vpn/bgp'],
              hasLifecycleControl: true,
            },
          },
          {
            outsideIp: '198.51.100.2',
            status: 'up',
            words: 'UP, 1 BGP ROUTES',
            acceptedRouteCount: 0,
            changedAt: Date.UTC(2026, 10, 20, 20, 12, 32),
            options: {
              ikeVersions: [],
              dhGroups: [],
              integrity: [],
              dpdAction: null,
              startsIke: false,
              isLogged: false,
              isBgpLogged: false,
              logGroups: [],
              hasLifecycleControl: false,
            },
          },
        ],
      },
    ],
  });
  for (const key of KEYS) expect(JSON.stringify(reading)).not.toContain(key);
});

describe('each kind of gateway, and none', () => {
  test.each([
    ['<transitGatewayId>tgw-0a</transitGatewayId>', 'transit', 'tgw-0a'],
    [
      '<coreNetworkArn>arn:aws:networkmanager::1:core-network/a</coreNetworkArn>',
      'cloud-wan',
      'arn:aws:networkmanager::1:core-network/a',
    ],
    ['<vpnConcentratorId>vcn-0a</vpnConcentratorId>', 'concentrator', 'vcn-0a'],
    ['', 'none', ''],
  ])('%s', async (inner, kind, id) => {
    answers(reply(connection(inner)));
    expect(await port().connections(signal)).toMatchObject({
      value: [{ gateway: { kind, id }, tunnels: [] }],
    });
  });
});

test.each([
  ['<enableAcceleration>true</enableAcceleration>', { isAccelerated: true }],
  ['<outsideIpAddressType>PrivateIpv4</outsideIpAddressType>', { transport: 'private' }],
  ['<outsideIpAddressType>Ipv6</outsideIpAddressType>', { transport: 'ipv6' }],
  ['<tunnelBandwidth>large</tunnelBandwidth>', { bandwidth: 'large' }],
  ['<staticRoutesOnly>true</staticRoutesOnly>', { isStatic: true }],
  ['', { isStatic: null, isAccelerated: false, transport: 'public', bandwidth: 'standard' }],
])('options %s', async (inner, expected) => {
  answers(reply(connection(`${ofVgw}<options>${inner}</options>`)));
  expect(await port().connections(signal)).toMatchObject({ value: [expected] });
});

describe('absurd telemetry is unknown, never down', () => {
  const withTelemetry = async (...list: readonly string[]) => {
    answers(reply(connection(`${ofVgw}<vgwTelemetry>${list.join('')}</vgwTelemetry>`)));
    const reading = await port().connections(signal);
    return reading.known ? reading.value[0]?.tunnels : reading.why;
  };
  test('a status word that is not documented, passed on', async () => {
    expect(await withTelemetry(telemetry('198.51.100.1', 'DEGRADED', 'HALF UP'))).toMatchObject([
      { status: null, words: 'DEGRADED, HALF UP' },
    ]);
  });
  test('the same tunnel told twice, differently', async () => {
    const both = [telemetry('198.51.100.1', 'DOWN', 'a'), telemetry('198.51.100.1', 'UP', 'b')];
    expect(await withTelemetry(...both)).toMatchObject([{ status: null }]);
  });
  test('told twice the same', async () => {
    const both = [telemetry('198.51.100.1', 'DOWN', 'a'), telemetry('198.51.100.1', 'DOWN', 'a')];
    expect(await withTelemetry(...both)).toMatchObject([{ status: 'down' }]);
  });
  test('a negative count, a date before all dates', async () => {
    const odd =
      '<item><outsideIpAddress>198.51.100.1</outsideIpAddress><status>UP</status><acceptedRouteCount>-1</acceptedRouteCount><lastStatusChange>0001-01-01T00:00:00Z</lastStatusChange></item>';
    expect(await withTelemetry(odd)).toMatchObject([
      { status: 'up', acceptedRouteCount: null, changedAt: null },
    ]);
  });
  test('no address, no tunnel', async () => {
    expect(await withTelemetry('<item><status>DOWN</status></item>')).toEqual([]);
  });
});

describe('faults', () => {
  test.each([
    ['RequestLimitExceeded', 503, 'ec2:DescribeVpnConnections throttled (RequestLimitExceeded)'],
    [
      'UnauthorizedOperation',
      403,
      "ec2:DescribeVpnConnections denied (UnauthorizedOperation): grant it to the function's role",
    ],
    [
      'AuthFailure',
      401,
      'ec2:DescribeVpnConnections not accepted (AuthFailure): the credentials are missing, expired, or not valid in this region',
    ],
  ])('%s is told', async (code, status, why) => {
    answers(ec2Fault(code, status));
    expect(await port().connections(signal)).toEqual({ known: false, at: AT, why });
  });

  const cut = (text: string) => text.slice(0, text.lastIndexOf('</vgwTelemetry>') - 40);
  test.each([
    ['cut in the middle', cut(FULL)],
    ['not XML', `pre_shared_key=${KEYS[3]} <<<`],
    ['a date that is none', FULL.replace('2026-11-20T20:12:32.000Z', `${KEYS[3]}`)],
    [
      'a count that is none',
      FULL.replace('<acceptedRouteCount>0<', `<acceptedRouteCount>${KEYS[3]}<`),
    ],
    ['a connection without an id', FULL.replace(/<vpnConnectionId>.*?<\/vpnConnectionId>/, '')],
  ])(
    'a reply that is broken (%s) shows no key, not in the reading and not in what is thrown',
    async (_, body) => {
      answers(
        xml(
          `<?xml version="1.0"?><DescribeVpnConnectionsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><vpnConnectionSet>${body}</vpnConnectionSet></DescribeVpnConnectionsResponse>`,
        ),
      );
      const outcome: unknown = await port()
        .connections(signal)
        .catch((error: unknown) => error);
      const shown = `${inspect(outcome, { depth: 10, showHidden: true })} ${JSON.stringify(outcome)}`;
      for (const key of KEYS) expect(shown).not.toContain(key);
      expect(asked.length).toBeGreaterThan(0);
    },
  );
});

test('customer gateways: address, device, ASN, site', async () => {
  answers(
    xml(
      '<?xml version="1.0"?><DescribeCustomerGatewaysResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><customerGatewaySet><item><customerGatewayId>cgw-0a</customerGatewayId><state>available</state><type>ipsec.1</type><ipAddress>203.0.113.1</ipAddress><bgpAsn>65000</bgpAsn><deviceName>asr-1</deviceName><tagSet><item><key>vpn-medic:site</key><value>hq</value></item></tagSet></item><item><customerGatewayId>cgw-0b</customerGatewayId></item></customerGatewaySet></DescribeCustomerGatewaysResponse>',
    ),
  );
  expect(await port().customerGateways(signal)).toMatchObject({
    value: [
      {
        customerGatewayId: 'cgw-0a',
        name: 'cgw-0a',
        ip: '203.0.113.1',
        deviceName: 'asr-1',
        asn: '65000',
        site: 'hq',
      },
      { customerGatewayId: 'cgw-0b', ip: null, deviceName: null, asn: null, site: null },
    ],
  });
});

test.each([
  [
    '<pendingMaintenance>true</pendingMaintenance><maintenanceAutoAppliedAfter>2026-12-01T00:00:00Z</maintenanceAutoAppliedAfter>',
    true,
    Date.UTC(2026, 11, 1),
  ],
  ['<pendingMaintenance>False</pendingMaintenance>', false, null],
  ['', false, null],
])('maintenance %s', async (inner, isPending, autoAppliedAfter) => {
  answers(
    xml(
      `<?xml version="1.0"?><GetVpnTunnelReplacementStatusResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><vpnConnectionId>vpn-0a</vpnConnectionId><maintenanceDetails>${inner}</maintenanceDetails></GetVpnTunnelReplacementStatusResponse>`,
    ),
  );
  const of = { connectionId: 'vpn-0a', outsideIp: '198.51.100.1' };
  expect(await port().maintenance(of, signal)).toMatchObject({
    value: { isPending, autoAppliedAfter },
  });
  const request = new URLSearchParams(asked[0]);
  expect(request.get('VpnConnectionId')).toBe('vpn-0a');
  expect(request.get('VpnTunnelOutsideIpAddress')).toBe('198.51.100.1');
});

describe('a replacement', () => {
  const of = { connectionId: 'vpn-0a', outsideIp: '198.51.100.1' };
  const replied = (value: string) =>
    xml(
      `<?xml version="1.0"?><ReplaceVpnTunnelResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><return>${value}</return></ReplaceVpnTunnelResponse>`,
    );

  test('names one tunnel, and applies what is pending', async () => {
    answers(replied('true'));
    expect(await port().replaceTunnel(of, signal)).toEqual({ kind: 'written' });
    expect(Object.fromEntries(new URLSearchParams(asked[0]))).toMatchObject({
      Action: 'ReplaceVpnTunnel',
      VpnConnectionId: 'vpn-0a',
      VpnTunnelOutsideIpAddress: '198.51.100.1',
      ApplyPendingMaintenance: 'true',
    });
  });

  test.each([
    ['answered with false', replied('false'), 'refused'],
    ['denied', ec2Fault('UnauthorizedOperation', 403), 'refused'],
    ['throttled', ec2Fault('RequestLimitExceeded', 503), 'throttled'],
    ['lost', ec2Fault('InternalError', 500), 'unclear'],
  ])('that is %s is asked for once', async (_what, answer, kind) => {
    answers(answer);
    expect(await port().replaceTunnel(of, signal)).toMatchObject({ kind });
    expect(asked).toHaveLength(1);
  });
});

test.each([
  ['Sun 02:00-04:00 Europe/Paris', true],
  ['sometimes', false],
])('the tag vpn-medic:maintenance = %s is read: %s', async (value, ok) => {
  const tags = `<tagSet><item><key>vpn-medic:maintenance</key><value>${value}</value></item></tagSet>`;
  answers(reply(connection(`${ofVgw}${tags}`)));
  expect(await port().connections(signal)).toMatchObject({
    value: [{ maintenanceWindow: { ok } }],
  });
});
