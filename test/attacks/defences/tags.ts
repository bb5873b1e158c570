/** What stands against each attack of tags.ts. */
import type { Defence } from '../cut.ts';

export const TAGGED: readonly Defence[] = [
  [
    'an instance tagged for the group, when both members die',
    [
      {
        file: 'lib/appliances/rules.ts',
        defence: "{ rule: 'S2', when: 'choice', holds: targetIsNotAdmitted },",
        without: '',
      },
    ],
    /the stranger got \d+ routes/,
  ],
  [
    'a pool tag, by an honest typo, that names the destination of a living member',
    [
      {
        file: 'lib/appliances/plan/candidates.ts',
        defence: 'if (!isDead(verdict)) return null;',
        without: '',
      },
    ],
    /the well route moves to i-b1/,
  ],
  [
    'the pool tag of an instance that was never admitted, when the next hop dies',
    [
      {
        file: 'lib/appliances/plan/preferredAmongMembers.ts',
        defence: 'preferred.isInherited || isMember(preferred.instanceId) ? preferred : null;',
        without: 'preferred;',
      },
    ],
    /stays on the dead/,
  ],
  [
    'the pool tags of two instances that were never admitted, when the next hop dies',
    [
      {
        file: 'lib/appliances/plan/preferredAmongMembers.ts',
        defence: 'filter(({ instanceId }) => isMember(instanceId));',
        without: 'filter(() => isMember !== undefined);',
      },
    ],
    /stays on the dead/,
  ],
  [
    'a newcomer with the profile of a member, and a move to the other member',
    [
      {
        file: 'lib/appliances/assess/members.ts',
        defence: 'return isNew ? [joining(one, admission.because, known.at)] : [];',
        without: 'return [];',
      },
    ],
    /joined in silence/,
  ],
  [
    'a newcomer with the profile of a member, and a move to the other member',
    [
      {
        file: 'lib/appliances/report.ts',
        defence: '...outcomes.map((outcome) => reportedActionOf(outcome, world.at, nameOf)),',
        without: '',
      },
    ],
    /moved in silence/,
  ],
  [
    'an instance tagged for the group in the zone of a member that was replaced',
    [
      {
        file: 'lib/appliances/observe/preferred.ts',
        defence: 'one.zone === learnt.zone && !isGone(one) && isAdmitted(one, table)',
        without: 'one.zone === learnt.zone && !isGone(one)',
      },
    ],
    /goes back/,
  ],
  [
    'the drill tag of an instance that was never admitted',
    [
      {
        file: 'lib/appliances/plan/drill.ts',
        defence: 'joinOf(one, { topology, memory, policy }).isAdmitted,',
        without: 'joinOf(one, { topology, memory, policy }) !== null,',
      },
    ],
    /for a drill/,
  ],
  [
    'an interface that its owner moved to another instance',
    [
      {
        file: 'lib/appliances/observe/interfaces.ts',
        defence: 'movedTo: movedTo.get(one.interfaceId) ?? null,',
        without: 'movedTo: null,',
      },
      {
        file: 'lib/appliances/observe/interfaces.ts',
        defence: '!movedTo.has(one.interfaceId) &&',
        without: '',
      },
    ],
    /left the owner's choice/,
  ],
  [
    'a probe at an address that never leaves the host',
    [
      {
        file: 'lib/core/cidr.ts',
        defence: 'return HOST_LOCAL.includes(range);',
        without: 'return range === "unicast" && HOST_LOCAL.includes(range);',
      },
    ],
    /127\.0\.0\.1.* may be probed/,
  ],
];
