/** Which Site-to-Site connections end on an appliance: when it is down, so are they. Pure. */
import type { Link } from '../../core/links.ts';
import { counted } from '../../core/text.ts';
import type { ApplianceMemory, Memory } from '../state.ts';
import type { Appliance } from '../types/topology.ts';

/** Links are of public addresses alone: a private one may be another machine's in another network. */
export const linksOf = (
  { ownAddresses }: Appliance,
  { links = [] }: Pick<Memory, 'links'>,
): readonly Link[] =>
  links.length === 0 ? links : links.filter(({ address }) => ownAddresses.includes(address));

/** One sentence; empty without a connection. */
export function linkText(links: readonly Link[]): string {
  if (links.length === 0) return '';
  const names = links.slice(0, NAMED_MAX).map(({ name, connectionId, routeCount }) => {
    const id = name === connectionId ? connectionId : `${name} (${connectionId})`;
    return routeCount === 0 ? id : `${id}, ${counted(routeCount, 'transit gateway route')}`;
  });
  const rest = links.length - names.length;
  return ` ${counted(links.length, 'Site-to-Site connection')} ${links.length === 1 ? 'ends' : 'end'} on it and ${links.length === 1 ? 'goes' : 'go'} down with it: ${names.join('; ')}${rest > 0 ? ` and ${rest} more` : ''}.`;
}

const NAMED_MAX = 5;

/** As it is stored for the poll of connections, which then names its appliance as the cause. */
export const linkedIds = (links: readonly Link[]): Pick<ApplianceMemory, 'connectionIds'> =>
  links.length === 0 ? {} : { connectionIds: links.map(({ connectionId }) => connectionId) };
