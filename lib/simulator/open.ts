/** Opens a simulated account from its roles: the fixture that a rehearsal and the live map both start from. */
import { SimAccount } from './account.ts';
import { USUAL_DELAYS } from './delays.ts';
import type { Fault } from './faults.ts';
import type { Roles } from './roles.ts';
import { openTimeline, type Timeline } from './timeline.ts';

export interface Fixture {
  readonly account: SimAccount;
  readonly clock: SimAccount['clock'];
  readonly timeline: Timeline;
  /** The name of a resource; its id when it has none. */
  nameOf(id: string): string;
}

/** One account with every resource of the roles, usual EC2 delays, correct clocks and no fault. */
export function openFixture(roles: Roles, seed: string | number): Fixture {
  const account = new SimAccount({
    snapshot: roles.snapshot,
    seed,
    vantages: roles.vantages,
    pace: USUAL_DELAYS,
    skewMsMax: 0,
    vpn: roles.vpn,
    transit: roles.transit,
    directConnect: roles.directConnect,
    endpoints: roles.endpoints,
    endpointSetups: roles.endpointSetups,
  });
  for (const fault of roles.standing) {
    account.faults.add(fault, standingFromMs(fault), Number.POSITIVE_INFINITY);
  }
  const names = namesOf(roles);
  const nameOf = (id: string) => account.network.instances.get(id)?.name || (names.get(id) ?? id);
  return { account, clock: account.clock, timeline: openTimeline(nameOf), nameOf };
}

/** An appliance fails once it has answered: one that never answered proves nothing. */
const standingFromMs = ({ kind }: Fault): number => (kind === 'host-dead' ? FIRST_ANSWERS_MS : 0);
const FIRST_ANSWERS_MS = 10_000;

const namesOf = ({
  vpn: { connections, customerGateways },
  endpoints,
}: Roles): ReadonlyMap<string, string> =>
  new Map([
    ...connections.map((one) => [one.connectionId, one.name] as const),
    ...customerGateways.map((one) => [one.customerGatewayId, one.name] as const),
    ...endpoints.map((one) => [one.endpointId, one.name] as const),
  ]);
