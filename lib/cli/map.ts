/** `vpn-medic map`: the account, or a capture of one, as one HTML page. */
import { mapAppliances } from '../map/appliances.ts';
import { mapEndpoints } from '../map/clientVpn.ts';
import { mapDirectConnect } from '../map/directConnect.ts';
import { heldByLeader } from '../map/held.ts';
import { drawPage } from '../map/page.ts';
import type { MapScene } from '../map/scene.ts';
import { mapSites } from '../map/siteToSite.ts';
import { withLeaders } from '../map/survey.ts';
import type { Theme } from '../map/theme.ts';
import { mapTransitTables } from '../map/transitGateway.ts';
import { withoutRefusal } from '../replay/unrecorded.ts';
import { isLate } from '../watcher/lastLooks.ts';
import type { AwsClients } from './awsClients.ts';
import { readConnections } from './check/connections.ts';
import { readEndpoints } from './check/endpoints.ts';
import { observeWith } from './check.ts';
import { openSource, type PassOptions } from './observer.ts';
import { type Observation, PASS_POLICY } from './pass.ts';
import { CANNOT_TELL, type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

export interface MapOptions extends PassOptions {
  readonly width?: string;
  readonly theme?: string;
}

/** @throws {Unable} for options that cannot be, or when nothing of the account can be read. */
export async function map(
  options: MapOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const widthPx = readWidth(options.width);
  const theme = readTheme(options.theme);
  const scene = await accountScene(options, terminal, clients);
  terminal.out(drawPage(scene, widthPx, theme).toString());
  const isNotWatched = scene.watch != null && isLate(scene.watch);
  return scene.gaps.length > 0 || isNotWatched ? CANNOT_TELL : WELL;
}

async function accountScene(
  options: MapOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<MapScene> {
  const within = AbortSignal.timeout(PASS_MS_MAX);
  const { setup, clients: read, run } = await openSource(options, terminal, clients);
  const [observation, connections, endpoints] = await run(() =>
    Promise.all([
      observeWith(setup),
      readConnections(setup, read, within),
      readEndpoints(setup, read, within),
    ]),
  );
  const scene = appliancesOf(observation);
  const { connections: listed } = connections.world;
  const gaps = [
    ...scene.gaps,
    ...(listed.known ? [] : [`connections cannot be read: ${listed.why}`]),
    ...endpoints.world.gaps
      .filter(({ what }) => !what.startsWith('probe of '))
      .map(({ what, why }) => `${what} cannot be read: ${why}`),
  ];
  return {
    ...scene,
    sites: [
      ...mapSites(connections.memory, true),
      ...mapDirectConnect(connections.network, null, true),
    ],
    transitTables:
      connections.transit === null
        ? []
        : mapTransitTables(connections.transit.memory, connections.memory, true),
    endpoints: mapEndpoints(withLeaders(endpoints.world.endpoints ?? [], observation.leader)),
    gaps: gaps.map(withoutRefusal),
  };
}

const appliancesOf = ({ world, own, leader, viewpoint, memory, capture }: Observation): MapScene =>
  mapAppliances({
    world,
    assessment: own,
    leader,
    lookedFrom: capture === null ? PLACES[viewpoint] : `the capture ${capture}`,
    held: heldByLeader({ world, assessment: own, memory, leader }, { ...PASS_POLICY, mode: 'act' }),
    groups: memory.groups,
    mode: 'observe',
  });

const PLACES: Readonly<Record<Observation['viewpoint'], string>> = {
  machine: 'this machine',
  functions: 'the probe functions',
  none: 'EC2 alone, without probes',
};

const PASS_MS_MAX = 30_000;
const WIDTH_PX = 1_200;
const WIDTH_PX_MIN = 280;
const WIDTH_PX_MAX = 8_000;

function readWidth(text: string | undefined): number {
  if (text === undefined) return WIDTH_PX;
  const width = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (width >= WIDTH_PX_MIN && width <= WIDTH_PX_MAX) return width;
  throw new Unable(`--width ${text}: write a whole number from ${WIDTH_PX_MIN} to ${WIDTH_PX_MAX}`);
}

function readTheme(text: string = 'auto'): Theme {
  if (text === 'light' || text === 'dark' || text === 'auto') return text;
  throw new Unable(`--theme ${text}: write light, dark or auto`);
}
