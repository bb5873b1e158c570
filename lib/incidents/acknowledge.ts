/** Acknowledges one open incident for a caller that is no command line: a button on the dashboard or in chat. Writes nothing else. */
import { recordOperator } from '../core/operatorRecord.ts';
import type { Item, StorePort } from '../core/ports.ts';
import type { Instant } from '../core/time.ts';
import type { AckRequest } from './ackRequest.ts';
import { ackKeyOf, incidentAcksId, parseIncidentAcks, withAck, withNewAck } from './acks.ts';
import { pageIds, readPage, SCOPES } from './store/page.ts';
import type { Incident } from './types.ts';

export type AckAnswer =
  /** `unrecorded`: why the log of operators' changes could not be written; null when it was. */
  | {
      readonly kind: 'acknowledged';
      readonly incident: Incident;
      readonly unrecorded: string | null;
    }
  /** It was acknowledged before: nothing was written. */
  | { readonly kind: 'already'; readonly incident: Incident }
  /** No open incident has this key: it has ended, or there was none. */
  | { readonly kind: 'not-open' }
  | { readonly kind: 'failed'; readonly why: string };

type Store = Pick<StorePort, 'read' | 'write'>;

export interface AckPlace {
  /** Those that are watched; the key says which incident of them it is. */
  readonly regions: readonly string[];
  readonly now: () => Instant;
  readonly signal: AbortSignal;
}

/** Other people's acknowledgements are written to the same item: a conflict is met by reading again. */
const TRIES = 3;

export async function acknowledge(
  store: Store,
  request: AckRequest,
  place: AckPlace,
): Promise<AckAnswer> {
  const { regions, now, signal } = place;
  let why = 'other writers kept conflicting';
  for (let tries = 0; tries < TRIES; tries += 1) {
    const found = await find(store, request.key, regions, signal);
    if (found.kind !== 'found') return found;
    const { incident, region, acks } = found;
    const { by } = request;
    // Its own, after a write whose answer was lost.
    if (incident.ackedBy === by) return done(store, region, incident, request, place);
    if (incident.ackedAt !== null) return { kind: 'already', incident };
    const ack = { incidentId: incident.id, openedAt: incident.openedAt, at: now(), by };
    const answer = await store.write(
      {
        id: incidentAcksId(region),
        overVersion: acks?.version ?? 0,
        body: withNewAck(acks?.body, ack),
        expiresAt: null,
      },
      signal,
    );
    if (answer.kind === 'written') return done(store, region, incident, request, place);
    if (answer.kind === 'failed') why = answer.why;
  }
  return { kind: 'failed', why };
}

type Found =
  | {
      readonly kind: 'found';
      readonly incident: Incident;
      readonly region: string;
      readonly acks: Item | undefined;
    }
  | { readonly kind: 'not-open' }
  | { readonly kind: 'failed'; readonly why: string };

async function find(
  store: Store,
  key: string,
  regions: readonly string[],
  signal: AbortSignal,
): Promise<Found> {
  for (const region of regions) {
    const ids = SCOPES.flatMap((scope) => pageIds(region, scope));
    const reading = await store.read([...ids, incidentAcksId(region)], signal);
    if (!reading.known) return { kind: 'failed', why: reading.why };
    const acks = reading.value.find(({ id }) => id === incidentAcksId(region));
    const incident = reading.value
      .filter((item) => item !== acks)
      .flatMap(({ body }) => readPage(body).incidents)
      .find((one) => one.resolvedAt === null && ackKeyOf(one) === key);
    if (incident === undefined) continue;
    return {
      kind: 'found',
      incident: withAck(incident, parseIncidentAcks(acks?.body)),
      region,
      acks,
    };
  }
  return { kind: 'not-open' };
}

async function done(
  store: Store,
  region: string,
  incident: Incident,
  { by, why }: AckRequest,
  { now, signal }: AckPlace,
): Promise<AckAnswer> {
  const { id: subject, reason } = incident;
  const what = `${reason} of ${incident.subject.name} acknowledged`;
  const entry = { at: now(), by, command: 'ack', subject, what, why };
  const unrecorded = await recordOperator(store, region, entry, () => signal);
  return { kind: 'acknowledged', incident, unrecorded };
}
