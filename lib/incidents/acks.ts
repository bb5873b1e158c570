/** Acknowledgements: a person has an incident in hand, so that it is not repeated. Pure. */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import type { Instant } from '../core/time.ts';
import type { Incident } from './types.ts';

export interface Ack {
  readonly incidentId: string;
  /** Which incident of that id: a later one of the same kind is not acknowledged by it. */
  readonly openedAt: Instant;
  readonly at: Instant;
  /** The person, as AWS names the caller. */
  readonly by: string;
}

/**
 * What a button names an incident by: 16 hexadecimal digits, which need no escaping anywhere. It stands for one opening: an
 * old button never acknowledges a later incident of the same id. No secret: who may acknowledge is decided by IAM.
 */
export const ackKeyOf = ({ id, openedAt }: Pick<Incident, 'id' | 'openedAt'>): string =>
  createHash('sha256').update(`${id} ${openedAt}`).digest('hex').slice(0, 16);

/** The acknowledgements with one more; the newest stay. */
export const withNewAck = (body: unknown, ack: Ack): unknown => ({
  version: 1,
  acks: [...parseIncidentAcks(body), ack].slice(-INCIDENT_ACKS_MAX),
});

/** The item of the state table that holds them: written by people only, read by every leader of the region. */
export const incidentAcksId = (region: string): string => `incidentAcks#${region}`;

/** So many are kept; the newest stay. */
export const INCIDENT_ACKS_MAX = 500;

const Body = v.object({
  acks: v.array(
    v.object({ incidentId: v.string(), openedAt: v.number(), at: v.number(), by: v.string() }),
  ),
});

/** Empty for garbage: an acknowledgement is never assumed. */
export function parseIncidentAcks(body: unknown): readonly Ack[] {
  const parsed = v.safeParse(Body, body);
  return parsed.success ? parsed.output.acks.slice(-INCIDENT_ACKS_MAX) : [];
}

/** The incident with its acknowledgement; the same object without one. */
export function withAck(incident: Incident, acks: readonly Ack[]): Incident {
  const ack = acks.findLast(
    ({ incidentId, openedAt }) => incidentId === incident.id && openedAt === incident.openedAt,
  );
  if (ack === undefined || ack.at === incident.ackedAt) return incident;
  return { ...incident, ackedAt: ack.at, ackedBy: ack.by };
}
