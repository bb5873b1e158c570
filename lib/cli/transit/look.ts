/** One read-only look at the groups of connections and the transit gateway routes over them. */
import type { ConnectionPath } from '../../core/connectionPath.ts';
import type { Finding } from '../../core/finding.ts';
import { isOfConnection, livePins, parsePins, pinsId } from '../../core/pin.ts';
import type { Reading } from '../../core/reading.ts';
import type { Instant } from '../../core/time.ts';
import { managedRoutes } from '../../transitGateway/assess/routes.ts';
import { assessTransit } from '../../transitGateway/assess.ts';
import { observeTransit } from '../../transitGateway/observe.ts';
import { recallTransit, type TransitMemory } from '../../transitGateway/state.ts';
import type { TransitRoute, TransitWorld } from '../../transitGateway/types/world.ts';
import type { AwsClients } from '../awsClients.ts';
import type { ObserverSetup } from '../pass.ts';

export interface TransitLook {
  readonly world: TransitWorld;
  /** What the leader has learnt, and this look after it. */
  readonly memory: TransitMemory;
  readonly routes: readonly TransitRoute[];
  readonly findings: readonly Finding[];
}

/** `stored`: the memory of the connections' scope as the leader keeps it. Null: there is no group, and was none. */
export async function lookAtTransit(
  { store, region, clock }: Pick<ObserverSetup, 'store' | 'region' | 'clock'>,
  clients: Pick<AwsClients, 'transit'>,
  paths: Reading<readonly ConnectionPath[]>,
  stored: unknown,
  signal: AbortSignal,
): Promise<TransitLook | null> {
  const past = recallTransit(Object(stored).transit);
  const [transit, items] = await Promise.all([
    clients.transit(region),
    store?.read([pinsId(region)], signal),
  ]);
  const now = clock.now();
  const pins = (items?.known === true ? items.value : [])
    .flatMap(({ body }) => parsePins(body) ?? [])
    .filter(isOfConnection);
  const world = await observeTransit({ region, transit }, paths, past, livePins(pins, now), signal);
  return world === null ? null : judged(world, past, now);
}

function judged(world: TransitWorld, past: TransitMemory, now: Instant): TransitLook {
  const { memory, findings } = assessTransit(world, past, now);
  return { world, memory, findings, routes: managedRoutes(world, memory) };
}
