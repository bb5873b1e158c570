/** A capture in place of the account: the real adapters over recorded answers, on a clock of its own. */

import { isIP } from 'node:net';
import type { Capture } from '../../capture/types.ts';
import { known } from '../../core/reading.ts';
import { awsError, MISSING, textOf } from '../../replay/fields.ts';
import { openObjects } from '../../replay/objects.ts';
import { openRegion } from '../../replay/region.ts';
import { VirtualClock } from '../../simulator/clock.ts';
import { type AwsClients, awsClients } from '../awsClients.ts';
import { HERE, type ObserverSetup, type Viewpoint } from '../pass.ts';
import { readCaptures } from '../replay/files.ts';
import { Unable } from '../terminal.ts';

export interface CapturedAccount {
  readonly file: string;
  readonly clients: AwsClients;
  readonly setup: ObserverSetup;
  /** What is odd about the file, one sentence each. */
  readonly notes: readonly string[];
  /** Runs a job on the capture's clock, to its end. */
  run<T>(job: () => Promise<T>): Promise<T>;
}

export interface CapturedOptions {
  readonly region?: string;
  /** False: recorded probes are left out. */
  readonly probes?: boolean;
}

/**
 * The account as the newest answers of the file show it.
 * @throws {Unable} for a file that is no capture, or is one of another region.
 */
export async function openCaptured(
  file: string,
  { region: asked, probes = true }: CapturedOptions,
): Promise<CapturedAccount> {
  const { captures, notes } = await readCaptures([file]);
  const capture = captureOf(file, captures, asked);
  const { region } = capture;
  const recorded = capture.answers.filter(({ service }) => service !== 'medic');
  const clock = new VirtualClock((recorded.at(-1) ?? capture.answers.at(-1))?.at ?? 0);
  const objects = openObjects([], { source: '', published: '' }, clock);
  const opened = openRegion(capture.answers, objects, clock, () => {});
  const lazy = awsClients(clock, async (call, send) => {
    if (call.region === region) return opened.onCall(call, send);
    throw awsError(MISSING, `the capture is of ${region}`);
  });
  const clients: AwsClients = {
    ...lazy,
    ...(await openedClients(lazy, region)),
    profileRegion: async () => region,
    probes: async () => opened.probed.probes,
    endpointReachability: async () => opened.probed.endpointProbes,
    identity: async () => ({
      caller: async () => known({ accountId: capture.account, arn: '' }, clock.now()),
    }),
    stack: async () => ({ outputs: async () => known(null, clock.now()) }),
    store: () => Promise.reject(new Unable('a capture holds no state table')),
    repairs: () => Promise.reject(new Unable('a capture cannot be repaired')),
  };
  return {
    file,
    clients,
    notes,
    setup: {
      region,
      clock,
      ec2: await clients.ec2(region),
      probes: opened.probed.probes,
      store: null,
      homeRegion: region,
      viewpoint: probes ? viewpointOf(capture) : 'none',
      capture: file,
      accountId: capture.account,
    },
    run: (job) => clock.through(job()),
  };
}

/** Opened before the clock is virtual: an import takes real time, and none passes there. */
async function openedClients(lazy: AwsClients, region: string) {
  const [
    ec2,
    vpn,
    transit,
    endpoints,
    crlEndpoints,
    metrics,
    watchTags,
    securityGroups,
    discovery,
    network,
    surroundings,
    dns,
    loadBalancers,
    agents,
  ] = await Promise.all([
    lazy.ec2(region),
    lazy.vpn(region),
    lazy.transit(region),
    lazy.endpoints(region),
    lazy.crlEndpoints(region),
    lazy.metrics(region),
    lazy.watchTags(region),
    lazy.securityGroups(region),
    lazy.discovery(region),
    lazy.network(region),
    lazy.surroundings(region),
    lazy.dns(region),
    lazy.loadBalancers(region),
    lazy.agents(region, region),
  ]);
  return {
    ec2: async () => ec2,
    vpn: async () => vpn,
    transit: async () => transit,
    endpoints: async () => endpoints,
    crlEndpoints: async () => crlEndpoints,
    metrics: async () => metrics,
    watchTags: async () => watchTags,
    securityGroups: async () => securityGroups,
    discovery: async () => discovery,
    network: async () => network,
    surroundings: async () => surroundings,
    dns: async () => dns,
    loadBalancers: async () => loadBalancers,
    agents: async () => agents,
  };
}

/** @throws {Unable} when the file does not hold the region that is meant. */
function captureOf(file: string, captures: readonly Capture[], asked: string | undefined): Capture {
  const regions = captures.map(({ region }) => region);
  const [only, ...others] = captures.filter(({ region }) => (asked ?? region) === region);
  if (only === undefined) {
    throw new Unable(`--region ${asked}: the capture ${file} is of ${regions.join(' and ')}`);
  }
  if (others.length > 0) {
    throw new Unable(
      `the capture ${file} holds ${regions.join(' and ')}: say which, as in --region ${only.region}`,
    );
  }
  return only;
}

/** A capture that names no vantage, or this machine alone, was taken from a machine like this one. */
function viewpointOf({ answers }: Capture): Viewpoint {
  const vantages = new Set(
    answers.flatMap(({ service, input }) =>
      service === 'probe' && isIP(textOf(input['address'])) !== 0
        ? [textOf(input['vantage']) || 'here']
        : [],
    ),
  );
  if (vantages.size === 0) return 'none';
  return [...vantages].every((one) => one === 'here' || one === HERE) ? 'machine' : 'functions';
}
