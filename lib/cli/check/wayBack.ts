/** Whether anything is seen of the far side's half of the path, and of what a failback leads into. Pure. */
import type { Appliance } from '../../appliances/types/topology.ts';
import type { Observation } from '../pass.ts';

export interface WayBackReport {
  /** `some`: through some of the group's appliances. */
  readonly isSeen: 'yes' | 'some' | 'no';
  readonly because: string;
  /** Null: nothing. */
  readonly toDo: string | null;
}

const RECIPE = 'docs/probes.md, "Prove the tunnel" and "The way back"';

/**
 * An answer from behind the tunnel proves the tunnel and the way back of that packet. Without one neither is seen: routes
 * move to an appliance whose far side may send no answer there, and back to one whose daemon came back without its tunnel.
 */
export function reportWayBack(
  group: string,
  { world, assessment, own }: Pick<Observation, 'world' | 'assessment' | 'own'>,
): WayBackReport {
  const members = world.topology.appliances.filter((one) => one.group === group);
  const isSeen = ({ instanceId }: Appliance): boolean =>
    [assessment, own].some(({ verdicts }) => {
      const verdict = verdicts.get(instanceId);
      return verdict?.kind === 'up' && SEEN.has(verdict.tunnel ?? '');
    });
  const seen = members.filter(isSeen);
  const unseen = members.filter((one) => !isSeen(one));
  if (unseen.length === 0) {
    return {
      isSeen: 'yes',
      because: `${namesOf(seen)} ${seen.length === 1 ? 'passes' : 'pass'} probes to and fro`,
      toDo: null,
    };
  }
  const asking = unseen.filter(isProbedThrough);
  const why =
    asking.length > 0
      ? `no answer came back through ${namesOf(asking)}`
      : `nothing is probed through the tunnels of ${namesOf(unseen)}`;
  return {
    isSeen: seen.length === 0 ? 'no' : 'some',
    because: `${why}: a dead tunnel behind a living daemon, also after a failback, and a far side without a way back would not be seen`,
    toDo: RECIPE,
  };
}

const SEEN: ReadonlySet<string> = new Set(['proven', 'answering']);

const isProbedThrough = ({ probes, ownAddresses }: Appliance): boolean =>
  probes.some((clause) =>
    clause.every(({ address }) => address !== null && !ownAddresses.includes(address)),
  );

const namesOf = (members: readonly Appliance[]): string =>
  members.map(({ name }) => name).join(', ');
