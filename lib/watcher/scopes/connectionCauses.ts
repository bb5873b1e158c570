/** What the appliances' leader says of the other ends of connections: one whose appliance is down is no trouble of its own. Pure. */
import * as v from 'valibot';
import { stateId } from '../../appliances/state/stored.ts';
import { connectionGroupId } from '../../core/connectionPath.ts';
import type { Finding } from '../../core/finding.ts';
import type { Item } from '../../core/ports.ts';
import type { Instant } from '../../core/time.ts';
import type { ConnectionMemory } from '../../siteToSite/state.ts';
import { isAlive, leaseId, parseLease } from '../lease/item.ts';

/** An appliance that is down, and the connections that end on it. */
export interface Cause {
  readonly instanceId: string;
  readonly downSince: Instant;
  readonly connectionIds: readonly string[];
}

export const causeIds = (region: string): readonly string[] => [
  stateId(region),
  leaseId(region, 'appliances'),
];

const Text = v.pipe(v.string(), v.maxLength(2_000));
const State = v.object({ appliances: v.record(Text, v.unknown()) });
const Appliance = v.object({
  downSince: v.number(),
  connectionIds: v.pipe(v.array(Text), v.minLength(1), v.maxLength(1_000)),
});

/** None where no leader watches the appliances now: nothing is notified of them then. */
export function causesIn(items: readonly Item[], region: string, now: Instant): readonly Cause[] {
  const of = (id: string) => items.find((one) => one.id === id);
  const lease = parseLease(of(leaseId(region, 'appliances')));
  const state = v.safeParse(State, of(stateId(region))?.body);
  if (lease === null || !isAlive(lease, now) || !state.success) return [];
  return Object.entries(state.output.appliances).flatMap(([instanceId, one]) => {
    const parsed = v.safeParse(Appliance, one);
    return parsed.success ? [{ instanceId, ...parsed.output }] : [];
  });
}

/** A connection may be seen down a little before its appliance is: telemetry and probes have no common clock. */
const BEFORE_MS = 60_000;
/** So long after its appliance was last seen down a connection may take to negotiate again. */
const GRACE_MS = 180_000;

/** By connection: the appliance that it went down with. One that was down before it is a trouble of its own. */
export function explainedBy(
  causes: readonly Cause[],
  { downSince, explained }: ConnectionMemory,
  now: Instant,
): ConnectionMemory['explained'] {
  const kept = Object.entries(explained).filter(([id, { at }]) => {
    const since = downSince[id];
    return since !== undefined && since <= at && now - at < GRACE_MS;
  });
  const seen = causes.flatMap(({ instanceId, downSince: from, connectionIds }) =>
    connectionIds.flatMap((id) => {
      const since = downSince[id];
      return since !== undefined && since >= from - BEFORE_MS
        ? [[id, { instanceId, at: now }] as const]
        : [];
    }),
  );
  return Object.fromEntries([...kept, ...seen]);
}

/** Findings with the appliance among what they lie within: of its connections, and of sites and groups that are nothing but them. */
export function withCauses(
  findings: readonly Finding[],
  { sites, explained }: ConnectionMemory,
): readonly Finding[] {
  if (Object.keys(explained).length === 0) return findings;
  const groups = Map.groupBy(findings, ({ subject: { kind, group } }) =>
    kind === 'connection' && group !== null ? connectionGroupId(group) : '',
  );
  const connectionsOf = ({ subject: { id, within = [] } }: Finding): readonly string[] =>
    sites.find((one) => one.id === id)?.connections.map((one) => one.id) ??
    groups.get(id)?.map(({ subject }) => subject.id) ??
    [id, ...within].filter((one) => one.startsWith('vpn-') && !one.includes('/'));
  return findings.map((finding) => {
    const own = connectionsOf(finding).map((id) => explained[id]?.instanceId);
    const ids = own.flatMap((id) => id ?? []);
    if (ids.length === 0 || ids.length < own.length) return finding;
    const { subject } = finding;
    const within = [...(subject.within ?? []), ...new Set(ids)];
    return { ...finding, subject: { ...subject, within } };
  });
}

/** The appliances that findings lie within, for inhibition alone: their own leader notifies them. */
export const causesOf = (findings: readonly Finding[]): readonly Finding[] =>
  [...new Set(findings.flatMap(({ subject }) => subject.within ?? []))]
    .filter((id) => id.startsWith('i-'))
    .map((id) => ({
      reason: 'ApplianceDown',
      subject: { kind: 'appliance', id, name: id, group: null, zone: null },
      severity: 'critical',
      summary: `${id} is down.`,
      evidence: [],
      since: 0,
      hint: '',
    }));
