/** What stands against each attack of play.ts. */
import type { Defence } from '../cut.ts';

export const PLAYED: readonly Defence[] = [
  [
    'one empty answer',
    [
      {
        file: 'lib/appliances/observe/cachedReading.ts',
        defence: '(item) => !ids.has(idOf(item)) && !doubtedIds.has(idOf(item)),',
        without: '() => false,',
      },
    ],
    /the interface is gone/,
  ],
  [
    'one emptied answer about the associations of an endpoint',
    [
      {
        file: 'lib/clientVpn/observe/associations.ts',
        defence: 'return wasClosed !== (open.length === 0);',
        without: 'return false;',
      },
    ],
    /nobody can connect/,
  ],
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
  [
    'a stored item nested 200,000 deep',
    [
      {
        file: 'lib/core/storedText.ts',
        defence: 'if (depth > DEPTH_MAX || count > VALUES_MAX) return null;',
        without: '',
      },
    ],
    /the reader died: RangeError/,
  ],
  [
    'a debt of the write budget in the state',
    [
      {
        file: 'lib/appliances/state/stored.ts',
        defence: 'Math.max(0, budget.tokens)',
        without: 'budget.tokens',
      },
    ],
    /held/,
  ],
  [
    'a lease that was renewed in the future',
    [
      {
        file: 'lib/watcher/lease/item.ts',
        defence: ' && renewedAt <= now + FUTURE_MS;',
        without: ';',
      },
    ],
    /no process leads/,
  ],
  [
    'a stored appliance that never was, and owns a firewall’s interface',
    [
      {
        file: 'lib/appliances/observe/interfaces.ts',
        defence: '!movedTo.has(one.interfaceId) &&',
        without: '',
      },
      {
        file: 'lib/appliances/observe/interfaces.ts',
        defence: 'movedTo: movedTo.get(one.interfaceId) ?? null,',
        without: 'movedTo: null,',
      },
    ],
    /0\.0\.0\.0\/0 is managed/,
  ],
  [
    'a name that ends the command it is printed in',
    [
      {
        file: 'lib/core/text.ts',
        defence: '/^[\\w@%+=:,./-]+$/.test(text) ? text :',
        without: 'text.length > 0 ? text :',
      },
    ],
    /the shell ran: a/,
  ],
  [
    'a name that mail and chat make a link of',
    [{ file: 'lib/core/text.ts', defence: ".replace(HOST_END, '[.]')", without: '' }],
    /evil-bank\.com.*evil\.zip/,
  ],
  [
    'an upload that stops the function each time it is read',
    [
      {
        file: 'lib/crl/observe/strangers.ts',
        defence: 'await marks.begin(upload);',
        without: '',
      },
    ],
    /died four times/,
  ],
  [
    'replays of one list under a hundred names',
    [
      {
        file: 'lib/crl/rules/names.ts',
        defence: 'if (holder === null || holder === fileName) return null;',
        without: 'if (holder !== undefined) return null;',
      },
    ],
    /[2-9]\d* public names|1\d+ public names/,
  ],
  [
    'a read before the write that is never answered',
    [
      {
        file: 'lib/appliances/act/insist.ts',
        defence: 'const SILENT_MS = 500;',
        without: 'const SILENT_MS = 60_000;',
      },
    ],
    /waited for \d+ ms/,
  ],
];
