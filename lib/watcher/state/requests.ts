/** What operators, the event function and the poll of connections have written for the leader of the appliances. */
import { acksId, parseAcks, type RouteAcks, withAcks } from '../../appliances/state/ack.ts';
import { type Admit, admitsId, parseAdmits } from '../../appliances/state/admit.ts';
import { drillsId, parseDrillRequests } from '../../appliances/state/drill.ts';
import { failbacksId, parseFailbacks } from '../../appliances/state/failback.ts';
import { type Leave, leavesId, parseLeaves } from '../../appliances/state/leave.ts';
import type { Memory } from '../../appliances/state.ts';
import type { DrillRequest } from '../../appliances/types/drill.ts';
import type { FailbackRequest } from '../../appliances/types/failback.ts';
import { type Link, linksId, parseLinks } from '../../core/connectionEnds.ts';
import { type LastResorts, lastResortsId, parseLastResorts } from '../../core/lastResort.ts';
import { type MaintenanceWindow, maintenanceId, readWindows } from '../../core/maintenance.ts';
import { PAUSE_ID } from '../../core/pause.ts';
import { isOfConnection, type Pin, parsePins, pinsId } from '../../core/pin.ts';
import type { Item } from '../../core/ports.ts';

export interface Requests {
  /** Null: what is stored cannot be read as pins. */
  readonly pins: readonly Pin[] | null;
  /** Null: what is stored cannot be read as acknowledgements. */
  readonly acks: RouteAcks | null;
  /** Null: what is stored cannot be read as admissions. */
  readonly admits: readonly Admit[] | null;
  /** Null: what is stored cannot be read as leaves. */
  readonly leaves: readonly Leave[] | null;
  /** Null: what is stored cannot be read as words of people. */
  readonly failbacks: readonly FailbackRequest[] | null;
  /** What the poll of connections has written; the same list while nothing changes. */
  readonly links: readonly Link[];
  readonly lastResorts: LastResorts;
  /** Null: what is stored cannot be read as requests for drills. */
  readonly drillRequests: readonly DrillRequest[] | null;
  readonly windows: readonly MaintenanceWindow[];
}

export const requestIds = (region: string): readonly string[] => [
  pinsId(region),
  acksId(region),
  admitsId(region),
  leavesId(region),
  failbacksId(region),
  linksId(region),
  lastResortsId(region),
  drillsId(region),
  maintenanceId(region),
  PAUSE_ID,
];

/** Reads the items of `requestIds`; links are parsed only when their item has changed. */
export function openRequests(region: string): (items: readonly Item[]) => Requests {
  let linksVersion: number | undefined;
  let links: readonly Link[] = [];
  return (items) => {
    const itemOf = (id: string) => items.find((item) => item.id === id);
    const parsed = <T>(id: string, parse: (body: unknown) => T | null, none: T): T | null => {
      const body = itemOf(id)?.body;
      return body === undefined ? none : parse(body);
    };
    const stored = itemOf(linksId(region));
    if (stored?.version !== linksVersion) {
      linksVersion = stored?.version;
      links = parseLinks(stored?.body);
    }
    return {
      pins: parsed(pinsId(region), appliancePins, []),
      acks: parsed(acksId(region), parseAcks, {}),
      admits: parsed(admitsId(region), parseAdmits, []),
      leaves: parsed(leavesId(region), parseLeaves, []),
      failbacks: parsed(failbacksId(region), parseFailbacks, []),
      drillRequests: parsed(drillsId(region), parseDrillRequests, []),
      windows: readWindows(itemOf(maintenanceId(region))?.body),
      links,
      lastResorts: parseLastResorts(itemOf(lastResortsId(region))?.body),
    };
  };
}

/** Groups of appliances and of connections may have the same name. */
const appliancePins = (body: unknown): readonly Pin[] | null =>
  parsePins(body)?.filter((pin) => !isOfConnection(pin)) ?? null;

/** Of each item that may be garbage what is wrong with it; null: nothing. */
export const faultsOf = (
  { pins, acks, admits, leaves, failbacks, drillRequests }: Requests,
  region: string,
): readonly (readonly [id: string, fault: string | null])[] => [
  [pinsId(region), pins === null ? 'are no pins' : null],
  [acksId(region), acks === null ? 'are no acks' : null],
  [admitsId(region), admits === null ? 'are no admissions' : null],
  [leavesId(region), leaves === null ? 'are no notices of leaving' : null],
  [failbacksId(region), failbacks === null ? 'are no words of people' : null],
  [drillsId(region), drillRequests === null ? 'are no requests for drills' : null],
];

/** The memory with what was asked for; where that cannot be read it is as before. */
export const withRequests = (memory: Memory, asked: Requests): Memory => ({
  ...memory,
  groups: withAcks(memory.groups, asked.acks ?? {}),
  pins: asked.pins ?? memory.pins,
  admits: asked.admits ?? memory.admits,
  leaves: asked.leaves ?? memory.leaves,
  failbacks: asked.failbacks ?? memory.failbacks,
  drillRequests: asked.drillRequests ?? memory.drillRequests,
  links: asked.links,
  lastResorts: asked.lastResorts,
  windows: asked.windows,
});
