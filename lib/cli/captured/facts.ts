/** The facts of a captured account for the simulator, so that everything of it can be failed there. */

import type { Inventory } from '../../appliances/types/inventory.ts';
import { isDead } from '../../appliances/types/verdict.ts';
import type { EndpointFact } from '../../clientVpn/types/endpoint.ts';
import { eachOf } from '../../core/eachOf.ts';
import type { Reading } from '../../core/reading.ts';
import { parseCrl } from '../../crl/x509/parse.ts';
import { MISSING } from '../../replay/fields.ts';
import type { EndpointSetup } from '../../simulator/clientVpn.ts';
import type { Fault } from '../../simulator/faults.ts';
import type { AccountFacts } from '../../simulator/roles.ts';
import type { Snapshot } from '../../simulator/snapshot.ts';
import { NO_TRANSIT, type TransitNetwork } from '../../simulator/transitGateway.ts';
import { type ConnectionPass, readConnections } from '../check/connections.ts';
import { type EndpointLook, readEndpoints } from '../check/endpoints.ts';
import { observeWith } from '../check.ts';
import type { Observation } from '../pass.ts';
import { Unable } from '../terminal.ts';
import type { CapturedAccount } from './account.ts';
import { directConnectOf } from './directConnect.ts';

export interface CapturedFacts {
  readonly facts: AccountFacts;
  /** What is not in the capture, or has failed in it, one sentence each. */
  readonly notes: readonly string[];
}

/** @throws {Unable} when a part of what the capture holds is missing: a rehearsal of half an account misleads. */
export function factsOf(captured: CapturedAccount): Promise<CapturedFacts> {
  const { setup, clients } = captured;
  const signal = new AbortController().signal;
  return captured.run(async () => {
    const [observation, connections, endpoints] = await Promise.all([
      observeWith(setup),
      readConnections(setup, clients, signal),
      readEndpoints(setup, clients, signal),
    ]);
    const setups = await setupsOf(endpoints, captured, signal);
    const unread = unreadOf(observation, connections, endpoints);
    const { facts: standing, notes } = standingOf(observation, connections);
    const { connections: listed, customerGateways } = connections.world;
    return {
      facts: {
        snapshot: snapshotOf(observation),
        vpn: {
          connections: valueOf(listed).filter(({ state }) => state !== 'deleted'),
          customerGateways: valueOf(customerGateways),
        },
        transit: transitOf(connections),
        directConnect: await directConnectOf(captured, signal),
        endpoints: (endpoints.world.endpoints ?? []).map(({ fact }) => withoutFile(fact)),
        endpointSetups: setups,
        standing,
      },
      notes: [
        ...unread.map((what) => `not in the capture: ${what}`),
        ...notes,
        ...fileNotes(endpoints),
      ],
    };
  });
}

const CRL_TAG = 'vpn-medic:crl';

/** The publisher and its buckets are not simulated: the CRL is judged as that of an endpoint without a file. */
function withoutFile(fact: EndpointFact): EndpointFact {
  const tags = Object.fromEntries(Object.entries(fact.tags).filter(([key]) => key !== CRL_TAG));
  return { ...fact, tags };
}

function fileNotes({ world }: EndpointLook): readonly string[] {
  const names = (world.endpoints ?? []).flatMap(({ fact: { tags, name, endpointId } }) =>
    (tags[CRL_TAG] ?? '').trim() === '' ? [] : [name || endpointId],
  );
  return names.length === 0
    ? []
    : [
        `the publisher of CRLs is not simulated: the expiry of ${names.join(', ')} is found by the endpoint's metric here (ClientCrlExpiring), by the file in a deployment (CrlExpiring)`,
      ];
}

function transitOf({ transit }: ConnectionPass): TransitNetwork {
  if (transit === null) return NO_TRANSIT;
  const { tables, attachments, routes } = transit.world;
  return {
    tables: valueOf(tables),
    attachments: valueOf(attachments),
    routes: [...routes].flatMap(([tableId, facts]) =>
      valueOf(facts).flatMap(({ destination, attachment }) =>
        attachment === null
          ? []
          : [{ tableId, destination, attachmentId: attachment.attachmentId }],
      ),
    ),
  };
}

