/** The state of repairs in the state table: one item for all ladders of a region, so that one write keeps a brake over many. */
import * as v from 'valibot';
import { type MaintenanceWindow, maintenanceId, readWindows } from '../core/maintenance.ts';
import { PAUSE_ID, type Pause, parsePause } from '../core/pause.ts';
import type { ItemWrite, StorePort } from '../core/ports.ts';
import { known, type Reading, unknown } from '../core/reading.ts';
import type { Clock, Instant } from '../core/time.ts';
import { type Ladder, type Ladders, REPAIR_PHASES, type RepairResult } from './types.ts';

export interface RepairState {
  readonly ladders: Ladders;
  /** Maintenance windows: nothing is repaired inside one. */
  readonly windows: readonly MaintenanceWindow[];
  /** An operator's stop of every write, ended or not. */
  readonly pause: Pause | null;
  /** What it was read at; a write over anything else is refused. */
  readonly version: number;
}

export interface RepairStateStore {
  /** All ladders with every result that the repair function has recorded; garbage is rebuilt from the results. */
  read(instanceIds: readonly string[], signal: AbortSignal): Promise<Reading<RepairState>>;
  /** The state as it is now, or why it was not written: then another process may have started a repair. */
  write(repairState: RepairState, signal: AbortSignal): Promise<Reading<RepairState>>;
}

export const storeId = (region: string): string => `repairs#${region}`;
export const resultId = (region: string, instanceId: string): string =>
  `repair#${region}#${instanceId}`;

const Result = v.object({
  kind: v.picklist(['done', 'failed', 'refused', 'held']),
  why: v.string(),
  at: v.number(),
  until: v.nullable(v.number()),
  evidence: v.array(v.string()),
  diagnosis: v.array(v.string()),
});
const Attempt = v.object({
  id: v.string(),
  phase: v.picklist(REPAIR_PHASES),
  startedAt: v.number(),
  result: v.nullable(Result),
});
const Ladder = v.object({
  group: v.string(),
  name: v.string(),
  startedAt: v.number(),
  attempts: v.array(Attempt),
  end: v.nullable(
    v.object({ at: v.number(), kind: v.picklist(['helped', 'spent', 'replaced', 'dropped']) }),
  ),
});
const IncidentStore = v.object({
  version: v.literal(1),
  ladders: v.record(v.string(), v.array(Ladder)),
});

/** What the repair function records: enough to know the attempt by, should the state be lost. */
export const ResultItem = v.object({
  version: v.literal(1),
  attemptId: v.string(),
  phase: v.picklist(REPAIR_PHASES),
  group: v.string(),
  name: v.string(),
  claimedAt: v.number(),
  result: v.nullable(Result),
});

export type ResultItem = v.InferOutput<typeof ResultItem>;

export function openRepairStateStore(
  store: StorePort,
  clock: Clock,
  region: string,
): RepairStateStore {
  const id = storeId(region);
  return {
    async read(instanceIds, signal) {
      const windowsId = maintenanceId(region);
      const ids = [id, windowsId, PAUSE_ID, ...instanceIds.map((one) => resultId(region, one))];
      const reading = await store.read(ids, signal);
      if (!reading.known) return reading;
      const item = reading.value.find((one) => one.id === id);
      const results = new Map(
        reading.value.flatMap(({ id: itemId, body }) => {
          const parsed = v.safeParse(ResultItem, body);
          return parsed.success ? [[itemId.slice(resultId(region, '').length), parsed.output]] : [];
        }),
      );
      const parsed = v.safeParse(IncidentStore, item?.body);
      const isSpoilt = item !== undefined && !parsed.success;
      const ladders = parsed.success ? new Map(Object.entries(parsed.output.ladders)) : new Map();
      const now = clock.now();
      const value = isSpoilt ? rebuilt(results) : withResults(kept(ladders, now), results);
      const bodyOf = (of: string) => reading.value.find((one) => one.id === of)?.body;
      const windows = readWindows(bodyOf(windowsId));
      const pause = parsePause(bodyOf(PAUSE_ID));
      return known({ ladders: value, windows, pause, version: item?.version ?? 0 }, reading.at);
    },
    async write(repairState, signal) {
      const write = repairsWrite(region, repairState);
      const answer = await store.write(write, signal);
      switch (answer.kind) {
        case 'written':
          return known({ ...repairState, version: answer.version }, clock.now());
        case 'conflict':
          return unknown('another process wrote the state of repairs meanwhile', clock.now());
        case 'failed':
          return unknown(answer.why, clock.now());
        default:
          return answer satisfies never;
      }
    },
  };
}

/** The item over exactly what was read: the one form in which ladders are stored. */
export const repairsWrite = (
  region: string,
  { ladders, version }: Pick<RepairState, 'ladders' | 'version'>,
): ItemWrite => ({
  id: storeId(region),
  overVersion: version,
  body: { version: 1, ladders: Object.fromEntries(ladders) },
  expiresAt: null,
});

const DAY_MS = 86_400_000;

/** The ladders of a day, and those that are not over. */
const kept = (ladders: Ladders, now: Instant): Ladders =>
  new Map(
    [...ladders].flatMap(([instanceId, all]) => {
      const recent = all.filter(({ startedAt, end }) => end === null || now - startedAt < DAY_MS);
      return recent.length === 0 ? [] : [[instanceId, recent] as const];
    }),
  );

const withResults = (ladders: Ladders, results: ReadonlyMap<string, ResultItem>): Ladders =>
  new Map(
    [...ladders].map(([instanceId, all]) => {
      const item = results.get(instanceId);
      const last = all.at(-1);
      if (item?.result == null || last === undefined) return [instanceId, all];
      return [instanceId, [...all.slice(0, -1), withResult(last, item.attemptId, item.result)]];
    }),
  );

export const withResult = (ladder: Ladder, attemptId: string, result: RepairResult): Ladder => ({
  ...ladder,
  attempts: ladder.attempts.map((one) =>
    one.id === attemptId && one.result === null ? { ...one, result } : one,
  ),
});

/** One ladder for each result: earlier attempts are lost, the newest is not. */
const rebuilt = (results: ReadonlyMap<string, ResultItem>): Ladders =>
  new Map(
    [...results].map(([instanceId, { attemptId, phase, group, name, claimedAt, result }]) => [
      instanceId,
      [
        {
          group,
          name,
          startedAt: claimedAt,
          attempts: [{ id: attemptId, phase, startedAt: claimedAt, result }],
          end: null,
        },
      ],
    ]),
  );
