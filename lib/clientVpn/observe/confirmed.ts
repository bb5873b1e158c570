/** What one answer about endpoints, or about what surrounds them, would begin or end is asked for again (S1, S13). */
import { agreed } from '../../core/agreed.ts';
import type { Reading } from '../../core/reading.ts';
import type { Clock, Instant } from '../../core/time.ts';
import { RANGE_CHECK, ROUTES_CHECK, RULES_CHECK } from '../assess/access.ts';
import { statusOf } from '../assess/availability.ts';
import { EGRESS_CHECK } from '../assess/chosen.ts';
import { DIRECTORY_CHECK } from '../assess/directory.ts';
import { RENEWAL_CHECK, SERVER_CERTIFICATE_CHECK } from '../assess/serverCertificate.ts';
import type { EndpointPort } from '../ports.ts';
import { type EndpointMemory, learn, noEndpointPast } from '../state.ts';
import { type EndpointFact, isLeaving } from '../types/endpoint.ts';
import type { Surroundings } from '../types/surroundings.ts';
import type { EndpointObservation } from '../types/world.ts';

/** A known endpoint that this answer closes, or calls deleted, is closed when two answers agree. */
export async function readEndpoints(
  { endpoints, clock }: { readonly endpoints: EndpointPort; readonly clock: Clock },
  memory: EndpointMemory,
  signal: AbortSignal,
): Promise<Reading<readonly EndpointFact[]>> {
  const read = () => endpoints.endpoints(signal);
  return agreed(await read(), read, { isExpected: isAsBefore(memory), gist }, clock, signal);
}

const gist = (facts: readonly EndpointFact[]): unknown =>
  new Map(facts.map(({ endpointId, state }) => [endpointId, state]));

const isAsBefore =
  ({ endpoints }: EndpointMemory) =>
  (facts: readonly EndpointFact[]): boolean =>
    facts.every((fact) => {
      const past = endpoints[fact.endpointId];
      const isClosed = fact.state === 'pending' || fact.state === 'pending-associate';
      return past === undefined || !(isLeaving(fact) || (isClosed && past.downSince === null));
    });

/** By routes, rules, networks, directories and certificates; what is known of the endpoint itself is not theirs. */
const CHECKS = [
  RULES_CHECK,
  ROUTES_CHECK,
  RANGE_CHECK,
  EGRESS_CHECK,
  DIRECTORY_CHECK,
  SERVER_CERTIFICATE_CHECK,
  RENEWAL_CHECK,
];
const REASONS: ReadonlySet<string> = new Set(CHECKS.flatMap(({ reasons }) => reasons));

/** Where a second reading does not find the same, nothing is read of it: its turn comes with the next pass. */
export async function confirmSurroundings(
  observations: readonly EndpointObservation[],
  memory: EndpointMemory,
  again: (facts: readonly EndpointFact[]) => Promise<ReadonlyMap<string, Surroundings>>,
  now: Instant,
): Promise<readonly EndpointObservation[]> {
  const found = (one: EndpointObservation) => foundIn(one, memory, now);
  const doubtful = observations.filter(
    (one) => one.surroundings !== null && found(one) !== foundBefore(one, memory),
  );
  if (doubtful.length === 0) return observations;
  const second = await again(doubtful.map(({ fact }) => fact));
  return observations.map((one) => {
    if (!doubtful.includes(one)) return one;
    const read = second.get(one.fact.endpointId);
    // The other endpoints are known from the list.
    const others = one.surroundings?.others ?? [];
    const surroundings = read === undefined ? null : { ...read, others };
    return found({ ...one, surroundings }) === found(one) ? one : { ...one, surroundings: null };
  });
}

/** The reasons that these checks find now, or found last where they cannot tell. */
function foundIn(one: EndpointObservation, memory: EndpointMemory, now: Instant): string {
  const before = memory.endpoints[one.fact.endpointId] ?? noEndpointPast;
  const past = learn(one, statusOf(one, before.hasAnswered), before, now);
  const isOpen = (reason: string) => reasonsBefore(one, memory).includes(reason);
  const reasons = CHECKS.flatMap((check) => {
    const troubles = check.judge(one, past, isOpen, now);
    return troubles === null
      ? check.reasons.filter(isOpen)
      : check.reasons.filter((reason) => troubles.some((trouble) => trouble.reason === reason));
  });
  return reasons.toSorted().join();
}

const foundBefore = (one: EndpointObservation, memory: EndpointMemory): string =>
  reasonsBefore(one, memory).toSorted().join();

const reasonsBefore = (
  { fact }: EndpointObservation,
  { findings }: EndpointMemory,
): readonly string[] =>
  findings.flatMap(({ reason, subject }) =>
    subject.id === fact.endpointId && REASONS.has(reason) ? [reason] : [],
  );
