/** The product before the bench's site: the built watcher, and its route writes carried out on the VPC's route. */

import { emptyStateTable } from '../../test/lab/account/build.ts';
import type { AccountSpec, ApplianceSpec, TableSpec } from '../../test/lab/account/options.ts';
import { applianceOf, type Lab, openLab, type ProbePlace, tableOf } from '../../test/lab/lab.ts';
import type { Watcher } from '../../test/lab/lambda/watcher.ts';
import { pause, until } from '../../test/lab/pause.ts';
import type { Side, Site } from './site.ts';
import { FAR_CIDR, FAR_HOST, PORT } from './words.ts';

/**
 * `inside`: probe functions in a probe subnet for each appliance, with a probe through its tunnel, as docs/probes.md
 * recommends. `outside`: nothing deployed but the watcher, and the default probe.
 */
export type Vantages = 'inside' | 'outside';

/** Defaults, but for how soon a route may go back: this decides nothing about how soon it leaves. */
const SETTINGS = { HOLD_MS: '3000', RISE: '5' } as const;

const NAMES = ['probe-a', 'probe-b'] as const;

export interface Deployed {
  readonly lab: Lab;
  /** A new watcher that remembers nothing; resolves when it knows both appliances, and the route leads to `a`. */
  begin(): Promise<void>;
  /** How often the route was moved since. */
  moveCount(): number;
  untilAt(side: Side): Promise<void>;
  end(): Promise<void>;
  close(): Promise<void>;
}

export async function deploy(site: Site, vantages: Vantages): Promise<Deployed> {
  const isInside = vantages === 'inside';
  const lab = await openLab(accountOf(site, isInside), isInside ? placesIn(site) : {});
  if (isInside) for (const name of NAMES) await lab.invoke.warm(name, WARM_COUNT);
  const settings = isInside ? { ...SETTINGS, PROBE_FUNCTIONS: NAMES.join(',') } : SETTINGS;
  const moves: Side[] = [];
  const ends = new AbortController();
  const carriedOut = carryOut(lab, site, moves, ends.signal);
  let watcher: Watcher | null = null;
  return {
    lab,
    begin: async () => {
      await emptyStateTable(lab.emulator().url);
      moves.length = 0;
      watcher = await lab.startWatcher({ own: settings });
      await pause(KNOWN_MS);
      if (watcher.hasEnded()) throw new Error(`the watcher ended: ${watcher.log().slice(-4_000)}`);
    },
    moveCount: () => moves.length,
    untilAt: async (side) => {
      await until(`the route to be at ${side}`, () => moves.at(-1) === side, 60_000);
    },
    end: async () => {
      await watcher?.kill();
    },
    close: async () => {
      ends.abort();
      await carriedOut;
      await lab.close();
    },
  };
}

/** A probe that waits for its answer keeps its container: so many wait at once, of a target that is suspect. */
const WARM_COUNT = 12;

const placesIn = ({ probeSubnets }: Site): Readonly<Record<string, ProbePlace>> =>
  Object.fromEntries(
    (['a', 'b'] as const).map((side, index) => [
      NAMES[index] ?? '',
      {
        namespace: probeSubnets[side].name,
        subnetIds: ({ groups }) =>
          groups.flatMap(({ tables }) => tables[index + 1]?.subnetId ?? []),
      },
    ]),
  );

/** A standby looks on for one detection time, and a target has to answer three times. */
const KNOWN_MS = 9_000;

function accountOf(site: Site, isInside: boolean): AccountSpec {
  const through = isInside ? ` tcp:${FAR_HOST}:${PORT}` : '';
  const appliance = (side: Side): ApplianceSpec => ({
    name: `vpn-${side}`,
    zone: side,
    probe: `ike:${site.addressOf(side)}:500${through}`,
    ownAddresses: [site.addressOf(side)],
  });
  const ignored = { isTagged: false, extraTags: { 'vpn-medic:ignore': 'probe subnet' } };
  return {
    groups: [
      {
        name: 'hub',
        appliances: [appliance('a'), appliance('b')],
        tables: isInside
          ? [table('a', {}), table('a', ignored), table('b', ignored)]
          : [table('a', {})],
      },
    ],
  };
}

const table = (side: Side, over: Partial<TableSpec>): TableSpec => ({
  zone: side,
  towards: `vpn-${side}`,
  destinations: [FAR_CIDR],
  isTagged: true,
  ...over,
});

/** EC2 routes by a table as soon as a write is answered, as far as this bench knows: AWS gives no figure. */
async function carryOut(lab: Lab, site: Site, moves: Side[], signal: AbortSignal): Promise<void> {
  const { tableId } = tableOf(lab, 'a');
  const ofB = applianceOf(lab, 'vpn-b').interfaceId;
  let seenCount = 0;
  while (!signal.aborted) {
    const writes = lab.gateway
      .callsOf('ReplaceRoute')
      .filter(({ params }) => params['RouteTableId'] === tableId);
    for (const { params } of writes.slice(seenCount)) {
      const to = params['NetworkInterfaceId'] === ofB ? 'b' : 'a';
      await site.pointAt(to);
      moves.push(to);
    }
    seenCount = writes.length;
    await pause(2);
  }
}
