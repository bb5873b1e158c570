/** Auto scaling groups of a simulated account: what AWS answers of them, and what `replace` does to a member. */

import { known } from '../../lib/core/reading.ts';
import { IN_SERVICE, type ScalingGroup } from '../../lib/repairs/types/scaling.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import type { Random } from '../../lib/simulator/random.ts';
import type { Snapshot } from '../../lib/simulator/snapshot.ts';
import { exchangeControl } from './instanceControl.ts';

/** By name: the sizes that its owner set. */
export type ScalingSizes = ReadonlyMap<string, Pick<ScalingGroup, 'minSize' | 'desiredCapacity'>>;

/** A member that was to be replaced, and its group right then. */
export interface Replaced {
  readonly instanceId: string;
  readonly atMs: number;
  /** What its group lacked, and had lacked for five seconds; null: nothing. */
  readonly lack: string | null;
}

/** The members of these appliance groups are in an auto scaling group each. */
export function inScalingGroups(snapshot: Snapshot, groups: ReadonlySet<string>): Snapshot {
  const groupOf = (id: string) =>
    snapshot.tags.find((tag) => tag.resourceId === id && tag.key === 'vpn-medic:group')?.value;
  return {
    ...snapshot,
    instances: snapshot.instances.map((one) => {
      const group = groupOf(one.instanceId) ?? '';
      return groups.has(group) ? { ...one, autoScalingGroup: `asg-${group}` } : one;
    }),
  };
}

export const sizesIn = ({ instances }: Snapshot, random: Random): ScalingSizes => {
  const names = instances.flatMap(({ autoScalingGroup }) => autoScalingGroup ?? []);
  return new Map(
    [...new Set(names)].map((name) => {
      const count = names.filter((one) => one === name).length;
      // In some groups one more runs than is wanted: none is launched in place of one that ends.
      const desiredCapacity = count - Number(random.chance(0.2));
      const minSize = desiredCapacity - random.pick([0, 0, 1]);
      return [name, { desiredCapacity, minSize }];
    }),
  );
};

/** Makes the account answer for them from now on; every `replace` that was taken is recorded. */
export function openScaling(
  account: SimAccount,
  sizes: ScalingSizes,
  random: Random,
): readonly Replaced[] {
  const { clock, network, log, groundTruth } = account;
  const replaced: Replaced[] = [];
  /** By id: since when it is called unhealthy. */
  const unhealthy = new Map<string, number>();
  const groupAt = (name: string, atMs: number): ScalingGroup => ({
    name,
    ...(sizes.get(name) ?? { minSize: 0, desiredCapacity: 0 }),
    suspended: [],
    members: network.instances
      .list(`members of ${name}`, atMs, (one) => one.autoScalingGroup === name)
      .filter(({ state }) => state !== 'terminated')
      .map(({ instanceId, state }) => ({
        instanceId,
        lifecycle:
          state === 'pending' ? 'Pending' : state === 'shutting-down' ? 'Terminating' : IN_SERVICE,
        isHealthy: state === 'running' && !((unhealthy.get(instanceId) ?? Infinity) <= atMs),
      })),
  });
  const lackAt = (name: string, instanceId: string, atMs: number): string | null => {
    const { members, minSize, desiredCapacity } = groupAt(name, atMs);
    const others = members.filter((one) => one.instanceId !== instanceId);
    if (others.some((one) => one.lifecycle !== IN_SERVICE || !one.isHealthy))
      return 'another member was not in service, or not healthy';
    if (others.length < minSize - 1) return 'fewer than its least size were in service';
    return others.length < desiredCapacity ? null : 'nothing would be launched in its place';
  };
  const end = (instanceId: string) => {
    network.terminate(instanceId);
    clock.at(clock.monotonicMs() + 1_000 * random.whole(5, 60), () => network.replace(instanceId));
  };
  exchangeControl(account, (_control, started, by) => ({
    async scalingGroup(name, signal) {
      await started.invocation.pass(10 * random.whole(3, 30), signal);
      return known(groupAt(name, clock.monotonicMs()), started.invocation.clock.now());
    },
    async replace(instanceId, group, signal) {
      await started.invocation.pass(10 * random.whole(3, 30), signal);
      const atMs = clock.monotonicMs();
      const lack = lackAt(group, instanceId, atMs) && lackAt(group, instanceId, atMs - 5_000);
      replaced.push({ instanceId, atMs, lack });
      const isLastHealthy = isLast(account, instanceId);
      log.instanceControl.push({ by, instanceId, phase: 'replace', atMs, isLastHealthy });
      if (!unhealthy.has(instanceId)) {
        unhealthy.set(instanceId, atMs);
        // Its health check comes within a minute or two.
        clock.at(atMs + 1_000 * random.whole(5, 90), () => end(instanceId));
      }
      return { kind: 'written' };
    },
  }));
  return replaced;

  function isLast({ network: { instances } }: SimAccount, instanceId: string): boolean {
    const group = groundTruth.groupOf(instanceId);
    const forwarding = instances
      .all()
      .map((one) => one.instanceId)
      .filter((id) => groundTruth.groupOf(id) === group && groundTruth.isForwarding(id));
    return forwarding.length === 1 && forwarding[0] === instanceId;
  }
}
