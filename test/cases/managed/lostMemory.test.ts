/**
 * Goal: a state table that loses what it held during an outage leads to no false all-clear, and to no second incident
 * of what is recorded. Method: raw answers through whole passes; items of the table are lost between two of them.
 */
import { describe, expect, test } from '@jest/globals';
import { type Input, play } from './play.ts';
import { playEndpoint, type Step } from './playEndpoints.ts';

const CREATED = -100 * 1_440;

/** `changed`: the minute of AWS's last status change. */
const connection = (status: 'UP' | 'DOWN', changed: number) => ({
  VpnConnectionId: 'vpn-01',
  State: 'available' as const,
  TransitGatewayId: 'tgw-01',
  Tags: [{ Key: 'Name', Value: 'berlin' }],
  Options: { StaticRoutesOnly: false },
  VgwTelemetry: ['192.0.2.1', '192.0.2.2'].map((OutsideIpAddress) => ({
    OutsideIpAddress,
    Status: status,
    StatusMessage: status === 'UP' ? '5 BGP ROUTES' : 'IPSEC IS DOWN',
    AcceptedRouteCount: status === 'UP' ? 5 : 0,
    LastStatusChange: changed,
  })),
});

const outage = (loses: readonly string[]): Input => ({
  isMeasured: true,
  steps: [
    { minutes: 3, connections: [connection('UP', CREATED)] },
    { minutes: 3, connections: [connection('DOWN', 3)] },
    { minutes: 4, connections: [connection('DOWN', 3)], loses },
    { minutes: 3, connections: [connection('UP', 10)] },
  ],
});

const words = async (input: Input) =>
  (await play(input)).sent.map(
    ({ minute, subject }) => `${minute} ${subject.split(':')[0]} ${subject.split(' ')[2] ?? ''}`,
  );

describe('a connection that is down', () => {
  test('and what passes remember is lost: still down, one notification, one end', async () => {
    const sent = await words(outage(['memory#']));
    expect(sent.map((one) => one.replace(/ConnectionDown.*/, ''))).toEqual([
      expect.stringMatching(/^3 CRITICAL berlin/),
      expect.stringMatching(/^10 RESOLVED berlin/),
    ]);
  });

  test('and the incidents are lost: it is notified again, as no record of the first is left; and ends once', async () => {
    const sent = await words(outage(['incidents#']));
    expect(sent).toEqual([
      expect.stringMatching(/^3 CRITICAL berlin/),
      expect.stringMatching(/^6 CRITICAL berlin/),
      expect.stringMatching(/^10 RESOLVED berlin/),
    ]);
  });

  test('and everything is lost: the same, and no all-clear before it is up', async () => {
    const sent = await words(outage(['']));
    expect(sent.filter((one) => one.includes('RESOLVED'))).toEqual([
      expect.stringMatching(/^10 RESOLVED berlin/),
    ]);
  });
});

describe('an endpoint that is down', () => {
  const steps = (down: Step, loses: readonly string[]): readonly Step[] => [
    { polls: 3, active: 5 },
    { ...down, polls: 3 },
    { ...down, polls: 3, loses },
    { polls: 3, active: 5 },
  ];
  const played = async (all: readonly Step[]) =>
    (await playEndpoint(all)).sent.map(
      ({ state, attributes }) => `${state} ${attributes['reason']}`,
    );

  test.each<readonly [string, Step]>([
    ['silent', { probe: 'down' }],
    ['without associations', { associations: [], fact: { state: 'pending-associate' } }],
    ['pending', { fact: { state: 'pending' } }],
  ])('%s, and what passes remember is lost: no all-clear before it is up', async (_, down) => {
    const all = steps(down, ['memory#']);
    const lasting = await played(all.slice(0, 3));
    expect(lasting[0]).toMatch(/^opened Endpoint/);
    expect(lasting.filter((one) => one.startsWith('resolved'))).toEqual([]);
    const ends = (await played(all)).slice(lasting.length);
    expect(ends.filter((one) => !one.endsWith('ProbeNeverAnswered'))).toEqual([
      expect.stringMatching(/^resolved Endpoint/),
    ]);
  });
});
