/** Reads what surrounds the endpoints whose turn it is: a few in each pass, so that no pass makes many calls. */
import { eachOf } from '../../core/eachOf.ts';
import { compare } from '../../core/order.ts';
import type { Reading } from '../../core/reading.ts';
import { type Instant, isDue } from '../../core/time.ts';
import type { SurroundingsPort } from '../ports.ts';
import type { EndpointMemory } from '../state.ts';
import type { EndpointFact } from '../types/endpoint.ts';
import type { OtherEndpoint, Surroundings } from '../types/surroundings.ts';

/** By endpoint id, of those that are due, longest waiting first. `isWhole`: of all of them. */
export async function readSurroundings(
  port: SurroundingsPort,
  facts: readonly EndpointFact[],
  { endpoints }: Pick<EndpointMemory, 'endpoints'>,
  isWhole: boolean,
  now: Instant,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Surroundings>> {
  const lastAt = ({ endpointId }: EndpointFact) => endpoints[endpointId]?.surroundingsAt ?? null;
  const due = facts
    .filter((fact) => isWhole || isDue(lastAt(fact), EVERY_MS, now))
    .toSorted((a, b) => (lastAt(a) ?? 0) - (lastAt(b) ?? 0) || compare(a.endpointId, b.endpointId))
    .slice(0, isWhole ? facts.length : AT_ONCE);
  if (due.length === 0) return new Map();
  const vpcIds = idsOf(due, ({ vpcId }) => vpcId);
  const fullVpcIds = idsOf(due, ({ vpcId, isSplit }) => (isSplit === false ? vpcId : null));
  const isDirectoryWanted = due.some(({ settings }) => settings.directoryIds.length > 0);
  const [ranges, peers, egress, directories, own] = await Promise.all([
    vpcIds.length === 0 ? null : port.ranges(vpcIds, signal),
    vpcIds.length === 0 ? null : port.peers(signal),
    fullVpcIds.length === 0 ? null : port.egress(fullVpcIds, signal),
    isDirectoryWanted ? port.directories(signal) : null,
    eachOf(due, AT_ONCE, (fact) => readOwn(port, fact, signal)),
  ]);
  return new Map(
    due.map((fact, index) => {
      const { endpointId, settings } = fact;
      const { vpcId, isSplit, directoryIds } = settings;
      const read = own[index];
      if (read === undefined) throw new Error(`reading what surrounds ${endpointId}: not asked`);
      return [
        endpointId,
        {
          ...read,
          ranges: vpcId === null ? null : only(ranges, (one) => one.vpcId === vpcId),
          peers: vpcId === null ? null : only(peers, (one) => one.nearVpcId === vpcId),
          egress: vpcId === null || isSplit !== false ? null : pick(egress, vpcId),
          directories:
            directoryIds.length === 0
              ? null
              : only(directories, (one) => directoryIds.includes(one.directoryId)),
          others: othersOf(fact, facts),
        },
      ] as const;
    }),
  );
}

/** With two or three calls an endpoint, and as many where something is read again. */
const AT_ONCE = 3;
const EVERY_MS = 900_000;

const idsOf = (
  facts: readonly EndpointFact[],
  idOf: (settings: EndpointFact['settings']) => string | null,
): readonly string[] => [...new Set(facts.flatMap(({ settings }) => idOf(settings) ?? []))];

async function readOwn(
  port: SurroundingsPort,
  { endpointId, settings: { certificateArn } }: EndpointFact,
  signal: AbortSignal,
): Promise<Pick<Surroundings, 'routes' | 'rules' | 'certificate'>> {
  const [routes, rules, certificate] = await Promise.all([
    port.routes(endpointId, signal),
    port.rules(endpointId, signal),
    certificateArn === null ? null : port.certificate(certificateArn, signal),
  ]);
  return { routes, rules, certificate };
}

const only = <T>(
  reading: Reading<readonly T[]> | null,
  is: (one: T) => boolean,
): Reading<readonly T[]> | null =>
  reading?.known === true ? { ...reading, value: reading.value.filter(is) } : reading;

function pick<T>(reading: Reading<ReadonlyMap<string, T>> | null, id: string): Reading<T> | null {
  if (reading === null || !reading.known) return reading;
  const value = reading.value.get(id);
  return value === undefined ? null : { ...reading, value };
}

const othersOf = (
  { endpointId: own }: EndpointFact,
  facts: readonly EndpointFact[],
): readonly OtherEndpoint[] =>
  facts.flatMap(({ endpointId, name, clientCidr }) =>
    endpointId === own || clientCidr === null
      ? []
      : [{ endpointId, name: name || endpointId, cidr: clientCidr }],
  );
