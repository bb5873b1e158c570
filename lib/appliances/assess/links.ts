/** Which Site-to-Site connections end on an appliance: when it is down, so are they. Pure. */
import type { Link } from '../../core/connectionEnds.ts';
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
export const linkText = (links: readonly Link[]): string =>
  links.length === 0
    ? ''
    : ` Down with it: ${links.map(({ name, connectionId, routeCount }) => `connection ${name} (${connectionId}), ${counted(routeCount, 'transit gateway route')}`).join('; ')}.`;

/** As it is stored for the poll of connections, which then names its appliance as the cause. */
export const linkedIds = (links: readonly Link[]): Pick<ApplianceMemory, 'connectionIds'> =>
  links.length === 0 ? {} : { connectionIds: links.map(({ connectionId }) => connectionId) };
