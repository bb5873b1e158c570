/** Drills as they lie in the state table: what operators ask for, and what the leader remembers. Pure. */
import * as v from 'valibot';
import { parseQuiet, type Quiet } from '../../core/quiet.ts';
import { requestReader, StoredAt, StoredText } from '../../core/storedRequests.ts';
import { bad, good, type Parsed } from '../../core/tags.ts';
import { type DrillRequest, type Drills, runningDrill } from '../types/drill.ts';
import type { Leave } from './leave.ts';

/** The item of the state table that holds a region's requests: written by operators, read by the leader. */
export const drillsId = (region: string): string => `drills#${region}`;

/** No drill lasts longer, whatever is stored. */
export const DRILL_MS_MAX = 3_600_000;
/** So many of one group are kept. */
export const DRILLS_KEPT = 5;
const REQUESTS_MAX = 100;

const Row = v.object({
  group: StoredText,
  at: StoredAt,
  forMs: v.pipe(StoredAt, v.maxValue(DRILL_MS_MAX)),
  by: StoredText,
  why: StoredText,
});

/** Null for garbage, which begins no drill. */
export const parseDrillRequests: (body: unknown) => readonly DrillRequest[] | null = requestReader(
  'requests',
  Row,
  REQUESTS_MAX,
);

/** With one more, in place of an earlier one of its group. */
export const withDrillRequest = (
  requests: readonly DrillRequest[],
  request: DrillRequest,
): readonly DrillRequest[] =>
  [...requests.filter(({ group }) => group !== request.group), request].slice(-REQUESTS_MAX);

const MaybeAt = v.nullable(StoredAt);

/** What the leader stores of one group. */
export const StoredDrills = v.object({
  taggedAt: MaybeAt,
  askedAt: StoredAt,
  drills: v.pipe(
    v.array(
      v.object({
        instanceId: StoredText,
        name: StoredText,
        at: StoredAt,
        until: StoredAt,
        by: StoredText,
        why: StoredText,
        routes: v.pipe(v.array(StoredText), v.maxLength(5_000)),
        awayAt: MaybeAt,
        endedAt: MaybeAt,
        failedWhy: v.nullable(StoredText),
        doneAt: MaybeAt,
        probes: StoredAt,
        missed: StoredAt,
        outageMs: MaybeAt,
      }),
    ),
    v.maxLength(DRILLS_KEPT),
  ),
});

/** The leaves that running drills are. */
export const drillLeaves = (drills: Drills): readonly Leave[] =>
  [...drills.values()].flatMap((memory): readonly Leave[] => {
    const drill = runningDrill(memory);
    if (drill === null || drill.endedAt !== null) return [];
    const { instanceId, at, by, why } = drill;
    const until = Math.min(drill.until, at + DRILL_MS_MAX);
    return [{ instanceId, cause: 'drill', at, endsAt: null, until, by, why, hook: null }];
  });

/** Whether the route is away from its preferred next hop, or was a moment ago, because of a drill. */
export const isDrilled = (drills: Drills, { key, group }: RouteOfGroup): boolean =>
  runningDrill(drills.get(group))?.routes.includes(key) === true;

interface RouteOfGroup {
  readonly key: string;
  readonly group: string;
}

/** A drill by its tag begins within this after its time, at the first moment at which all is well. */
const BEGINS_MIN = 30;
export const BEGINS_MS = BEGINS_MIN * 60_000;

/** `Sun 03:00 Europe/Paris`: the spans in which drills may begin, each `BEGINS_MS` long. Several times are separated by `;`. */
export function parseDrillTimes(text: string): Parsed<Quiet> {
  const spans = text.split(';').map((time) => {
    const [, days, hour, minute, zone] = TIME.exec(time.trim()) ?? [];
    const end = (Number(hour) * 60 + Number(minute) + BEGINS_MIN) % DAY_MIN;
    return `${days}${hour}:${minute}-${Math.floor(end / 60)}:${String(end % 60).padStart(2, '0')}${zone}`;
  });
  const parsed = parseQuiet(spans.join(';'));
  return parsed.ok
    ? good({ ...parsed.value, text: text.trim() })
    : bad(`"${text.trim()}" is no time: write for example "Sun 03:00 Europe/Paris"`);
}

const TIME = /^((?:[a-z,-]+\s+)?)(\d{1,2}):(\d{2})((?:\s+\S+)?)$/i;
const DAY_MIN = 1_440;
