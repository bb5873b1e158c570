/** What became of each fault, by the truth of the account and by what the product said of it. */

import type { Rule } from '../appliances/types/plan.ts';
import type { Tick } from '../appliances/types/tick.ts';
import { covers } from '../core/cidr.ts';
import type { Finding } from '../core/finding.ts';
import type { SimAccount } from './account.ts';
import type { Spell } from './faults.ts';

export interface FaultRecord {
  readonly text: string;
  readonly startMs: number;
  readonly endMs: number;
  /** From the fault to the first finding that was not there before; null: nothing was found. */
  readonly detectedAfterMs: number | null;
  /** How many managed routes led into the void because of it; pinned pools are not counted. */
  readonly cutCount: number;
  /** From the fault until none of them did, while it still went on; null: never, or none did. */
  readonly restoredAfterMs: number | null;
  /** From the fault's end until every route was where it had been before it; null: not within the rehearsal. */
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
  /** Looks at the truth; the more often, the finer the record. */
  look(): void;
  /** `untilMs`: when the next fault began. */
  of(spell: Spell, untilMs: number): Omit<FaultRecord, 'text' | 'startMs' | 'endMs'>;
}

interface Page {
  readonly findingsBefore: ReadonlySet<string>;
  readonly targetsBefore: ReadonlyMap<string, string | null>;
  readonly cut: Set<string>;
  readonly rules: Set<Rule>;
  detectedMs: number | null;
  restoredMs: number | null;
  failbackMs: number | null;
}

export function openRecords(account: SimAccount, spells: readonly Spell[]): Records {
  const { clock, network, groundTruth, log } = account;
  const pages = new Map<Spell, Page>();
  let findings: ReadonlySet<string> = new Set();
  const polled = new Map<string, ReadonlySet<string>>();
  for (const spell of spells) {
    clock.at(spell.startMs, () => {
      pages.set(spell, {
        findingsBefore: new Set([
          ...findings,
          ...[...polled.values()].flatMap((some) => [...some]),
        ]),
        targetsBefore: targets(),
        cut: new Set(),
        rules: new Set(),
        detectedMs: null,
        restoredMs: null,
        failbackMs: null,
      });
    });
  }

  /** Managed routes; client pools are left out, because nobody else can ever carry them. */
  function targets(): ReadonlyMap<string, string | null> {
    const pools = network.tags
      .all()
      .flatMap(({ key, value }) => (key === POOL_TAG ? value.split(' ') : []));
    const tagged = network.tables
      .all()
      .filter(({ tableId }) => network.tags.get(`${tableId} vpn-medic:group`) !== null);
    return new Map(
      tagged.flatMap(({ tableId, routes }) =>
        routes
          .filter(({ interfaceId, origin }) => interfaceId !== null && origin === 'created')
          .filter(({ destination }) => !pools.some((pool) => covers(pool, destination)))
          .map((route) => [`${tableId} ${route.destination}`, route.interfaceId] as const),
      ),
    );
  }

  /** Whether a route led through an appliance of its table's own zone: then it will want to go back there. */
  function wasAtPreferred(key: string, interfaceId: string | null): boolean {
    const table = network.tables.get(key.slice(0, key.indexOf(' ')));
    const zones = table?.subnetIds.map((id) => network.subnets.get(id)?.zone) ?? [];
    const link = interfaceId === null ? null : network.interfaces.get(interfaceId);
    return link !== null && zones.includes(link.zone);
  }

  const isCut = (interfaceId: string | null): boolean => {
    const nextHop = interfaceId === null ? null : network.interfaces.get(interfaceId)?.instanceId;
    return nextHop == null || !groundTruth.isForwarding(nextHop);
  };

  /** The write that ended it, where a write did; else now. */
  const lastEffectMs = (sinceMs: number): number => {
    const last = log.writes.findLast(({ effectMs }) => effectMs !== null && effectMs >= sinceMs);
    const nowMs = clock.monotonicMs();
    return last?.effectMs != null && nowMs - last.effectMs <= 1_000 ? last.effectMs : nowMs;
  };

  function detect(seen: ReadonlySet<string>): void {
    for (const page of pages.values()) {
      if ([...seen].some((key) => !page.findingsBefore.has(key))) {
        page.detectedMs ??= clock.monotonicMs();
      }
    }
  }

  return {
    tick({ world, assessment, plan }) {
      if (world.lease.kind !== 'leader' && world.lease.kind !== 'singlePass') return;
      findings = seenIn(assessment.findings);
      detect(findings);
      for (const [spell, page] of pages) {
        if (clock.monotonicMs() > spell.endMs + AFTERMATH_MS) continue;
        for (const { rule } of plan.held) page.rules.add(rule);
      }
    },
    polled(scope, found) {
      const seen = seenIn(found);
      polled.set(scope, seen);
      detect(seen);
    },
    look() {
      const now = targets();
      const cut = [...now].filter(([, interfaceId]) => isCut(interfaceId)).map(([key]) => key);
      const nowMs = clock.monotonicMs();
      for (const [spell, page] of pages) {
        if (nowMs < spell.endMs && page.restoredMs === null) {
          for (const key of cut) page.cut.add(key);
          if (page.cut.size > 0 && cut.length === 0) page.restoredMs = lastEffectMs(spell.startMs);
        }
        const isOnPreferred = [...page.targetsBefore].every(
          ([key, before]) => now.get(key) === before || !wasAtPreferred(key, before),
        );
        if (nowMs >= spell.endMs && isOnPreferred && cut.length === 0) {
          page.failbackMs ??= Math.max(spell.endMs, lastEffectMs(spell.endMs));
        }
      }
    },
    of(spell, untilMs) {
      const page = pages.get(spell);
      return {
        detectedAfterMs: after(page?.detectedMs, spell.startMs),
        cutCount: page?.cut.size ?? 0,
        restoredAfterMs: after(page?.restoredMs, spell.startMs),
        failbackAfterMs: after(page?.failbackMs, spell.endMs),
        writeCount: log.writes.filter(
          ({ effectMs }) => effectMs !== null && effectMs >= spell.startMs && effectMs < untilMs,
        ).length,
        notificationCount: log.notifications.filter(
          ({ answer, atMs }) => answer === 'published' && atMs >= spell.startMs && atMs < untilMs,
        ).length,
        rulesThatHeld: [...(page?.rules ?? [])].toSorted(),
      };
    },
  };
}

const seenIn = (findings: readonly Finding[]): ReadonlySet<string> =>
  new Set(
    findings
      .filter(({ severity }) => severity !== 'info')
      .map(({ reason, subject }) => `${reason} ${subject.id}`),
  );

const POOL_TAG = 'vpn-medic:pool';

/** Holds on the way home belong to the fault, too. */
const AFTERMATH_MS = 600_000;

const after = (atMs: number | null | undefined, fromMs: number): number | null =>
  atMs == null ? null : Math.max(0, atMs - fromMs);
