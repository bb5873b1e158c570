/** Transit gateway routes for tests: two connections that are up, one table, one route on the first; each test says only what is not. */
import type { ConnectionPath, PathHealth } from '../../lib/core/connectionPath.ts';
import { known } from '../../lib/core/reading.ts';
import type { TransitGatewayPort } from '../../lib/transitGateway/ports.ts';
import type {
  AttachmentFact,
  TransitRouteFact,
  TransitTableFact,
} from '../../lib/transitGateway/types/transit.ts';
import type { TransitWorld } from '../../lib/transitGateway/types/world.ts';
import { NOW, REGION } from './facts.ts';

export const TGW = 'tgw-0a';
export const TABLE = 'tgw-rtb-0a';
export const ROUTE = '10.0.0.0/8';
export const KEY = `${TABLE} ${ROUTE}`;
const HOUR = 3_600_000;

export const UP: PathHealth = { kind: 'up', since: NOW - 24 * HOUR };
export const DOWN_PATH: PathHealth = { kind: 'down', since: NOW - 10_000, why: 'both tunnels' };
export const UNKNOWN_PATH: PathHealth = { kind: 'unknown', why: 'AWS says nothing' };

export const aPath = (letter: string, over: Partial<ConnectionPath> = {}): ConnectionPath => ({
  connectionId: `vpn-0${letter}`,
  name: `link-${letter}`,
  group: 'core',
  transitGatewayId: TGW,
  ignored: null,
  health: UP,
  ...over,
});

export const aTable = (over: Partial<TransitTableFact> = {}): TransitTableFact => ({
  tableId: TABLE,
  name: 'spokes',
  transitGatewayId: TGW,
  groupTag: 'core',
  preferredTag: null,
  membersTag: null,
  ignored: null,
  ...over,
});

export const anAttachment = (
  letter: string,
  over: Partial<AttachmentFact> = {},
): AttachmentFact => ({
  attachmentId: `tgw-attach-0${letter}`,
  connectionId: `vpn-0${letter}`,
  transitGatewayId: TGW,
  stateWord: 'available',
  ...over,
});

export const aRouteTo = (letter: string, destination: string = ROUTE): TransitRouteFact => ({
  destination,
  attachment: {
    attachmentId: `tgw-attach-0${letter}`,
    resourceId: `vpn-0${letter}`,
    resourceType: 'vpn',
  },
  isBlackhole: false,
});

/** What a deleted attachment leaves. */
export const BLACKHOLE: TransitRouteFact = {
  destination: ROUTE,
  attachment: null,
  isBlackhole: true,
};

export interface TransitParts {
  readonly paths?: readonly ConnectionPath[];
  readonly tables?: readonly TransitTableFact[];
  /** Of the first table. */
  readonly routes?: readonly TransitRouteFact[];
  readonly attachments?: readonly AttachmentFact[];
  readonly over?: Partial<TransitWorld>;
}

export const aTransitWorld = (
  {
    paths = [aPath('a'), aPath('b')],
    tables = [aTable()],
    routes = [aRouteTo('a')],
    attachments = [anAttachment('a'), anAttachment('b')],
    over = {},
  }: TransitParts = {},
  at: number = NOW,
): TransitWorld => ({
  at,
  region: REGION,
  paths: known(paths, at),
  tables: known(tables, at),
  routes: new Map([[TABLE, known(routes, at)]]),
  attachments: known(attachments, at),
  pins: [],
  ...over,
});

/** An account without transit gateways. */
export const noTransit: TransitGatewayPort = {
  tables: async () => known([], NOW),
  routes: async () => known([], NOW),
  attachments: async () => known([], NOW),
  replaceRoute: async () => ({ kind: 'refused', why: 'there is no such table' }),
};
