/**
 * Goal: nothing that lies in the memory of a polled function, or in what the table holds for it, stops its look or makes it
 * write. Method: a look leaves its memory; parts of it are replaced at random, and the next look goes on with it.
 */
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { parseDrillRequests } from '../../../lib/appliances/state/drill.ts';
import { parseFailbacks } from '../../../lib/appliances/state/failback.ts';
import { parseLeaves } from '../../../lib/appliances/state/leave.ts';
import { recallEndpoints } from '../../../lib/clientVpn/state.ts';
import { parseLinks } from '../../../lib/core/connectionEnds.ts';
import { parseStored } from '../../../lib/core/storedText.ts';
import { toIso } from '../../../lib/core/time.ts';
import { parseIncidentAcks } from '../../../lib/incidents/acks.ts';
import { parseCase } from '../../../lib/incidents/history/entry.ts';
import { recallMetrics } from '../../../lib/metrics/state.ts';
import { recallNetwork } from '../../../lib/network/state.ts';
import { recallTransit } from '../../../lib/transitGateway/state.ts';
import { aCrlFixture, look, upload } from '../../builders/crls.ts';
import { anyLie } from '../../builders/lies.ts';
import { play } from '../../cases/managed/play.ts';
import { aList, HOUR_MS, NOW } from '../../crl/builders/list.ts';

const RUNS = 10_000;

const request = { at: NOW, until: NOW + 60_000, by: 'ana', why: 'x' };
const KINDS: readonly (readonly [string, object, (read: unknown) => readonly number[]])[] = [
  [
    'notices of leaving',
    {
      version: 1,
      leaves: [{ ...request, instanceId: 'i-0a', cause: 'drain', endsAt: null, hook: null }],
    },
    (read) => (parseLeaves(read) ?? []).flatMap(({ at, until }) => [at, until]),
  ],
  [
    'words that routes may go back',
    { version: 1, failbacks: [{ ...request, group: 'hq', instanceId: 'i-0a' }] },
    (read) => (parseFailbacks(read) ?? []).map(({ at }) => at),
  ],
  [
    'requests for drills',
    { version: 1, requests: [{ ...request, group: 'hq', forMs: 1_000 }] },
    (read) => (parseDrillRequests(read) ?? []).map(({ at, forMs }) => at + forMs),
  ],
  [
    'links to connections',
    { links: [{ address: '192.0.2.1', connectionId: 'vpn-0a', name: 'x', routeCount: 3 }] },
    (read) => parseLinks(read).map(({ routeCount }) => routeCount),
  ],
  [
    'files of incidents',
    { version: 1, id: 'x', chapters: [] },
    (read) => (parseCase(read) === null ? [] : [0]),
  ],
  [
    'acknowledgements',
    { version: 1, acks: [{ id: 'x', ...request }] },
    (read) => parseIncidentAcks(read).map(({ at }) => at),
  ],
  ['memories of endpoints', {}, (read) => [Object.keys(recallEndpoints(read).endpoints).length]],
  ['memories of metrics', {}, (read) => [Object.keys(recallMetrics(read).open).length]],
  ['memories of networks', {}, (read) => [Object.keys(recallNetwork(read).below).length]],
  ['memories of transit gateways', {}, (read) => [Object.keys(recallTransit(read).routes).length]],
];

test.each(KINDS)('%s are read within bounds, or left out', (_what, body, instantsIn) => {
  fc.assert(
    fc.property(anyLie(body), (text) => {
      for (const at of instantsIn(parseStored(text))) expect(toIso(at)).toBeDefined();
    }),
    { numRuns: RUNS },
  );
});

test('a lying memory of lists, or a lying mark, makes the publisher publish no older list and stops no look', async () => {
  const before = aCrlFixture();
  await upload(before, 'ca.crl', aList(before.ca));
  const bodies = [...before.store.rows.keys()].map((id) => [id, before.store.body(id)] as const);
  expect(bodies.length).toBeGreaterThan(1);
  const lie = fc
    .constantFrom(...bodies)
    .chain(([id, body]) => anyLie(body).map((text) => ({ id, text })));
  await fc.assert(
    fc.asyncProperty(lie, async ({ id, text }) => {
      const fixture = aCrlFixture(before.ca);
      await upload(fixture, 'ca.crl', aList(fixture.ca));
      const published = fixture.stateStore.bytes('ca.crl');
      fixture.store.put(id, parseStored(text));
      fixture.source.drop('inbox/ca.crl', aList(fixture.ca, { number: 6n }));
      fixture.clock.jumpWall(HOUR_MS);
      await look(fixture);
      expect(fixture.stateStore.bytes('ca.crl')).toEqual(published);
    }),
    { numRuns: 60 },
  );
});

const TUNNELS = { UP: ['5 BGP ROUTES', 5], DOWN: ['IPSEC IS DOWN', 0] } as const;
const connection = (id: string, side: number, status: 'UP' | 'DOWN') => ({
  VpnConnectionId: id,
  State: 'available' as const,
  TransitGatewayId: 'tgw-01',
  CustomerGatewayId: `cgw-${side}`,
  Options: { StaticRoutesOnly: false },
  Tags: [{ Key: 'Name', Value: id }],
  VgwTelemetry: [1, 2].map((tunnel) => ({
    OutsideIpAddress: `192.0.2.${side}${tunnel}`,
    Status: status,
    StatusMessage: TUNNELS[status][0],
    AcceptedRouteCount: TUNNELS[status][1],
    LastStatusChange: status === 'UP' ? -9_000 : 2,
  })),
});

test('a lying memory of connections makes none that is up down, and tells of no end of an outage', async () => {
  const id = 'memory#connections#eu-west-1';
  const [up, down] = [connection('vpn-01', 1, 'UP'), connection('vpn-02', 2, 'DOWN')];
  const steps = [
    { minutes: 2, connections: [up, connection('vpn-02', 2, 'UP')] },
    { minutes: 2, connections: [up, down] },
  ];
  let memory: unknown = null;
  await play({ isMeasured: true, steps }, (store) => {
    memory = store.body(id);
  });
  await fc.assert(
    fc.asyncProperty(anyLie(memory), async (text) => {
      const lied = {
        minutes: 2,
        connections: [up, down],
        lies: [[id, parseStored(text)]] as const,
      };
      const { found, subjects } = await play({ isMeasured: true, steps: [...steps, lied] });
      const down01 = found
        .flat()
        .filter(({ severity, subject }) => severity === 'critical' && subject.id === 'vpn-01');
      expect(down01).toEqual([]);
      expect(subjects.filter((one) => one.includes('RESOLVED'))).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
