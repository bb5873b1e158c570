/** Reads the Client VPN endpoints of one region: EC2's description, CloudWatch metrics, and a probe burst each. */

import { goneAfter } from '../core/gone.ts';
import type { LogPort } from '../core/logs.ts';
import type { MetricPort } from '../core/metricPort.ts';
import { compare } from '../core/order.ts';
import { unknown } from '../core/reading.ts';
import type { Clock } from '../core/time.ts';
import { readAssociations } from './observe/associations.ts';
import { confirmSurroundings, readEndpoints } from './observe/confirmed.ts';
import { readFailedLogins } from './observe/failedLogins.ts';
import { measureEndpoints, noMeasures } from './observe/metrics.ts';
import { readSurroundings } from './observe/surroundings.ts';
import type { EndpointPort, EndpointProbePort, SurroundingsPort } from './ports.ts';
import { absentOf, type EndpointMemory } from './state.ts';
import { type EndpointFact, type EndpointReachability, isLeaving } from './types/endpoint.ts';
import type {
  EndpointGap,
  EndpointObservation,
  EndpointWorld,
  Reachability,
} from './types/world.ts';

export interface EndpointObserver {
  readonly region: string;
  readonly clock: Clock;
  readonly endpoints: EndpointPort;
  readonly endpointProbes: EndpointProbePort;
  readonly surroundings: SurroundingsPort;
  readonly metrics: MetricPort;
  /** Absent: no logs are read. */
  readonly logs?: LogPort;
}

export interface EndpointScope {
  readonly accountId: string;
  readonly regionCount: number;
  readonly policy: { readonly fall: number; readonly probeIntervalMs: number };
  /** What surrounds them is read of all endpoints, whenever it was read last. */
  readonly isWhole?: boolean;
}

/** One pass; reads that do not need each other run at the same time. */
export async function observeEndpoints(
  observer: EndpointObserver,
  { accountId, regionCount, policy, isWhole = false }: EndpointScope,
  memory: EndpointMemory,
  signal: AbortSignal,
): Promise<EndpointWorld> {
  const at = observer.clock.now();
  const world = { at, accountId, region: observer.region, regionCount };
  const reading = await readEndpoints(observer, memory, signal);
  if (!reading.known) {
    const gaps = [{ what: 'endpoints', why: reading.why }];
    const { endpoints: absent, gone, asked } = memory;
    const answers = await answersOf(observer, memory, policy, signal);
    return { ...world, endpoints: null, absent, answers, gone, gaps, asked };
  }
  const facts = reading.value.toSorted((a, b) => compare(a.endpointId, b.endpointId));
  const stayingFacts = facts.filter((fact) => !isLeaving(fact));
  const staying = stayingFacts.map(({ endpointId }) => endpointId);
  const [surroundings, associations, endpointProbes, measured] = await Promise.all([
    readSurroundings(observer.surroundings, stayingFacts, memory, isWhole, at, signal),
    staying.length === 0 ? NONE : readAssociations(observer, staying, memory, signal),
    Promise.all(facts.map((fact) => reachabilityOf(observer, fact, memory, policy, signal))),
    facts.length === 0
      ? noMeasures(memory.asked)
      : measureEndpoints(observer, facts, memory.asked, at, signal),
  ]);
  const failedLogins = await readFailedLogins(observer, stayingFacts, measured.recent, at, signal);
  const listed = facts.filter(({ state }) => state !== 'deleting');
  const absent = absentOf(new Set(listed.map(({ endpointId }) => endpointId)), memory, at);
  const hereIds = new Set([...staying, ...Object.keys(absent)]);
  const observed = facts.map(
    (fact, index): EndpointObservation => ({
      fact,
      associations:
        associations.get(fact.endpointId) ?? unknown('the endpoint is being deleted', at),
      reachability: endpointProbes[index] ?? { kind: 'unasked' },
      surroundings: surroundings.get(fact.endpointId) ?? null,
      recent: measured.recent.get(fact.endpointId) ?? {},
      history: measured.history.get(fact.endpointId) ?? {},
      failedLogins: failedLogins.get(fact.endpointId) ?? null,
    }),
  );
  const endpoints = await confirmSurroundings(
    observed,
    memory,
    (some) => readSurroundings(observer.surroundings, some, memory, true, at, signal),
    at,
  );
  return {
    ...world,
    endpoints,
    absent,
    answers: new Map(),
    gone: goneAfter(
      memory.gone,
      goneSince(Object.keys(memory.endpoints), hereIds, observer.region),
      (id) => hereIds.has(id) || (id === observer.region && hereIds.size > 0),
      at,
    ),
    gaps: [...endpoints.flatMap(gapsOf), ...measured.gaps],
    asked: measured.asked,
  };
}

