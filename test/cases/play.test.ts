/** Goal: a capture in the frozen format is played through the functions as deployed. Method: captures as lines, and their timeline. */
import { describe, expect, test } from '@jest/globals';
import { expectTimeline, linesOf, playLines } from './play.ts';

const at = (minute: number) => new Date(Date.UTC(2026, 10, 28, 12, minute)).toISOString();
const tunnel = (OutsideIpAddress: string, Status: 'UP' | 'DOWN', changed: number) => ({
  OutsideIpAddress,
  Status,
  StatusMessage: Status === 'UP' ? '5 BGP ROUTES' : 'IPSEC IS DOWN',
  AcceptedRouteCount: Status === 'UP' ? 5 : 0,
  LastStatusChange: at(changed),
});
const connections = (minute: number, Status: 'UP' | 'DOWN', changed = minute) => ({
  at: at(minute),
  service: 'ec2',
  operation: 'DescribeVpnConnections',
  input: {},
  output: {
    VpnConnections: [
      {
        VpnConnectionId: 'vpn-01',
        State: 'available',
        TransitGatewayId: 'tgw-01',
        Options: { StaticRoutesOnly: false },
        Tags: [{ Key: 'Name', Value: 'berlin' }],
        VgwTelemetry: [tunnel('192.0.2.1', Status, changed), tunnel('192.0.2.2', Status, changed)],
      },
    ],
  },
});
const end = (minute: number) => ({
  at: at(minute),
  service: 'medic',
  operation: 'End',
  input: {},
  output: {},
});

describe('a connection that is down when it is first seen', () => {
  const DAYS = 24 * 60;

  test('since 5 minutes ago, before anything was watched: an outage, which says that it was never seen up', async () => {
    const played = await playLines([connections(0, 'DOWN', -5), end(3)]);
    expect(linesOf(played)).toEqual(['+0:00 notified CRITICAL ConnectionDown vpn-01']);
    const text = played.timeline.find(({ kind }) => kind === 'notified')?.text;
    expect(text).toContain('down when it was first seen');
  });

  test('since 5 minutes ago, and listed for the first time: new, so that no one is paged', async () => {
    const nothing = { ...connections(0, 'UP'), output: { VpnConnections: [] } };
    const played = await playLines([nothing, connections(10, 'DOWN', 5), end(13)]);
    expect(linesOf(played)).toEqual([]);
  });

  test('that was seen up says nothing of a first sight', async () => {
    const played = await playLines([connections(0, 'UP', -9_000), connections(3, 'DOWN'), end(5)]);
    const text = played.timeline.find(({ kind }) => kind === 'notified')?.text;
    expect(text).not.toContain('first seen');
  });

  test('lasted since AWS’s date of its tunnels’ last change, not since it was found', async () => {
    const played = await playLines([
      connections(0, 'DOWN', -400 * DAYS),
      connections(5, 'UP'),
      end(7),
    ]);
    expect(linesOf(played)).toEqual([
      '+0:00 notified WARNING LongDown vpn-01',
      '+5:00 notified RESOLVED LongDown vpn-01',
    ]);
    expect(played.timeline.at(-1)?.title).toContain('lasted 400 d');
  });
});

describe('a connection that goes down and comes back', () => {
  const lines = [
    connections(0, 'UP', -9_000),
    connections(3, 'DOWN'),
    connections(6, 'UP'),
    end(9),
  ];

  test('is notified at the first poll that sees it, and resolved once', async () => {
    const played = await playLines(lines);
    expect(linesOf(played)).toEqual([
      '+3:00 notified CRITICAL ConnectionDown vpn-01',
      '+6:00 notified RESOLVED ConnectionDown vpn-01',
    ]);
    expect(played.functions).toEqual(['pollConnections']);
    expect([...played.unused]).toEqual([]);
  });

  test('is shown with what was found, in the order: detected, resolved, notified', async () => {
    const kinds = ['detected', 'resolved', 'notified'] as const;
    const shown = linesOf(await playLines(lines), kinds).filter((line) =>
      line.endsWith('ConnectionDown vpn-01'),
    );
    expect(shown).toEqual([
      '+3:00 detected critical ConnectionDown vpn-01',
      '+3:00 notified CRITICAL ConnectionDown vpn-01',
      '+6:00 resolved critical ConnectionDown vpn-01',
      '+6:00 notified RESOLVED ConnectionDown vpn-01',
    ]);
  });
});

test('the answer of the last instant is polled, and nothing after it', async () => {
  const played = await playLines([connections(0, 'UP', -9_000), connections(3, 'DOWN')]);
  expect(linesOf(played)).toEqual(['+3:00 notified CRITICAL ConnectionDown vpn-01']);
});

test('an answer that is an error is unknown: what was down is not resolved by it', async () => {
  const refused = {
    ...connections(5, 'UP'),
    output: undefined,
    error: { name: 'RequestLimitExceeded', message: 'Request limit exceeded.' },
  };
  const gateways = { ...end(0), service: 'ec2', operation: 'DescribeCustomerGateways' };
  const played = await playLines([
    { ...gateways, output: { CustomerGateways: [] } },
    connections(0, 'UP', -9_000),
    connections(3, 'DOWN'),
    refused,
    end(6),
  ]);
  expect(linesOf(played)).toEqual(['+3:00 notified CRITICAL ConnectionDown vpn-01']);
});

test('a file of test/cases is played as lines are', async () => {
  await expectTimeline('managed/39-old-since-sms.jsonl', [
    '+0:00 notified WARNING TunnelDown vpn-01/192.0.2.1',
  ]);
});

test('what the capture does not hold is unknown, is named, and is not notified', async () => {
  const played = await playLines([connections(0, 'UP', -9_000), end(60)]);
  expect(linesOf(played, ['detected', 'notified'])).toEqual([]);
  expect(played.missing).toEqual([
    'direct-connect:DescribeVirtualInterfaces',
    'ec2:DescribeCustomerGateways',
    'ec2:DescribeRouteTables',
    'ec2:DescribeTransitGatewayAttachments',
    'ec2:DescribeTransitGateways',
    'ec2:DescribeVpcEndpoints',
    'ec2:DescribeVpcPeeringConnections',
    'ec2:DescribeVpnGateways',
  ]);
});

test('two runs of one capture give the same timeline', async () => {
  const lines = [
    connections(0, 'UP', -9_000),
    connections(3, 'DOWN'),
    connections(6, 'UP'),
    end(9),
  ];
  expect((await playLines(lines)).timeline).toEqual((await playLines(lines)).timeline);
});
