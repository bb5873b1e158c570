/** When the leader of each scope last looked, and in which mode: what every command says before its answer. Pure. */
import { PAUSE_ID, type Pause, parsePause, pauseNow } from '../core/pause.ts';
import type { Item } from '../core/ports.ts';
import type { Switch } from '../core/switches.ts';
import type { Instant } from '../core/time.ts';
import { leaseId, parseLease, type Scope } from './lease/item.ts';

export interface LastLook {
  readonly scope: Scope;
  /** Null: no leader of this scope has ever looked. */
  readonly at: Instant | null;
  /** Null: not known. */
  readonly mode: 'act' | 'observe' | null;
  /** Older than a leader that works lets it become; a polled scope that was never looked at may not be deployed. */
  readonly isLate: boolean;
  /** The deployment leaves it out. */
  readonly isOff: boolean;
}

export interface LastLooks {
  readonly at: Instant;
  /** The appliances first. */
  readonly looks: readonly LastLook[];
  /** Null: nothing is paused now. */
  readonly pause: Pause | null;
  /** What the deployment leaves out, as the leader of the appliances says. */
  readonly off: readonly Switch[];
}

/** The appliances are watched every second; the others are polled: two of their periods and the time a poll takes. Endpoints: where there are none. */
const LATE_MS: Readonly<Record<Scope, number>> = {
  appliances: 30_000,
  connections: 150_000,
  endpoints: 660_000,
  metrics: 660_000,
  crls: 2_100_000,
};

/** The metrics of `vpn-medic:watch` are read by the function that polls the endpoints. */
const SWITCH_OF: Readonly<Record<Scope, Switch | null>> = {
  appliances: null,
  connections: 'connections',
  endpoints: 'endpoints',
  metrics: 'endpoints',
  crls: 'crl',
};

const SCOPES = ['appliances', 'connections', 'endpoints', 'metrics', 'crls'] as const;

/** CRLs are published by the home region's function; the other scopes are of each region. */
export const lastLookIds = (region: string, homeRegion: string): readonly string[] => [
  ...SCOPES.map((scope) => leaseId(scope === 'crls' ? homeRegion : region, scope)),
  PAUSE_ID,
];

export function readLastLooks(
  items: Iterable<Item>,
  region: string,
  homeRegion: string,
  now: Instant,
): LastLooks {
  const byId = new Map([...items].map((item) => [item.id, item]));
  const off = parseLease(byId.get(leaseId(region, 'appliances')))?.off ?? [];
  const looks = SCOPES.map((scope): LastLook => {
    const lease = parseLease(byId.get(leaseId(scope === 'crls' ? homeRegion : region, scope)));
    const at = lease?.lookedAt ?? (lease?.renewedAt || null);
    const switchedBy = SWITCH_OF[scope];
    const isOff = switchedBy !== null && off.includes(switchedBy);
    const isOld = at === null ? scope === 'appliances' : now - at > LATE_MS[scope];
    return { scope, at, mode: lease?.mode ?? null, isLate: isOld && !isOff, isOff };
  });
  return { at: now, looks, off, pause: pauseNow(parsePause(byId.get(PAUSE_ID)?.body), now) };
}

export const isLate = ({ looks }: LastLooks): boolean => looks.some((look) => look.isLate);

/** The last look at one scope, while it is no older than it may be; else null. */
export const freshLook = ({ looks }: LastLooks, scope: Scope): LastLook | null =>
  looks.find((look) => look.scope === scope && look.at !== null && !look.isLate && !look.isOff) ??
  null;
