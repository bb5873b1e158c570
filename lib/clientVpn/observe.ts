/** Looks at every Client VPN endpoint of one region: what EC2 says, what CloudWatch counted, and who answers at the door. */

import { goneAfter } from '../core/gone.ts';
import type { MetricPort } from '../core/metricPort.ts';
import { compare } from '../core/order.ts';
import { unknown } from '../core/reading.ts';
import type { Clock } from '../core/time.ts';
import { measureEndpoints, noMeasures } from './observe/metrics.ts';
import type { DoorPort, EndpointPort } from './ports.ts';
import type { EndpointMemory } from './state.ts';
import { type EndpointFact, isLeaving } from './types/endpoint.ts';
import type { DoorSight, EndpointGap, EndpointSight, EndpointWorld } from './types/world.ts';

export interface EndpointEyes {
  readonly region: string;
  readonly clock: Clock;
  readonly endpoints: EndpointPort;
  readonly doors: DoorPort;
  readonly metrics: MetricPort;
}

export interface EndpointScope {
  readonly accountId: string;
  readonly regionCount: number;
  readonly policy: { readonly fall: number; readonly probeIntervalMs: number };
}

/** Everything that does not need another's answer is asked at once. */
export async function observeEndpoints(
  eyes: EndpointEyes,
  { accountId, regionCount, policy }: EndpointScope,
  memory: EndpointMemory,
  signal: AbortSignal,
): Promise<EndpointWorld> {
  const at = eyes.clock.now();
  const world = { at, accountId, region: eyes.region, regionCount };
  const listed = await eyes.endpoints.endpoints(signal);
  if (!listed.known) {
    const gaps = [{ what: 'endpoints', why: listed.why }];
    return { ...world, endpoints: null, gone: memory.gone, gaps, asked: memory.asked };
  }
  const facts = listed.value.toSorted((a, b) => compare(a.endpointId, b.endpointId));
  const staying = facts.filter((fact) => !isLeaving(fact)).map(({ endpointId }) => endpointId);
  const [associations, doors, measured] = await Promise.all([
    staying.length === 0 ? NONE : eyes.endpoints.associations(staying, signal),
    Promise.all(facts.map((fact) => doorOf(eyes, fact, policy, signal))),
    facts.length === 0
      ? noMeasures(memory.asked)
      : measureEndpoints(eyes, facts, memory.asked, at, signal),
  ]);
  const hereIds = new Set(staying);
  const endpoints = facts.map(
    (fact, index): EndpointSight => ({
      fact,
      associations:
        associations.get(fact.endpointId) ?? unknown('the endpoint is being deleted', at),
      door: doors[index] ?? { kind: 'unasked' },
      recent: measured.recent.get(fact.endpointId) ?? {},
      history: measured.history.get(fact.endpointId) ?? {},
    }),
  );
  return {
    ...world,
    endpoints,
    gone: goneAfter(
      memory.gone,
      goneSince(Object.keys(memory.endpoints), hereIds, eyes.region),
      (id) => hereIds.has(id) || (id === eyes.region && hereIds.size > 0),
      at,
    ),
    gaps: [...endpoints.flatMap(gapsOf), ...measured.gaps],
    asked: measured.asked,
  };
}

/** With its last endpoint a region has none that could be unreachable: what was said of it is over too. */
function goneSince(
  beforeIds: readonly string[],
  hereIds: ReadonlySet<string>,
  region: string,
): readonly string[] {
  const lost = beforeIds.filter((id) => !hereIds.has(id));
  return lost.length > 0 && hereIds.size === 0 ? [...lost, region] : lost;
}

const NONE: ReadonlyMap<string, EndpointSight['associations']> = new Map();

const doorOf = async (
  eyes: EndpointEyes,
  fact: EndpointFact,
  policy: EndpointScope['policy'],
  signal: AbortSignal,
): Promise<DoorSight> =>
  fact.state === 'available' ? knockAt(eyes, fact, policy, signal) : { kind: 'unasked' };

/** A client would wait far longer; a knock at another continent takes under half a second. */
const KNOCK_MS = 2_500;

/** Up at the first answer; down only when every one of `fall` knocks was fairly heard and none was answered. */
async function knockAt(
  { doors, clock }: Pick<EndpointEyes, 'doors' | 'clock'>,
  fact: EndpointFact,
  { fall, probeIntervalMs }: EndpointScope['policy'],
  signal: AbortSignal,
): Promise<DoorSight> {
  const recent: string[] = [];
  let unsure: string | null = null;
  let silence = '';
  for (let count = 0; count < fall; count += 1) {
    if (count > 0) await clock.sleep(probeIntervalMs, signal);
    const knock = await doors.knock(fact, KNOCK_MS, signal);
    switch (knock.kind) {
      case 'up':
        return { kind: 'up', recent: [...recent, `ok ${Math.round(knock.tookMs)} ms`] };
      case 'down':
        silence = knock.why;
        recent.push(knock.why);
        break;
      case 'unknown':
        unsure = knock.why;
        recent.push(`unknown: ${knock.why}`);
        break;
      default:
        knock satisfies never;
    }
  }
  return unsure === null
    ? {
        kind: 'down',
        why: `${fall} knocks without an answer: ${silence}`,
        recent: lastFive(recent),
      }
    : { kind: 'unknown', why: unsure, recent: lastFive(recent) };
}

const lastFive = (lines: readonly string[]): readonly string[] => lines.slice(-5);

function gapsOf({ fact, associations, door }: EndpointSight): readonly EndpointGap[] {
  return [
    ...(associations.known || isLeaving(fact)
      ? []
      : [{ what: `associations of ${fact.endpointId}`, why: associations.why }]),
    ...(door.kind === 'unknown' ? [{ what: `the door of ${fact.endpointId}`, why: door.why }] : []),
    ...(fact.state === 'unknown'
      ? [
          {
            what: `the state of ${fact.endpointId}`,
            why: 'EC2 says it in a word that is not known here',
          },
        ]
      : []),
  ];
}
