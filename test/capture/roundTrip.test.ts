/**
 * Goal: a capture shows of any account what is found in it, anonymised or not, and none of its secrets. Method: accounts
 * that the simulator draws, broken by the same draw, with texts planted where AWS keeps secrets.
 */
import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { DEFAULT_ENDPOINTS } from '../../lib/simulator/defaults/clientVpn.ts';
import { defaultVpn } from '../../lib/simulator/defaults/siteToSite.ts';
import { type Random, seededRandom } from '../../lib/simulator/random.ts';
import type { Snapshot } from '../../lib/simulator/snapshot.ts';
import { regionOf } from '../builders/capture.ts';
import { parseCapture } from '../cases/parse.ts';
import { playCaptures } from '../cases/play.ts';
import { cli } from '../cli/open.ts';
import type { MadeRegion } from '../examples/account.ts';
import { takenOf } from '../examples/captures.ts';
import { directConnectAnswers } from '../examples/directConnect.ts';
import { clientsOf } from '../examples/serve.ts';
import { drawStorm } from '../storm/draw.ts';
import { makeTempFolder } from '../tempFolder.ts';

let folder = '';
beforeAll(() => {
  folder = makeTempFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

const SEEDS = [1, 2, 3, 4, 5, 6];

test.each(SEEDS)(
  'account %d: check finds in its capture what it finds in the account',
  async (seed) => {
    const { made } = drawn(seed);
    const live = await foundBy(['--region', made.region, '--state-table', 't'], made);
    const file = join(folder, `${seed}.jsonl`);
    writeFileSync(file, await taken(seed, false));
    expect(live.length).toBeGreaterThan(0);
    expect(await foundBy(['--capture', file], made)).toEqual(live);
    const { timeline } = await played(seed, false);
    const found = timeline.map(({ reason, subject }) => `${reason} ${subject}`);
    for (const one of live) expect(found).toContain(one);
  },
);

test.each(SEEDS)(
  'account %d: anonymised or not, the replay is the same up to names',
  async (seed) => {
    const gist = async (anonymise: boolean) => {
      const { timeline } = await played(seed, anonymise);
      return timeline.map(({ at, kind, reason, severity }) =>
        [at, kind, reason, severity].join(' '),
      );
    };
    const plain = await gist(false);
    expect(plain.length).toBeGreaterThan(0);
    expect((await gist(true)).toSorted()).toEqual(plain.toSorted());
  },
);

test.each(SEEDS)('account %d: a planted secret is nowhere in the file', async (seed) => {
  const { made, secret } = drawn(seed);
  expect(JSON.stringify(made.answers)).toContain(secret);
  for (const anonymise of [false, true]) {
    expect(await taken(seed, anonymise)).not.toContain(secret);
  }
});

/** Made once for all that is asked of it. */
const drawn = once((seed: number) => draw(seed));
const taken = once((seed: number, anonymise: boolean) => takenOf(drawn(seed).made, { anonymise }));
const played = once(async (seed: number, anonymise: boolean) =>
  playCaptures([parseCapture(await taken(seed, anonymise))]),
);

function once<Args extends readonly unknown[], T>(make: (...args: Args) => T) {
  const all = new Map<string, T>();
  return (...args: Args): T => {
    const key = JSON.stringify(args);
    const one = all.get(key) ?? make(...args);
    all.set(key, one);
    return one;
  };
}

/** What would be notified, each by its reason and subject. */
async function foundBy(argv: readonly string[], made: MadeRegion): Promise<readonly string[]> {
  const clock = { now: () => made.at, monotonicMs: () => 0, sleep: async () => {} };
  const store = async () => ({
    read: async () => ({ known: true, value: [], at: made.at }) as const,
    write: async () => ({ kind: 'failed', why: 'read only' }) as const,
  });
  const clients = { ...clientsOf(made)(), store };
  const { out } = await cli(['check', '--json', ...argv], { clients, clock });
  const findings: readonly Found[] = JSON.parse(out).findings;
  return findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ reason, subject }) => `${reason} ${subject.id}`)
    .toSorted();
}

interface Found {
  readonly reason: string;
  readonly severity: string;
  readonly subject: { readonly id: string };
}

function draw(seed: number): { readonly made: MadeRegion; readonly secret: string } {
  const random = seededRandom(`capture ${seed}`);
  const secret = randomUUID();
  const { snapshot } = drawStorm(`capture ${seed}`);
  const made = regionOf({
    snapshot: withOneStopped(snapshot, random),
    vpn: withOneDown(defaultVpn(snapshot.takenAt), random),
    endpoints: DEFAULT_ENDPOINTS,
  });
  const links = directConnectAnswers(made, {
    connectionId: 'dxcon-fh6ayh1d',
    connectionName: 'office',
    interfaces: [
      {
        virtualInterfaceId: 'dxvif-ffhhk74f',
        name: 'office',
        vlan: random.whole(1, 4_000),
        asn: 65_000,
        peers: ['169.254.80.1/30', '169.254.80.2/30'],
      },
    ],
    gateway: { id: randomUUID(), name: 'office', asn: 64_550 },
    transitGatewayId: 'tgw-07c2c492daaa34c85',
  });
  return { made: { ...made, answers: [...made.answers, ...links].map(planted(secret)) }, secret };
}

function withOneStopped(snapshot: Snapshot, random: Random): Snapshot {
  const { instanceId } = random.pick(snapshot.instances);
  const stopped = <T extends { readonly instanceId: string }>(one: T): T =>
    one.instanceId === instanceId ? { ...one, state: 'stopped' } : one;
  return {
    ...snapshot,
    instances: snapshot.instances.map(stopped),
    statuses: snapshot.statuses.map(stopped),
  };
}

function withOneDown(vpn: ReturnType<typeof defaultVpn>, random: Random): typeof vpn {
  const { connectionId } = random.pick(vpn.connections);
  const down = { status: 'down', words: 'IPSEC IS DOWN', acceptedRouteCount: 0 } as const;
  return {
    ...vpn,
    connections: vpn.connections.map((one) =>
      one.connectionId === connectionId
        ? { ...one, tunnels: one.tunnels.map((tunnel) => ({ ...tunnel, ...down })) }
        : one,
    ),
  };
}

/** Beside what AWS answers, as it does: keys, device configurations, user data, tags of other tools. */
const planted =
  (secret: string) =>
  (one: MadeRegion['answers'][number]): typeof one => ({
    ...one,
    output: Object.fromEntries(
      Object.entries(one.output).map(([name, value]) => [name, sown(value, secret)]),
    ),
  });

function sown(value: unknown, secret: string): unknown {
  if (Array.isArray(value)) {
    const items = value.map((one) => sown(one, secret));
    return items.some((one) => Object.hasOwn(Object(one), 'Key'))
      ? [...items, { Key: 'db-password', Value: secret }]
      : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const more = Object.hasOwn(value, 'Tags') || Object.hasOwn(value, 'tags') ? SECRETS(secret) : {};
  return {
    ...Object.fromEntries(Object.entries(value).map(([name, one]) => [name, sown(one, secret)])),
    ...more,
  };
}

const SECRETS = (secret: string) => ({
  CustomerGatewayConfiguration: `<pre_shared_key>${secret}</pre_shared_key>`,
  UserData: secret,
  authKey: secret,
  customerRouterConfig: `<bgp_auth_key>${secret}</bgp_auth_key>`,
});
