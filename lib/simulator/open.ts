/** The account that is played, by its cast: what a rehearsal and the live page both begin with. */
import { SimAccount } from './account.ts';
import { USUAL_PACE } from './delays.ts';
import type { Cast } from './roles.ts';
import { openTimeline, type Timeline } from './timeline.ts';

export interface Stage {
  readonly account: SimAccount;
  readonly clock: SimAccount['clock'];
  readonly timeline: Timeline;
  /** A name where there is one, else the id. */
  nameOf(id: string): string;
}

/** The whole cast in one account at its usual pace, every clock right, nothing broken yet. */
export function openStage(cast: Cast, seed: string | number): Stage {
  const account = new SimAccount({
    snapshot: cast.snapshot,
    seed,
    vantages: cast.vantages,
    pace: USUAL_PACE,
    skewMsMax: 0,
    vpn: cast.vpn,
    endpoints: cast.endpoints,
  });
  const names = namesOf(cast);
  const nameOf = (id: string) => account.estate.instances.get(id)?.name || (names.get(id) ?? id);
  return { account, clock: account.clock, timeline: openTimeline(nameOf), nameOf };
}

const namesOf = ({
  vpn: { connections, customerGateways },
  endpoints,
}: Cast): ReadonlyMap<string, string> =>
  new Map([
    ...connections.map((one) => [one.connectionId, one.name] as const),
    ...customerGateways.map((one) => [one.customerGatewayId, one.name] as const),
    ...endpoints.map((one) => [one.endpointId, one.name] as const),
  ]);
