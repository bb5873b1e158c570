/** One record for each fault: what it cut by ground truth, and what the product did about it. */

import type { RouteFact } from '../appliances/types/inventory.ts';
import type { Rule } from '../appliances/types/plan.ts';
import type { Tick } from '../appliances/types/tick.ts';
import { covers } from '../core/cidr.ts';
import type { Finding } from '../core/finding.ts';
import { isGatewayId } from '../core/lastResort.ts';
import type { SimAccount } from './account.ts';
import type { Spell } from './faults.ts';
import { targetIdOf } from './objects.ts';

export interface FaultRecord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** From the fault to the first finding that was not there before; null: nothing was found. */
  readonly detectedAfterMs: number | null;
  /** How many managed routes it cut: those cut before the next fault began. Client pools are not counted. */
  readonly cutCount: number;
  /** From the fault until none of them was cut, while it still went on; null: never, or none was cut. */
  readonly restoredAfterMs: number | null;
  /** From the fault's end until every route was on its next hop of before; null: not within the rehearsal, or none was cut. */
  readonly failbackAfterMs: number | null;
  /** Until the next fault began. */
  readonly writeCount: number;
  readonly notificationCount: number;
  readonly rulesThatHeld: readonly Rule[];
}

export interface Records {
  tick(tick: Tick): void;
  /** What a poll of one subject found. */
  polled(scope: string, findings: readonly Finding[]): void;
  /** Reads the ground truth; the more often, the finer the record. */
  sample(): void;
  /** `untilMs`: when the next fault began. */
  of(spell: Spell, untilMs: number): Omit<FaultRecord, 'text' | 'startMs' | 'endMs'>;
}

interface Draft {
  readonly findingsBefore: ReadonlySet<string>;
  readonly targetsBefore: ReadonlyMap<string, string | null>;
  readonly cut: Set<string>;
  readonly rules: Set<Rule>;
  detectedMs: number | null;
  restoredMs: number | null;
  failbackMs: number | null;
}

export function openRecords(account: SimAccount, spells: readonly Spell[]): Records {
  const { clock, log } = account;
  const targets = openTargets(account);
  const drafts = new Map<Spell, Draft>();
  let findings: ReadonlySet<string> = new Set();
  const polled = new Map<string, ReadonlySet<string>>();
  for (const spell of spells) {
    clock.at(spell.startMs, () => {
      const polledBefore = [...polled.values()].flatMap((some) => [...some]);
      drafts.set(spell, draftOf(new Set([...findings, ...polledBefore]), targets()));
    });
  }

  function detect(seen: ReadonlySet<string>, atMs: number): void {
    for (const draft of drafts.values()) {
      if ([...seen].some((key) => !draft.findingsBefore.has(key))) draft.detectedMs ??= atMs;
    }
  }

  return {
    tick({ world, assessment, plan }) {
      if (world.lease.kind !== 'leader' && world.lease.kind !== 'singlePass') return;
      findings = seenIn(assessment.findings);
      // The tick reports after its writes; its findings are as old as its world.
      detect(findings, clock.monotonicMs() - Math.max(0, clock.now() - world.at));
      for (const [spell, draft] of drafts) {
        if (clock.monotonicMs() > spell.endMs + AFTERMATH_MS) continue;
        for (const { rule } of plan.held) draft.rules.add(rule);
      }
    },
    polled(scope, found) {
      const seen = seenIn(found);
      polled.set(scope, seen);
      detect(seen, clock.monotonicMs());
    },
    sample() {
      const now = targets();
      const cutIds = new Set([...new Set(now.values())].filter((target) => isCut(account, target)));
      const cut = [...now].flatMap(([key, interfaceId]) => (cutIds.has(interfaceId) ? [key] : []));
      const lastStartMs = Math.max(...[...drafts.keys()].map(({ startMs }) => startMs));
      for (const [spell, draft] of drafts) {
        sampleDraft(account, draft, spell, spell.startMs === lastStartMs, now, cut);
      }
    },
    of(spell, untilMs) {
      const draft = drafts.get(spell);
      const isWithin = (atMs: number | null) =>
        atMs !== null && atMs >= spell.startMs && atMs < untilMs;
      return {
        detectedAfterMs: after(draft?.detectedMs, spell.startMs),
        cutCount: draft?.cut.size ?? 0,
        restoredAfterMs: after(draft?.restoredMs, spell.startMs),
        failbackAfterMs: after(draft?.failbackMs, spell.endMs),
        writeCount: allWrites(account).filter(({ effectMs }) => isWithin(effectMs)).length,
        notificationCount: log.notifications.filter(
          ({ answer, atMs }) => answer === 'published' && isWithin(atMs),
        ).length,
        rulesThatHeld: [...(draft?.rules ?? [])].toSorted(),
      };
    },
  };
}

/** `cut`: the keys of routes that carry nothing now. */
function sampleDraft(
  account: SimAccount,
  draft: Draft,
  { startMs, endMs }: Spell,
  isLatest: boolean,
  targets: ReadonlyMap<string, string | null>,
  cut: readonly string[],
): void {
  const nowMs = account.clock.monotonicMs();
  if (nowMs < endMs && draft.restoredMs === null) {
    if (isLatest) for (const key of cut) draft.cut.add(key);
    if (draft.cut.size > 0 && !cut.some((key) => draft.cut.has(key))) {
      draft.restoredMs = lastEffectMs(account, startMs);
    }
  }
  const isOnPreferred = [...draft.targetsBefore].every(
    ([key, before]) => targets.get(key) === before || !wasAtPreferred(account, key, before),
  );
  if (draft.cut.size > 0 && nowMs >= endMs && isOnPreferred && cut.length === 0) {
    draft.failbackMs ??= Math.max(endMs, lastEffectMs(account, endMs));
  }
}