/** A region without its last endpoint has none that could be unreachable: its own findings end too. */
function goneSince(
  beforeIds: readonly string[],
  hereIds: ReadonlySet<string>,
  region: string,
): readonly string[] {
  const lost = beforeIds.filter((id) => !hereIds.has(id));
  return lost.length > 0 && hereIds.size === 0 ? [...lost, region] : lost;
}

const NONE: ReadonlyMap<string, EndpointObservation['associations']> = new Map();

const reachabilityOf = async (
  observer: EndpointObserver,
  fact: EndpointFact,
  { endpoints }: EndpointMemory,
  policy: EndpointScope['policy'],
  signal: AbortSignal,
): Promise<Reachability> => {
  const isOpen =
    fact.state === 'available' ||
    (fact.state === 'unknown' && endpoints[fact.endpointId]?.hasAnswered === true);
  return isOpen ? probeAt(observer, fact, policy, signal) : { kind: 'unasked' };
};

/** EC2 may fail together with what it describes. */
async function answersOf(
  observer: EndpointObserver,
  { endpoints }: EndpointMemory,
  policy: EndpointScope['policy'],
  signal: AbortSignal,
): Promise<EndpointWorld['answers']> {
  const answers = await Promise.all(
    Object.entries(endpoints).flatMap(([id, { door, hasAnswered, downSince }]) =>
      door === null || !hasAnswered || downSince !== null
        ? []
        : [probeAt(observer, door, policy, signal).then((answer) => [id, answer] as const)],
    ),
  );
  return new Map(answers);
}

/** Clients wait far longer; a probe to another continent takes under half a second. */
const PROBE_MS = 2_500;

/** Up at the first answer; down only when all `fall` probes stayed unanswered and none failed on our side. */
async function probeAt(
  { endpointProbes, clock }: Pick<EndpointObserver, 'endpointProbes' | 'clock'>,
  door: EndpointReachability,
  { fall, probeIntervalMs }: EndpointScope['policy'],
  signal: AbortSignal,
): Promise<Reachability> {
  const recent: string[] = [];
  let unsure: string | null = null;
  let silence = '';
  for (let count = 0; count < fall; count += 1) {
    if (count > 0) await clock.sleep(probeIntervalMs, signal);
    const result = await endpointProbes.send(door, PROBE_MS, signal);
    switch (result.kind) {
      case 'up':
        return { kind: 'up', recent: [...recent, `ok ${Math.round(result.tookMs)} ms`] };
      case 'down':
        silence = result.why;
        recent.push(result.why);
        break;
      case 'unknown':
        unsure = result.why;
        recent.push(`unknown: ${result.why}`);
        break;
      default:
        result satisfies never;
    }
  }
  return unsure === null
    ? {
        kind: 'down',
        why: `${fall} probes without an answer: ${silence}`,
        recent: lastFive(recent),
      }
    : { kind: 'unknown', why: unsure, recent: lastFive(recent) };
}

const lastFive = (lines: readonly string[]): readonly string[] => lines.slice(-5);

const STRANGE = 'EC2 gives a state that this version does not know';

function gapsOf({ fact, associations, reachability }: EndpointObservation): readonly EndpointGap[] {
  return [
    ...(associations.known || isLeaving(fact)
      ? []
      : [{ what: `associations of ${fact.endpointId}`, why: associations.why }]),
    ...(associations.known
      ? associations.value.flatMap(({ associationId, state }) =>
          state === 'unknown' ? [{ what: `the state of ${associationId}`, why: STRANGE }] : [],
        )
      : []),
    ...(reachability.kind === 'unknown'
      ? [{ what: `probe of ${fact.endpointId}`, why: reachability.why }]
      : []),
    ...(fact.state === 'unknown'
      ? [
          {
            what: `the state of ${fact.endpointId}`,
            why: STRANGE,
          },
        ]
      : []),
  ];
}