/** @throws {Unable} when appliances are there and something that belongs to them is not. */
function unreadOf(
  { world, inventory }: Observation,
  { world: connections }: ConnectionPass,
  { world: endpoints }: EndpointLook,
): readonly string[] {
  const [gap] = inventory.tags.known ? world.gaps.filter(({ what }) => what !== 'probes') : [];
  if (gap !== undefined) {
    throw new Unable(
      `the capture lacks ${gap.what} (${wordsOf(gap.why)}), and a rehearsal of half an account misleads: capture it again with the missing permission`,
    );
  }
  return [
    ...(inventory.tags.known ? [] : ['appliances and routes']),
    ...(connections.connections.known ? [] : ['Site-to-Site connections']),
    ...(endpoints.endpoints === null ? ['Client VPN endpoints'] : []),
  ];
}

const wordsOf = (why: string): string => (why.includes(MISSING) ? 'not recorded' : why);

/** What is down in the capture is down in the rehearsal. */
function standingOf(
  { assessment, world }: Observation,
  { world: { connections } }: ConnectionPass,
): { readonly facts: readonly Fault[]; readonly notes: readonly string[] } {
  const dead = world.topology.appliances.filter(({ instanceId }) =>
    isDead(assessment.verdicts.get(instanceId)),
  );
  const unsure = world.topology.appliances.filter(
    ({ instanceId }) => assessment.verdicts.get(instanceId)?.kind === 'unknown',
  );
  const tunnels = valueOf(connections).flatMap(({ connectionId, name, tunnels: all }) =>
    all
      .filter(({ status }) => status === 'down')
      .map(({ outsideIp, words }) => ({ connectionId, name, outsideIp, words })),
  );
  return {
    facts: [
      ...dead.map(({ instanceId }): Fault => ({ kind: 'host-dead', instanceId })),
      ...tunnels.map(
        ({ connectionId, outsideIp, words }): Fault => ({
          kind: 'tunnel-down',
          connectionId,
          outsideIp,
          isBgp: /IPSEC IS UP/i.test(words),
        }),
      ),
    ],
    notes: [
      ...dead.map(({ name }) => `down in the capture, and in the rehearsal: ${name}`),
      ...tunnels.map(
        ({ name, outsideIp }) =>
          `down in the capture, and in the rehearsal: tunnel ${outsideIp} of ${name}`,
      ),
      ...(unsure.length === 0
        ? []
        : [
            `not proven up or down in the capture, taken as up: ${unsure.map(({ name }) => name).join(', ')}`,
          ]),
    ],
  };
}

async function setupsOf(
  { world, memory }: EndpointLook,
  { clients, setup: { region, clock } }: CapturedAccount,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, EndpointSetup>> {
  const crls = await clients.crlEndpoints(region);
  const setups = await eachOf(world.endpoints ?? [], AT_ONCE, async ({ fact, associations }) => {
    const { endpointId } = fact;
    const exported = await crls.exported({ region, endpointId }, signal);
    const pem = exported.known ? exported.value.pem : null;
    const parsed = pem === null ? null : parseCrl(Buffer.from(pem));
    const nextAt = parsed?.ok === true ? parsed.crl.nextUpdateAt : null;
    const published = memory.endpoints[endpointId]?.crlDays?.value ?? null;
    const crlDays = nextAt === null ? published : Math.floor((nextAt - clock.now()) / DAY_MS);
    const active = valueOf(associations).filter(({ state }) => state === 'associated');
    const zones = active.flatMap((one) => (one.zones.length === 0 ? ['?'] : one.zones));
    return [endpointId, { zones, crlDays }] as const;
  });
  return new Map(setups);
}

const AT_ONCE = 6;
const DAY_MS = 86_400_000;

function snapshotOf({ inventory, world }: Observation): Snapshot {
  const { region } = inventory;
  return {
    accountId: world.accountId,
    region,
    takenAt: world.at,
    tags: valueOf(inventory.tags),
    instances: ofZones(inventory, ({ instances }) => instances),
    statuses: ofZones(inventory, ({ statuses }) => statuses),
    interfaces: ofZones(inventory, ({ interfaces }) => interfaces),
    subnets: valueOf(inventory.subnets),
    routeTables: [
      ...valueOf(inventory.routeTables),
      ...(inventory.addresses === undefined ? [] : valueOf(inventory.addresses)),
    ],
    prefixLists: valueOf(inventory.prefixLists),
  };
}

/** Without a gap, what is not known was not asked for: nothing in the account leads to it. */
const valueOf = <T>(reading: Reading<readonly T[]>): readonly T[] =>
  reading.known ? reading.value : [];

const ofZones = <T>(
  { zones }: Inventory,
  part: (zone: Inventory['zones'][number]) => Reading<readonly T[]>,
): readonly T[] => zones.flatMap((zone) => valueOf(part(zone)));
