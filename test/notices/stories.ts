/** The stories whose notices docs/notices.md shows, played in the simulated account. Add yours at the end of the list. */
import type { Notification } from '../../lib/incidents/types.ts';
import { REPAIRS_HELP, type RepairOdds } from '../../lib/simulator/instanceControl.ts';
import { type Scenario } from '../../lib/simulator/scenario/types.ts';
import { FIRST_FAULT_MS, SCENARIOS } from '../../lib/simulator/scenario.ts';
import { playCrl, playPolled } from './managed.ts';

/** A story whose notifications come from somewhere else than the watcher. */
export interface PlayedStory {
  readonly title: string;
  readonly notifications: () => Promise<readonly Notification[]>;
}

export interface NotificationStory {
  readonly title: string;
  /** What happens to the account, and when. */
  readonly scenario: Pick<Scenario, 'spellsIn' | 'lastsMs' | 'repairOf'>;
  /** What repairs come to; absent: they help. */
  readonly random?: RepairOdds;
}

const MINUTE_MS = 60_000;

const rehearsed = (name: string, title: string, lastsMs?: number): NotificationStory => {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  return { title, scenario: lastsMs === undefined ? scenario : { ...scenario, lastsMs } };
};

const polled = (name: string, title: string): PlayedStory => {
  const { scenario } = rehearsed(name, title);
  return { title, notifications: () => playPolled(scenario) };
};

export const STORIES: readonly (NotificationStory | PlayedStory)[] = [
  rehearsed(
    'process-dead',
    'The VPN service of one appliance dies, and comes back after two minutes',
  ),
  rehearsed('zone-dead', 'A whole Availability Zone fails'),
  rehearsed('all-dead', 'Nothing answers any more'),
  rehearsed(
    'flapping',
    'An appliance that dies every ten minutes, until its routes stay away',
    45 * MINUTE_MS,
  ),
  {
    title: 'EC2 cannot be read while an appliance is down',
    scenario: {
      lastsMs: 6 * MINUTE_MS,
      spellsIn: ({ appliances: [one] }) =>
        one === undefined
          ? null
          : [
              {
                fault: {
                  kind: 'api-unreadable',
                  action: 'DescribeRouteTables',
                  why: 'UnauthorizedOperation: You are not authorized to perform this operation.',
                },
                startMs: FIRST_FAULT_MS,
                endMs: FIRST_FAULT_MS + 2 * MINUTE_MS,
              },
              {
                fault: { kind: 'host-dead', instanceId: one.instanceId },
                startMs: FIRST_FAULT_MS + 40_000,
                endMs: FIRST_FAULT_MS + 4 * MINUTE_MS,
              },
            ],
    },
  },
  {
    title: 'Somebody switches the source/destination check on',
    scenario: {
      lastsMs: 4 * MINUTE_MS,
      spellsIn: ({ appliances }) => {
        const idle = appliances.at(-1);
        return idle === undefined
          ? null
          : [
              {
                fault: { kind: 'source-dest-check-on', instanceId: idle.instanceId },
                startMs: FIRST_FAULT_MS,
                endMs: FIRST_FAULT_MS + 2 * MINUTE_MS,
              },
            ];
      },
    },
  },
  rehearsed('repaired', 'An appliance whose service hangs, and is restarted by the medic'),
  {
    ...rehearsed('repaired', 'An appliance that no repair brings back', 20 * MINUTE_MS),
    random: { ...REPAIRS_HELP, helps: 0 },
  },
  polled('site-lost', 'A site loses one tunnel after the other, and its last connection'),
  polled('endpoints-dark', 'Client VPN endpoints answer no more, first one, then all of a region'),
  polled('list-expiring', "A Client VPN endpoint's CRL is not renewed, and expires"),
  {
    title: 'A CA restored from a backup signs a list that lacks revoked certificates',
    notifications: playCrl,
  },
];
