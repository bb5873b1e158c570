/** Events that start pollEndpoints besides its schedule: AWS Health's of Direct Connect. Pure. */
import * as v from 'valibot';
import type { HealthNote } from '../../metrics/types.ts';
import { type Ignored, readHealth } from './health.ts';

export type EndpointEvent =
  /** Everything that is due. */
  | { readonly kind: 'schedule' }
  /** The metrics of one region too, whether they are due or not. */
  | { readonly kind: 'look'; readonly region: string; readonly health: readonly HealthNote[] }
  | Ignored;

const Health = v.object({ source: v.literal('aws.health') });

export function readEndpointEvent(
  event: unknown,
  accountId: string | null,
  regions: readonly string[],
): EndpointEvent {
  if (!v.safeParse(Health, event).success) return { kind: 'schedule' };
  const read = readHealth(event, 'DIRECTCONNECT', isOfDirectConnect, accountId, regions);
  if (read.kind === 'ignored') return read;
  return { kind: 'look', region: read.region, health: read.note === null ? [] : [read.note] };
}

const isOfDirectConnect = (text: string): boolean =>
  /^dx(?:con|vif|lag)-[0-9a-z]{1,40}$/.test(text);
