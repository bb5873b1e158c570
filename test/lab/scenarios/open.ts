/** What most scenarios stand on: two appliances, a daemon for each, a watcher that has come to know them. */
import { expect } from '@jest/globals';
import { type AccountSpec, twoAppliances } from '../account/options.ts';
import { startTcpDaemon, type TcpDaemon } from '../daemons/tcpListener.ts';
import type { Call } from '../emulator/calls.ts';
import { applianceOf, type Lab, openLab, tableOf } from '../lab.ts';
import type { Watcher } from '../lambda/watcher.ts';
import { until } from '../pause.ts';

/** Where a scenario is not about the defaults: down after 0.8 s of silence, home after 2 s well and 3 s of rest. */
export const QUICK = {
  PROBE_INTERVAL_MS: '400',
  PROBE_TIMEOUT_MS: '300',
  FALL: '3',
  RISE: '5',
  HOLD_MS: '3000',
  // The daemons of these scenarios have no tunnel to prove.
  FAILBACK: 'probe',
} as const;

export interface Fixture {
  readonly lab: Lab;
  /** The daemons of `vpn-a` and `vpn-b`. */
  readonly a: TcpDaemon;
  readonly b: TcpDaemon;
  /** A watcher that has heard both daemons five times and holds the lease. */
  watch(own?: Readonly<Record<string, string>>, signer?: string): Promise<Watcher>;
  close(): Promise<void>;
}

export interface FixtureOptions {
  readonly account?: (probeA: string, probeB: string) => AccountSpec;
  readonly probeFunctions?: readonly string[];
}

export async function openFixture(candidate: FixtureOptions = {}): Promise<Fixture> {
  const a = await startTcpDaemon();
  const b = await startTcpDaemon();
  const account = candidate.account ?? ((probeA, probeB) => twoAppliances({ probeA, probeB }));
  const names = candidate.probeFunctions ?? [];
  const subnets = Object.fromEntries(names.map((name) => [name, ['subnet-0lab']]));
  const lab = await openLab(account(a.probe, b.probe), subnets);
  return {
    lab,
    a,
    b,
    watch: async (own = QUICK, signer = 'watcher') => {
      const [answeredA, answeredB] = [a.probeCount(), b.probeCount()];
      const watcher = await lab.startWatcher({ own, signer });
      await until(`the watcher to know its appliances: ${watcher.log().slice(-2_000)}`, () => {
        if (watcher.hasEnded())
          throw new Error(`the watcher ended: ${watcher.log().slice(-4_000)}`);
        return (
          a.probeCount() >= answeredA + 5 &&
          b.probeCount() >= answeredB + 5 &&
          hasLease(lab, signer)
        );
      });
      return watcher;
    },
    close: async () => {
      await lab.close();
      await a.close();
      await b.close();
    },
  };
}

/** Every successful ReplaceRoute so far, in order. */
export const movesOf = (lab: Lab): readonly Call[] => lab.gateway.callsOf('ReplaceRoute');

/** Resolves once every route of the zone's table points at this appliance, and no write is still under way. */
export const untilCarriedBy = (lab: Lab, name: string, zone = 'a') =>
  until(`the routes of zone ${zone} to be carried by ${name}`, async () => {
    const targets = await lab.ec2().targetsOf(tableOf(lab, zone).tableId);
    const writes = lab.gateway.callsOf('ReplaceRoute', 'all');
    return (
      targets.length === 1 &&
      targets[0] === applianceOf(lab, name).interfaceId &&
      writes.every((call) => call.status !== null)
    );
  });

/** The appliances that the routes of the zone's table point at now. */
export const nextHopsOf = async (
  lab: Lab,
  zone = 'a',
): Promise<readonly (string | undefined)[]> => {
  const names = new Map(
    ['vpn-a', 'vpn-b'].map((name) => [applianceOf(lab, name).interfaceId, name]),
  );
  const targets = await lab.ec2().targetsOf(tableOf(lab, zone).tableId);
  return targets.map((interfaceId) => names.get(interfaceId));
};

/** Resolves with the first notice to the subscriber that holds all these words. */
export const untilNotified = (lab: Lab, ...words: readonly string[]) =>
  until(
    `a notice with ${words.join(', ')}; told so far:\n${lab.listener.received.map((one) => one.subject).join('\n')}`,
    () =>
      lab.listener.received.find((one) =>
        words.every((word) => `${one.subject}\n${one.text}`.includes(word)),
      ) ?? null,
  );

/** Not one call of any function that writes anything but a route's target, our own table, or a notice. */
export function expectOnlyPermittedWrites(lab: Lab, also: readonly string[] = []): void {
  const called = new Set(lab.gateway.calls.map((call) => call.action));
  const writing = [...called].filter((action) => !READING.test(action));
  expect([...PERMITTED, ...also]).toEqual(expect.arrayContaining(writing));
}

const READING = /^(Describe|Get|List|Search|BatchGetItem|Query|Scan|GET )/;
const PERMITTED = [
  'ReplaceRoute',
  'PutItem',
  'UpdateItem',
  'TransactWriteItems',
  'Publish',
  'Invoke',
];

const hasLease = (lab: Lab, signer: string): boolean =>
  ['PutItem', 'UpdateItem'].some((action) =>
    lab.gateway.callsOf(action).some((call) => call.by === signer),
  );
