/** What the leader holds for true, as it stored it: what every surface shows first. Its own look is a second opinion. */

import { causeOf } from '../appliances/assess/appliance.ts';
import { parseState, stateId } from '../appliances/state/stored.ts';
import type { Memory } from '../appliances/state.ts';
import type { Assessment } from '../appliances/types/assessment.ts';
import type { Drills } from '../appliances/types/drill.ts';
import type { UpVerdict, Verdict } from '../appliances/types/verdict.ts';
import { recallEndpoints } from '../clientVpn/state.ts';
import { SHUT } from '../clientVpn/types/endpoint.ts';
import { bySeverity } from '../core/finding.ts';
import { unpacked } from '../core/packed.ts';
import type { StorePort } from '../core/ports.ts';
import type { Instant } from '../core/time.ts';
import { incidentAcksId, parseIncidentAcks, withAck } from '../incidents/acks.ts';
import { pageIds, readPage, SCOPES } from '../incidents/store/page.ts';
import type { Incident } from '../incidents/types.ts';
import { freshLook, type LastLooks, lastLookIds, readLastLooks } from './lastLooks.ts';

export interface LeaderView {
  readonly watch: LastLooks;
  /** By the id of an appliance or an endpoint; what is not sure, or too old, is absent. */
  readonly verdicts: ReadonlyMap<string, LeaderVerdict>;
  /** Open ones that no other explains, the gravest first. */
  readonly incidents: readonly Incident[];
  /** Open ones that are notified with their root cause. */
  readonly suppressed: readonly Incident[];
  readonly drills: Drills;
}

export type LeaderVerdict =
  /** Null: since when is not known. */
  | { readonly kind: 'up'; readonly since: Instant | null }
  | { readonly kind: 'down'; readonly since: Instant; readonly why: string };

/** Null: the state table cannot be read. */
export async function readLeaderView(
  store: Pick<StorePort, 'read'>,
  region: string,
  homeRegion: string,
  now: () => Instant,
  signal: AbortSignal,
): Promise<LeaderView | null> {
  const endpointsId = `memory#endpoints#${region}`;
  const ids = [
    ...lastLookIds(region, homeRegion),
    stateId(region),
    endpointsId,
    incidentAcksId(region),
    ...SCOPES.flatMap((scope) => pageIds(region, scope)),
  ];
  const reading = await store.read(ids, signal);
  if (!reading.known) return null;
  const bodies = new Map(reading.value.map(({ id, body }) => [id, body]));
  const at = now();
  const watch = readLastLooks(reading.value, region, homeRegion, at);
  const acks = parseIncidentAcks(bodies.get(incidentAcksId(region)));
  const open = SCOPES.flatMap((scope) => pageIds(region, scope))
    .flatMap((id) => readPage(bodies.get(id)).incidents)
    .filter((one) => isOpen(one, watch));
  const incidents = open
    .filter(({ inhibitedBy }) => inhibitedBy === null)
    .map((incident) => withAck(incident, acks))
    .toSorted((a, b) => bySeverity(a, b) || a.openedAt - b.openedAt);
  const stored = parseState(bodies.get(stateId(region)), at)?.memory;
  const memory = stored?.appliances ?? new Map();
  const endpoints = recallEndpoints(unpacked(bodies.get(endpointsId) ?? null)).endpoints;
  const answered = Object.entries(endpoints).flatMap(([id, past]) =>
    past.hasAnswered ? [id] : [],
  );
  return {
    watch,
    incidents,
    drills: stored?.drills ?? new Map(),
    suppressed: open.filter(({ inhibitedBy }) => inhibitedBy !== null),
    verdicts: new Map([
      ...(freshLook(watch, 'appliances') === null ? [] : appliancesBy(memory, incidents)),
      ...(freshLook(watch, 'endpoints') === null ? [] : endpointsBy(answered, incidents)),
    ]),
  };
}

/** A pause that was ended is over at once, also before the leader has read that. */
export const isOpen = (
  { resolvedAt, reason }: Pick<Incident, 'resolvedAt' | 'reason'>,
  { pause }: Pick<LastLooks, 'pause'>,
): boolean => resolvedAt === null && (reason !== 'Paused' || pause !== null);

type Row = readonly [string, LeaderVerdict];

/** While one of these is found, what is not known to be down is not known to be up; one that is ending is found no more. */
const DOUBTS: ReadonlySet<string> = new Set([
  'ApplianceUnknown',
  'SightLost',
  'NothingAnswers',
  'StateLost',
]);

function appliancesBy(
  memory: Memory['appliances'],
  incidents: readonly Incident[],
): readonly Row[] {
  const doubts = incidents.filter(
    ({ reason, missedAt }) => DOUBTS.has(reason) && missedAt === null,
  );
  const doubted = new Set(doubts.map(({ subject }) => subject.id));
  const isRegionDoubted = doubts.some(({ subject }) => subject.kind === 'region');
  return [...memory].flatMap(([id, { downSince, goodSince, zone }]): readonly Row[] => {
    if (downSince !== null) {
      const why = incidents.find(
        ({ reason, subject }) =>
          subject.id === id && (reason === 'ApplianceDown' || reason === 'LateAnswers'),
      )?.summary;
      return [[id, { kind: 'down', since: downSince, why: causeOf(why ?? 'it is down') }]];
    }
    const isSure = !isRegionDoubted && !doubted.has(id) && !doubted.has(zone);
    return goodSince !== null && isSure ? [[id, { kind: 'up', since: goodSince }]] : [];
  });
}

function endpointsBy(answeredIds: readonly string[], incidents: readonly Incident[]) {
  const down = incidents.flatMap(({ reason, subject, since, summary }): readonly Row[] =>
    subject.kind === 'endpoint' && SHUT.has(reason)
      ? [[subject.id, { kind: 'down', since, why: summary }]]
      : [],
  );
  return [...answeredIds.map((id): Row => [id, { kind: 'up', since: null }]), ...down];
}

/** One's own look with the leader's verdicts in place of its own, except where EC2 itself has just said that it is down. */
export function withLeader(own: Assessment, view: LeaderView | null): Assessment {
  if (view === null) return own;
  const verdicts = [...own.verdicts].map(([id, verdict]): [string, Verdict] => [
    id,
    merged(verdict, view.verdicts.get(id)),
  ]);
  return { ...own, verdicts: new Map(verdicts) };
}

function merged(own: Verdict, leader: LeaderVerdict | undefined): Verdict {
  if (leader === undefined) return own;
  const isConfirmed = own.kind === 'down' && own.isEc2Confirmed;
  if (isConfirmed) return own;
  if (leader.kind === 'down') {
    const { since, why } = leader;
    return { kind: 'down', cause: 'probes', isEc2Confirmed: false, since, why };
  }
  return own.kind === 'up'
    ? { ...own, ...PROVEN, since: leader.since }
    : { ...PROVEN, kind: 'up', isHealthy: true, since: leader.since };
}

const PROVEN: Pick<UpVerdict, 'isProven' | 'lacks' | 'isByEc2Alone'> = {
  isProven: true,
  lacks: null,
  isByEc2Alone: false,
};