const allWrites = ({ log }: SimAccount) =>
  [...log.writes, ...log.transitWrites].toSorted((a, b) => a.issuedMs - b.issuedMs);

/** When the last write took effect, if within the last second; else now. */
function lastEffectMs(account: SimAccount, sinceMs: number): number {
  const last = allWrites(account).findLast(
    ({ effectMs }) => effectMs !== null && effectMs >= sinceMs,
  );
  const nowMs = account.clock.monotonicMs();
  return last?.effectMs != null && nowMs - last.effectMs <= 1_000 ? last.effectMs : nowMs;
}

const draftOf = (
  findingsBefore: ReadonlySet<string>,
  targetsBefore: Draft['targetsBefore'],
): Draft => ({
  findingsBefore,
  targetsBefore,
  cut: new Set(),
  rules: new Set(),
  detectedMs: null,
  restoredMs: null,
  failbackMs: null,
});

/** By route key: where each managed route leads now. The same map while nothing has changed, unless transit gateways have routes. */
function openTargets({
  network,
  transit,
  vpn,
}: SimAccount): () => ReadonlyMap<string, string | null> {
  const { tags, tables } = network;
  let read = { tags: tags.all(), tables: tables.all(), targets: readTargets() };
  /** Managed routes without client pools, which no other appliance can carry. */
  function readTargets(): ReadonlyMap<string, string | null> {
    const pools = tags
      .all()
      .flatMap(({ key, value }) => (key === POOL_TAG ? value.split(' ') : []));
    const tagged = tables
      .all()
      .filter(({ tableId }) => tags.get(`${tableId} vpn-medic:group`) !== null);
    return new Map(
      tagged.flatMap(({ tableId, routes }) =>
        routes
          .filter(({ origin, ...target }) => origin === 'created' && isOurs(target))
          .filter(({ destination }) => !pools.some((pool) => covers(pool, destination)))
          .map((route) => [`${tableId} ${route.destination}`, targetIdOf(route)] as const),
      ),
    );
  }

  /** Other gateways are where an owner's own routes lead. */
  function isOurs({ interfaceId, otherTarget }: Pick<RouteFact, 'interfaceId' | 'otherTarget'>) {
    return interfaceId !== null || network.gateways.some((one) => one.gatewayId === otherTarget);
  }

  /** By route key: the attachment that each managed route of a transit gateway leads to. */
  function transitTargets(): readonly (readonly [string, string])[] {
    return transit.network.routes.flatMap(({ tableId, destination }) => {
      const attachmentId = transit.targetOf(tableId, destination);
      const connectionId = attachmentId === null ? null : transit.connectionOf(attachmentId);
      const group = vpn.network.connections.find((one) => one.connectionId === connectionId)?.group;
      return attachmentId === null || group == null
        ? []
        : [[`${tableId} ${destination}`, attachmentId] as const];
    });
  }

  return () => {
    // The lists are the same objects while nothing in them has changed.
    if (read.tags !== tags.all() || read.tables !== tables.all()) {
      read = { tags: tags.all(), tables: tables.all(), targets: readTargets() };
    }
    return transit.network.routes.length === 0
      ? read.targets
      : new Map([...transitTargets(), ...read.targets]);
  };
}

/** Whether a route led through an appliance of its table's own zone: then it fails back there. */
function wasAtPreferred(
  { network, transit }: SimAccount,
  key: string,
  interfaceId: string | null,
): boolean {
  if (interfaceId !== null && transit.connectionOf(interfaceId) !== null) return true;
  const table = network.tables.get(key.slice(0, key.indexOf(' ')));
  const zones = table?.subnetIds.map((id) => network.subnets.get(id)?.zone) ?? [];
  const link = interfaceId === null ? null : network.interfaces.get(interfaceId);
  return link !== null && zones.includes(link.zone);
}

function isCut(
  { network, groundTruth, transit, vpn }: SimAccount,
  interfaceId: string | null,
): boolean {
  if (interfaceId !== null && isGatewayId(interfaceId)) {
    const behind = vpn.network.connections.filter(({ gateway: { id } }) => id === interfaceId);
    return !vpn.isServing(behind.map(({ connectionId }) => connectionId));
  }
  const connectionId = interfaceId === null ? null : transit.connectionOf(interfaceId);
  if (connectionId !== null) return !vpn.isServing([connectionId]);
  const nextHop = interfaceId === null ? null : network.interfaces.get(interfaceId)?.instanceId;
  return nextHop == null || !groundTruth.isForwarding(nextHop);
}

const seenIn = (findings: readonly Finding[]): ReadonlySet<string> =>
  new Set(
    findings
      .filter(({ severity }) => severity !== 'info')
      .map(({ reason, subject }) => `${reason} ${subject.id}`),
  );

const POOL_TAG = 'vpn-medic:pool';

/** Moves that were held during failback belong to the fault, too. */
const AFTERMATH_MS = 600_000;

const after = (atMs: number | null | undefined, fromMs: number): number | null =>
  atMs == null ? null : Math.max(0, atMs - fromMs);
