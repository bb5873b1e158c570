/** Findings about routes that do not fail back for want of a proven tunnel: one for each appliance. Pure. */
import type { Finding } from '../../core/finding.ts';
import { pinOf } from '../../core/pin.ts';
import { counted, shellQuoted } from '../../core/text.ts';
import type { Instant } from '../../core/time.ts';
import { tunnelHold } from '../state/failback.ts';
import type { Memory } from '../state.ts';
import type { Policy } from '../types/policy.ts';
import type { Verdicts } from '../types/verdict.ts';
import type { World } from '../types/world.ts';
import { subjectOf } from './appliance.ts';

export function findHeldFailbacks(
  { topology }: World,
  verdicts: Verdicts,
  memory: Memory,
  policy: Policy,
  now: Instant,
): readonly Finding[] {
  const away = Map.groupBy(
    topology.routes.filter(
      (route) =>
        route.preferred.kind === 'appliance' &&
        route.preferred.instanceId !== route.nextHop &&
        pinOf(memory.pins, route, now) === null,
    ),
    ({ preferred }) => (preferred.kind === 'appliance' ? preferred.instanceId : ''),
  );
  return topology.appliances.flatMap((appliance): readonly Finding[] => {
    const { instanceId, name, zone } = appliance;
    const routes = away.get(instanceId) ?? [];
    const verdict = verdicts.get(instanceId);
    if (routes.length === 0 || verdict?.kind !== 'up') return [];
    const why = tunnelHold(instanceId, verdict, memory, policy);
    if (why === null) return [];
    const carriers = new Set(routes.map(({ nextHop }) => nextHop));
    const names = topology.appliances.filter((one) => carriers.has(one.instanceId));
    const since = memory.appliances.get(instanceId)?.doubt?.since ?? now;
    return [
      {
        reason: 'FailbackHeld',
        subject: subjectOf(appliance),
        severity: 'warning',
        summary: `${counted(routes.length, 'route')} of ${name} (${zone}) ${routes.length === 1 ? 'stays' : 'stay'} on ${names.map((one) => one.name).join(' and ')} though ${name} answers: ${why}.`,
        evidence: routes.map(({ key }) => key),
        since: Math.min(now, since),
        hint: `Test the tunnel of ${name}; when it carries traffic, run: vpn-medic failback ${shellQuoted(instanceId)}`,
      },
    ];
  });
}
