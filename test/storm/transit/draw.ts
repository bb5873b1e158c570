/** Draws what happens in a storm over transit gateway routes. */
import type { SimAccount } from '../../../lib/simulator/account.ts';
import type { Fault } from '../../../lib/simulator/faults.ts';
import type { Random } from '../../../lib/simulator/random.ts';
import { ATTACHMENTS, STRANGER } from '../../builders/transitAccount.ts';
import { MINUTE, type Shape } from './shape.ts';

type Gateway = SimAccount['vpn']['network']['customerGateways'][number];

interface Drawn {
  readonly fault: Fault;
  readonly startMs: number;
  readonly endMs: number;
}

export function draw(random: Random, account: SimAccount, shape: Shape): readonly Drawn[] {
  const { stormMs, faultsMin, faultsMax, faultMsMax } = shape;
  const count = random.whole(faultsMin, faultsMax);
  const { customerGateways } = account.vpn.network;
  const connections = account.vpn.network.connections.slice(0, 3);
  if (random.chance(0.15)) return again(customerGateways, random);
  return Array.from({ length: count }, (): Drawn => {
    const connection = random.pick(connections);
    const { connectionId } = connection;
    const { outsideIp } = random.pick(connection.tunnels);
    const { destination } = random.pick(
      account.transit.network.routes.slice(0, shape.routeCount + 2),
    );
    const dead = deadOf(random.pick(customerGateways));
    const frozen: Fault = { kind: 'process-frozen', forMs: 1_000 * random.whole(5, 40) };
    const joins: Fault = { kind: 'connection-joins', connectionId: STRANGER, group: 'core' };
    const kinds: readonly Fault[] = [
      ...Array.from({ length: 10 }, () => dead),
      { kind: 'tunnel-down', connectionId, outsideIp, isBgp: random.chance(0.3) },
      {
        kind: 'tunnel-flapping',
        connectionId,
        outsideIp,
        periodMs: MINUTE * random.whole(2, 6),
        downMs: 10_000 * random.whole(2, 9),
      },
      { kind: 'telemetry-missing', connectionId },
      { kind: 'telemetry-strange', connectionId },
      { kind: 'telemetry-ahead', byMs: random.whole(1, 120) * 1_000 },
      { kind: 'vpn-unreadable', why: 'not accepted (AuthFailure)' },
      { kind: 'vpn-throttled', chance: 0.6 },
      { kind: 'transit-unreadable', why: 'denied (UnauthorizedOperation)' },
      { kind: 'transit-throttled', chance: 0.4 },
      { kind: 'transit-write-refused' },
      {
        kind: 'transit-write-unclear',
        chance: random.whole(2, 10) / 10,
        isAfterEffect: random.chance(0.5),
      },
      {
        kind: 'rival-transit-route',
        tableId: 'tgw-rtb-1',
        destination,
        attachmentId: random.pick(ATTACHMENTS),
      },
      ...Array.from({ length: 3 }, () => joins),
      ...Array.from({ length: 5 }, () => frozen),
      { kind: 'watcher-killed' },
      { kind: 'store-unreachable' },
      { kind: 'store-flaky', chance: 0.3 },
      { kind: 'store-garbage' },
      { kind: 'notifications-failing' },
      { kind: 'schedule-missed' },
      { kind: 'person-pauses', forMs: 5 * MINUTE },
      { kind: 'person-pins', group: 'core', instanceId: connectionId, forMs: 8 * MINUTE },
    ];
    const fault = random.pick(kinds);
    const startMs = random.whole(0, stormMs - stormMs / 8);
    const lastsMs = random.whole(MINUTE / 2, faultMsMax);
    return { fault, startMs, endMs: Math.min(stormMs, startMs + lastsMs) };
  });
}

const deadOf = ({ customerGatewayId }: Gateway): Fault => ({
  kind: 'customer-device-dead',
  customerGatewayId,
});

/**
 * Nothing but a device that dies, comes back for longer than the hold-down, and dies again: three failovers of the shortest
 * hold. Then another one dies, on which the routes may be by now.
 */
function again(gateways: readonly Gateway[], random: Random): readonly Drawn[] {
  const first = random.pick(gateways);
  const deaths = [0, 70_000, 150_000].map((startMs) => ({
    fault: deadOf(first),
    startMs,
    endMs: startMs + 25_000,
  }));
  const then = random.pick(gateways.filter((one) => one !== first));
  return [...deaths, { fault: deadOf(then), startMs: 180_000, endMs: 240_000 }];
}
