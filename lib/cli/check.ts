/** `vpn-medic check`: one read-only pass over the account, and its findings. */

import type { AwsClients } from './awsClients.ts';
import { readConnections } from './check/connections.ts';
import { readCrls } from './check/crls.ts';
import { readDeployed } from './check/deployed.ts';
import { readEndpointsAndSessions } from './check/endpoints.ts';
import { readListeners } from './check/listeners.ts';
import { readMetrics } from './check/metrics.ts';
import { type Opening, reportOpening } from './check/opening.ts';
import { CHECK_EXITS, reportCheck } from './check/report.ts';
import type { ScopeLook } from './check/scopeLook.ts';
import { writeCheck, writeOpening } from './check/text.ts';
import { watchLooks, watchTiming } from './check/watch.ts';
import { openSource, type PassOptions } from './observer.ts';
import { print } from './output/print.ts';
import { during, showProgress } from './output/progress.ts';
import { render } from './output/textBlocks.ts';
import { type Observation, type ObserverSetup, observeOnce } from './pass.ts';
import { type ExitCode, type Terminal, Unable } from './terminal.ts';

export interface CheckOptions extends PassOptions {
  readonly json?: boolean;
  readonly all?: boolean;
  /** True: every ten seconds. */
  readonly watch?: string | true;
}

/** @throws {Unable} when not even the tags could be read: then there is nothing to report. */
export async function check(
  options: CheckOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  if (options.watch === undefined) return checkOnce(options, terminal, clients);
  if (options.capture !== undefined) {
    throw new Unable('--watch and --capture exclude each other: a capture does not change');
  }
  return watchLooks(watchTiming(options.watch), terminal, (screen) =>
    checkOnce(options, screen, clients),
  );
}

async function checkOnce(
  options: CheckOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const isJson = options.json === true;
  const source = await openSource(options, terminal, clients);
  const { setup } = source;
  const progress = showProgress(terminal, Object.values(READING));
  let opening: Opening | null = null;
  const onOpened = (opened: Opening) => {
    opening = opened;
    if (!isJson) terminal.out(render(writeOpening(opened), terminal));
  };
  const read = () =>
    Promise.all([
      during(progress, READING.appliances, observeWith(setup, onOpened)),
      during(
        progress,
        READING.endpoints,
        readEndpointsAndSessions(setup, source.clients, aMinute()),
      ),
      during(progress, READING.connections, readConnections(setup, source.clients, aMinute())),
      during(progress, READING.others, readOthers(setup, source.clients)),
    ]);
  const [observation, endpoints, connections, others] = await source
    .run(read)
    .finally(progress.stop);
  const deployed = await source.run(() =>
    readDeployed(setup, observation, source.clients, aMinute()),
  );
  const report = reportCheck(observation, endpoints, connections, others, deployed);
  print(terminal, isJson, report, writeCheck(report, opening, options.all === true));
  return CHECK_EXITS[report.result];
}

const READING = {
  appliances: 'reading and probing appliances',
  endpoints: 'reading and probing endpoints',
  connections: 'reading connections',
  others: 'reading metrics and CRLs',
} as const;

/** Whatever else the functions judge. */
const readOthers = (setup: ObserverSetup, clients: AwsClients): Promise<readonly ScopeLook[]> =>
  Promise.all([
    readMetrics(setup, clients, aMinute()),
    readListeners(setup, clients, aMinute()),
    readCrls(setup, clients, aMinute()),
  ]);

const aMinute = () => AbortSignal.timeout(PASS_MS_MAX);

/** Longer than any timeout of ours: reached only where the network drops everything. */
const PASS_MS_MAX = 60_000;

/** @throws {Unable} when nothing of the account can be read. */
export async function observeWith(
  setup: ObserverSetup,
  onOpened: (opening: Opening) => void = () => {},
): Promise<Observation> {
  const observation = await observeOnce(
    setup,
    AbortSignal.timeout(PASS_MS_MAX),
    (world, assessment, leader) => {
      const isSeen = !world.gaps.some(({ what }) => what === 'tags');
      if (isSeen || setup.capture !== undefined)
        onOpened(reportOpening(world, assessment, setup.viewpoint, leader, setup.capture ?? null));
    },
  );
  // A capture may be of connections alone: then the appliances are a gap.
  if (!observation.inventory.tags.known && setup.capture === undefined) {
    const why =
      observation.world.gaps.find(({ what }) => what === 'tags')?.why ?? 'its tags are missing';
    throw new Unable(`nothing can be read in ${setup.region}: ${why}. ${remedyFor(why)}`);
  }
  return observation;
}

/** By our own words for what AWS answered. */
function remedyFor(why: string): string {
  if (why.includes(' not accepted ')) {
    return 'Name credentials that are valid: set AWS_PROFILE, or renew them (aws sso login)';
  }
  return why.includes(' denied ')
    ? 'The credentials that you use need ec2:DescribeTags and the other read actions of the watcher'
    : 'See that the network leads to AWS, and that AWS_ENDPOINT_URL, if it is set, is right';
}
