/**
 * Goal: a capture of an outage, replayed, finds, moves and notifies what the functions did in the account itself.
 * Method: the real command takes it from the emulator while a daemon and a connection fail; then the built functions see
 * the same outage; incidents, notifications and writes are compared.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateCustomerGatewayCommand,
  CreateTransitGatewayCommand,
  CreateVpnConnectionCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { expect, test } from '@jest/globals';
import { clientSettings } from './account/clients.ts';
import { REGION } from './account/options.ts';
import { runCli } from './cli.ts';
import type { Lab } from './lab.ts';
import { startContainer } from './lambda/container.ts';
import { environmentOf } from './lambda/environment.ts';
import { pause } from './pause.ts';
import { inFixture } from './scenarios/inAccount.ts';
import { type Fixture, movesOf, QUICK, untilCarriedBy } from './scenarios/open.ts';

const SETTINGS = Object.fromEntries(
  Object.entries(QUICK).map(([name, value]) => [`VPN_MEDIC_${name}`, value]),
);
const IPS = ['203.0.113.1', '203.0.113.2'] as const;
/** Warnings are sent 30 s after they were found; a poll of connections comes each minute. */
const SEEN_MS = 45_000;

test(
  'appliances and a connection: the same incidents and notifications, the same routes to the same next hops, and no key in the file',
  inFixture(async (fixture) => {
    const { lab, a, watch } = fixture;
    const folder = mkdtempSync(join(tmpdir(), 'lab-capture-'));
    try {
      const { connectionId, key } = await makeConnection(lab);
      await tunnelsAre(lab, connectionId, 'UP');
      const well = await capture(lab, join(folder, 'well.jsonl'));
      await fail(fixture, connectionId);
      const down = await capture(lab, join(folder, 'down.jsonl'));
      for (const file of [well, down]) expect(readFileSync(file, 'utf8')).not.toContain(key);
      expect(movesOf(lab)).toEqual([]);

      await a.revive();
      await tunnelsAre(lab, connectionId, 'UP');
      await watch();
      await pollConnections(lab);
      await fail(fixture, connectionId);
      await untilCarriedBy(lab, 'vpn-b');
      await pollConnections(lab);
      await pause(SEEN_MS);
      await pollConnections(lab);

      const replayed = await runCli(lab, ['replay', well, down, '--json'], SETTINGS);
      expect(replayed.exit).toBe(0);
      const { notified, moved, open } = outcomeOf(replayed.out);
      expect(open).toEqual(await openIncidents(lab));
      expect(notified).toEqual(lab.listener.received.map(({ subject }) => subject).toSorted());
      expect(notified).toContainEqual(expect.stringMatching(/^CRITICAL vpn-a: ApplianceDown/));
      expect(notified).toContainEqual(expect.stringMatching(/^CRITICAL berlin: ConnectionDown/));
      expect(moved).toEqual(
        movesOf(lab)
          .map(({ params }) => moveOf(params))
          .toSorted(),
      );
      expect(moved).toHaveLength(6);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }),
  600_000,
);

/** Warnings and worse that no other explains, as the functions stored them. Routes that are away are a part of the outage's own entry. */
async function openIncidents(lab: Lab): Promise<readonly string[]> {
  const { out } = await runCli(lab, ['incidents', '--json']);
  const { open }: { readonly open: readonly Incident[] } = JSON.parse(out);
  return open
    .filter(({ severity, reason }) => severity !== 'info' && reason !== 'RouteAway')
    .map(({ reason, subject }) => `${reason} ${subject.id}`)
    .toSorted();
}

interface Incident {
  readonly severity: string;
  readonly reason: string;
  readonly subject: { readonly id: string };
}

async function fail({ lab, a }: Fixture, connectionId: string): Promise<void> {
  await a.kill();
  await tunnelsAre(lab, connectionId, 'DOWN');
}

/** A connection with a key that must stay in the account. */
async function makeConnection(lab: Lab) {
  const ec2 = new EC2Client(clientSettings(lab.emulator().url));
  const gateway = await ec2.send(
    new CreateCustomerGatewayCommand({ Type: 'ipsec.1', BgpAsn: 65_000, PublicIp: '192.0.2.1' }),
  );
  const hub = await ec2.send(new CreateTransitGatewayCommand({}));
  const made = await ec2.send(
    new CreateVpnConnectionCommand({
      Type: 'ipsec.1',
      CustomerGatewayId: gateway.CustomerGateway?.CustomerGatewayId,
      TransitGatewayId: hub.TransitGateway?.TransitGatewayId,
      TagSpecifications: [
        { ResourceType: 'vpn-connection', Tags: [{ Key: 'Name', Value: 'berlin' }] },
      ],
    }),
  );
  const connectionId = made.VpnConnection?.VpnConnectionId ?? '';
  const key = randomBytes(16).toString('hex');
  await lab.emulator().setConnection(REGION, connectionId, {
    Options: {
      StaticRoutesOnly: false,
      TunnelOptions: IPS.map((OutsideIpAddress) => ({ OutsideIpAddress, PreSharedKey: key })),
    },
  });
  return { connectionId, key };
}

const tunnelsAre = (lab: Lab, connectionId: string, Status: 'UP' | 'DOWN'): Promise<unknown> =>
  lab.emulator().setConnection(REGION, connectionId, {
    VgwTelemetry: IPS.map((OutsideIpAddress) => ({
      OutsideIpAddress,
      Status,
      StatusMessage: Status === 'UP' ? '1 BGP ROUTES' : 'IPSEC IS DOWN',
      AcceptedRouteCount: Status === 'UP' ? 1 : 0,
      LastStatusChange: new Date().toISOString(),
    })),
  });

async function pollConnections(lab: Lab): Promise<void> {
  const name = 'pollConnections';
  const env = environmentOf(name, lab.gateway.url, lab.account, name, QUICK);
  const container = await startContainer(name, env);
  try {
    await container.invoke({}, 60_000);
  } finally {
    await container.kill();
  }
}

/** One look at the account. */
async function capture(lab: Lab, file: string): Promise<string> {
  const { exit, err } = await runCli(lab, ['capture', '--out', file]);
  expect([exit, err]).toEqual([0, expect.not.stringContaining('Error')]);
  return file;
}

function outcomeOf(json: string) {
  const { timeline }: { readonly timeline: readonly Entry[] } = JSON.parse(json);
  const resolved = new Set(
    timeline.flatMap(({ kind, reason, subject }) =>
      kind === 'resolved' ? [`${reason} ${subject}`] : [],
    ),
  );
  return {
    open: timeline
      .filter(
        ({ kind, reason, subject, details }) =>
          kind === 'detected' &&
          details?.inhibitedBy === null &&
          !resolved.has(`${reason} ${subject}`),
      )
      .map(({ reason, subject }) => `${reason} ${subject}`)
      .toSorted(),
    notified: timeline
      .flatMap(({ kind, title }) => (kind === 'notified' ? [title] : []))
      .toSorted(),
    moved: timeline
      .flatMap(({ kind, outcome, details }) =>
        kind === 'action' && outcome === 'done' ? [`${details?.route}`] : [],
      )
      .toSorted(),
  };
}

interface Entry {
  readonly kind: string;
  readonly title: string;
  readonly reason: string;
  readonly subject: string;
  readonly severity: string | null;
  readonly outcome?: string;
  readonly details?: { readonly route?: string; readonly inhibitedBy?: string | null };
}

/** As the timeline names a route: its table and destination. */
const moveOf = (params: Readonly<Record<string, unknown>>): string =>
  [
    params['RouteTableId'],
    params['DestinationCidrBlock'] ??
      params['DestinationIpv6CidrBlock'] ??
      params['DestinationPrefixListId'],
  ].join(' ');
