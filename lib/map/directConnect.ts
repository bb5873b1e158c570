/** Direct Connect on the map, from the poll's stored state. Pure. */
import { type Instant, toIso } from '../core/time.ts';
import type { NetworkMemory, SeenInterface } from '../network/state.ts';
import type { LeaderView } from '../watcher/leaderView.ts';
import type { Health, MapSite } from './scene.ts';

/**
 * One card: each gateway with the virtual interfaces below it, as the poll read them within the last hour. An incident of
 * an interface or of its connection that `leader` has open is newer. `isCurrent` false: no leader has looked in time.
 */
export function mapDirectConnect(
  { directConnect }: Pick<NetworkMemory, 'directConnect'>,
  leader: Pick<LeaderView, 'incidents'> | null,
  isCurrent: boolean,
): readonly MapSite[] {
  if (directConnect === null || directConnect.interfaces.length === 0) return [];
  const { at, interfaces } = directConnect;
  return [
    {
      id: 'direct-connect',
      name: 'Direct Connect',
      isDirectConnect: true,
      connections: [...Map.groupBy(interfaces, ({ gatewayId }) => gatewayId)].map(([id, own]) => ({
        id,
        name: id || 'no gateway',
        gateway: own[0]?.leadsTo.join(', ') || 'its VPC',
        tunnels: own.map((one) => ({
          id: one.interfaceId,
          name: one.name,
          ...judge(one, at, leader?.incidents ?? [], isCurrent),
        })),
      })),
    },
  ];
}

function judge(
  { isUp, interfaceId, connectionId }: SeenInterface,
  at: Instant,
  incidents: LeaderView['incidents'],
  isCurrent: boolean,
): { readonly health: Health; readonly why: string } {
  const open = incidents.find(
    ({ reason, subject: { id } }) =>
      (reason === 'DirectConnectBgpDown' && id.includes(interfaceId)) ||
      (reason === 'DirectConnectDown' && id.includes(connectionId)),
  );
  if (open !== undefined) return { health: 'down', why: open.summary };
  if (isUp === null) return { health: 'unsure', why: 'AWS does not say' };
  const why = `BGP ${isUp ? 'up' : 'down'} when read at ${toIso(at)}`;
  if (!isCurrent) return { health: 'unsure', why: `${why}; nothing polls now` };
  return { health: isUp ? 'well' : 'down', why };
}
