/** What stands against each attack of lies.ts. */
import type { Defence } from '../cut.ts';

export const LIES: readonly Defence[] = [
  [
    'a forged pin to an instance that was never admitted',
    [
      {
        file: 'lib/appliances/rules.ts',
        defence: "{ rule: 'S2', when: 'choice', holds: targetIsNotAdmitted },",
        without: '',
      },
    ],
    /moves to i-stranger/,
  ],
  [
    'a forged pin to a member that is dead',
    [
      {
        file: 'lib/appliances/rules.ts',
        defence: "{ rule: 'S2', when: 'choice', holds: targetIsUnfit },",
        without: '',
      },
      {
        file: 'lib/appliances/rules.ts',
        defence: "{ rule: 'S5', when: 'choice', holds: preferredHasNotRisen },",
        without: '',
      },
    ],
    /moves to the dead i-b1/,
  ],
  [
    'a forged pin for ever',
    [
      {
        file: 'lib/core/pin.ts',
        defence: 'until: Math.min(pin.until, pin.at + PIN_MS_MAX)',
        without: 'until: pin.until',
      },
    ],
    /after more than a week/,
  ],
  [
    'a forged pin from the far future',
    [
      {
        file: 'lib/core/pin.ts',
        defence: 'if (pin.at > now + AHEAD_MS) continue;',
        without: '',
      },
    ],
    /for months/,
  ],
  [
    'three invented failovers',
    [
      {
        file: 'lib/appliances/rules.ts',
        defence: "if (move.kind === 'failover') return null;",
        without: '',
      },
    ],
    /stays on the dead/,
  ],
  [
    'a page of incidents with a fencing token that no leader ever had',
    [
      {
        file: 'lib/incidents/store.ts',
        defence: 'if (page.token > token && !(await isLeader())) return',
        without: 'if (page.token > token) return',
      },
    ],
    /notifies again/,
  ],
  [
    'a refusal that EC2 never gave, of a thousand tries',
    [
      {
        file: 'lib/appliances/state/stored.ts',
        defence: 'tryCount: Math.min(write.tryCount, TRIES_BELIEVED),',
        without: '',
      },
    ],
    /stays on the dead/,
  ],
];
