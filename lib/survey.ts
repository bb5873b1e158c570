/** One look at everything that the map shows. Reads only: it writes nothing and tells nobody. */
import { mapAppliances } from './map/appliances.ts';
import type { MapScene } from './map/scene.ts';
import type { Policy } from './model/policy.ts';
import { once } from './once.ts';
import type { Ports } from './ports.ts';

export async function survey(
  ports: Ports,
  accountId: string | null,
  policy: Policy,
  signal: AbortSignal,
): Promise<MapScene> {
  const { tick } = await once(ports, { accountId, policy, speaks: false }, signal);
  const { world, assessment, memory, plan } = tick;
  return mapAppliances({
    world,
    assessment,
    // What only this look holds back, because it may not write, is no news: the watcher does it.
    held: plan.held.filter(({ rule }) => rule !== 'observe' || policy.mode === 'observe'),
    groups: memory.groups,
    mode: policy.mode,
  });
}
