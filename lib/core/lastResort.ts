/** Gateways of last resort: written by the poll of connections, read by the leader of the appliances. Pure. */
import * as v from 'valibot';
import type { Instant } from './time.ts';

/** A virtual private or transit gateway that carries the group tag. */
export interface LastResort {
  readonly gatewayId: string;
  readonly groups: readonly string[];
  /** Of the connections behind it: one is known to be up; each is known to be down; neither. */
  readonly health: 'up' | 'down' | 'unknown';
  /** By VPC: destinations of its tagged route tables that a connection which is up is known to have a route for. */
  readonly carries: Readonly<Record<string, readonly string[]>>;
}

export interface LastResorts {
  /** When the oldest part of it was read. */
  readonly at: Instant;
  readonly gateways: readonly LastResort[];
}

export const NO_LAST_RESORTS: LastResorts = { at: 0, gateways: [] };

/** The item of the state table that holds a region's gateways of last resort. */
export const lastResortsId = (region: string): string => `last-resorts#${region}`;

/** Not of a transit gateway's route table (`tgw-rtb-…`) or attachment (`tgw-attach-…`). */
export const isGatewayId = (id: string): boolean => /^[vt]gw-[0-9a-f]+$/.test(id);

/** What a route table shows as the target of a route. */
export const targetFields = (id: string) =>
  isGatewayId(id) ? { interfaceId: null, otherTarget: id } : { interfaceId: id, otherTarget: null };

/** For people; an id of something else as it is. */
export const describeGateway = (id: string): string => (isGatewayId(id) ? `last resort ${id}` : id);

const Text = v.pipe(v.string(), v.maxLength(300));
const Body = v.object({
  at: v.pipe(v.number(), v.minValue(0)),
  gateways: v.array(
    v.object({
      gatewayId: Text,
      groups: v.array(Text),
      health: v.picklist(['up', 'down', 'unknown']),
      carries: v.record(Text, v.array(Text)),
    }),
  ),
});

/** None for garbage. */
export function parseLastResorts(body: unknown): LastResorts {
  const parsed = v.safeParse(Body, body);
  return parsed.success ? parsed.output : NO_LAST_RESORTS;
}
