/** What other users of an account do to it, and what lies in the state table: attacks that scenarios play. */
import { launchBeside } from '../account/build.ts';
import { REGION } from '../account/options.ts';
import type { TcpDaemon } from '../daemons/tcpListener.ts';
import { applianceOf, tableOf } from '../lab.ts';
import { until } from '../pause.ts';
import type { Fixture } from './open.ts';

/** Somebody's own instance, tagged for the group, beside vpn-a; answers its probe. */
export async function intrude(
  { lab }: Pick<Fixture, 'lab'>,
  daemon: TcpDaemon,
  tags: Readonly<Record<string, string>> = {},
) {
  const spec = { name: 'stranger', zone: 'a', probe: daemon.probe, extraTags: tags } as const;
  const stranger = await launchBeside(lab.emulator().url, applianceOf(lab, 'vpn-a'), 'hub', spec);
  await until('the stranger to be probed', () => daemon.probeCount() >= 8);
  return stranger;
}

const now = () => Date.now();
const key = (fixture: Fixture) => `${tableOf(fixture.lab, 'a').tableId} 10.20.0.0/16`;
const state = (over: object) =>
  JSON.stringify({
    token: 1,
    appliances: {},
    groups: {},
    pending: {},
    budget: { tokens: 40, at: now() },
    ...over,
  });

/** Items of the state table, by what they say. */
export const LIES = [
  [
    'lists in lists, 50,000 deep',
    () => [`state#${REGION}#appliances`, `${'['.repeat(50_000)}${']'.repeat(50_000)}`],
  ],
  [
    'three invented failovers and hold-downs in the far future',
    (fixture) => [
      `state#${REGION}#appliances`,
      state({
        groups: {
          hub: {
            lastFailoverAt: now() + 1e12,
            flapCount: 100,
            failovers: { [key(fixture)]: [now() - 3, now() - 2, now() - 1] },
            lastTargets: { [key(fixture)]: applianceOf(fixture.lab, 'vpn-a').interfaceId },
            pinnedAts: { [key(fixture)]: now() },
          },
        },
      }),
    ],
  ],
  [
    'a debt of the write budget',
    () => [`state#${REGION}#appliances`, state({ budget: { tokens: -1e9, at: now() } })],
  ],
  [
    'a lease from the future',
    () => [
      `lease#${REGION}#appliances`,
      JSON.stringify({
        leader: 'nobody',
        token: 1,
        renewedAt: now() + 1e10,
        // Just after the watcher that is to find it: a newer leader is left to lead.
        startedAt: now() + 4_000,
        isLookRequested: false,
      }),
    ],
  ],
] as const satisfies readonly (readonly [
  what: string,
  item: (fixture: Fixture) => readonly [id: string, body: string],
])[];
