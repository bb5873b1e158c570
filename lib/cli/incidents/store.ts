/** The incidents as the state table holds them: all scopes of a region, found by their id or a part of it. */

import { incidentAcksId, parseIncidentAcks, withAck } from '../../incidents/acks.ts';
import { pageIds, readPage, SCOPES } from '../../incidents/store/page.ts';
import type { Incident } from '../../incidents/types.ts';
import type { OperatorRequest } from '../operatorRequest.ts';
import { Unable } from '../terminal.ts';

export interface Stored {
  /** With its acknowledgement, also one that the leader has not read yet. */
  readonly incident: Incident;
}

/** The latest first. */
export async function readIncidents(request: OperatorRequest): Promise<readonly Stored[]> {
  const { region } = request;
  const ids = SCOPES.flatMap((scope) => pageIds(region, scope));
  const items = await request.read([...ids, incidentAcksId(region)]);
  const acks = parseIncidentAcks(items.get(incidentAcksId(region))?.body);
  return ids
    .flatMap((id) => readPage(items.get(id)?.body).incidents)
    .map((incident) => ({ incident: withAck(incident, acks) }))
    .toSorted((a, b) => b.incident.openedAt - a.incident.openedAt);
}

/**
 * The one that is meant: by its whole id, by a part of it that only one has, or by its subject's name (`hq-a`,
 * `hq-a/ApplianceDown`); of several of the same id the latest.
 * @throws {Unable} naming what there is, when none or several are meant.
 */
export function findIncident(all: readonly Stored[], asked: string, region: string): Stored {
  const latest = [...Map.groupBy(all, ({ incident }) => incident.id).values()].flatMap(
    ([first]) => first ?? [],
  );
  const exact = latest.find(({ incident }) => incident.id === asked);
  if (exact !== undefined) return exact;
  const found = latest.filter(({ incident }) => isMeant(incident, asked));
  const open = found.filter(({ incident }) => incident.resolvedAt === null);
  const [only, ...others] = open.length > 0 ? open : found;
  if (only !== undefined && others.length === 0) return only;
  throw new Unable(
    only === undefined
      ? `there is no incident ${asked} in ${region}; ${latest.length === 0 ? 'none is recorded' : `there ${latest.length === 1 ? 'is' : 'are'} ${listed(latest)}`}`
      : `${asked} may mean several incidents; name one: ${listed(open.length > 0 ? open : found)}`,
  );
}

export const isMeant = ({ id, reason, subject: { name } }: Incident, asked: string): boolean =>
  id.includes(asked) || asked === name || asked === `${name}/${reason}`;

const LISTED_MAX = 8;

function listed(all: readonly Stored[]): string {
  const ids = all.slice(0, LISTED_MAX).map(({ incident }) => incident.id);
  const more = all.length - ids.length;
  return `${ids.join(', ')}${more > 0 ? ` and ${more} more: vpn-medic incidents` : ''}`;
}
