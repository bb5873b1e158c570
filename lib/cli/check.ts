/** `vpn-medic check`: looks once, writes nothing, says what it saw. */

import type { AwsClients } from './awsClients.ts';
import { lookAtConnections } from './check/connectionPass.ts';
import { lookAtEndpoints } from './check/endpointPass.ts';
import { exitOf, type Opening, reportCheck, reportOpening } from './check/report.ts';
import { writeCheck, writeOpening } from './check/text.ts';
import { type LookOptions, openObserverSetup } from './observer.ts';
import { harmlessJson } from './output/safeText.ts';
import { render } from './output/textBlocks.ts';
import { look, type Observation, type ObserverSetup } from './pass.ts';
import { type ExitCode, type Terminal, Unable } from './terminal.ts';

export interface CheckOptions extends LookOptions {
  readonly json?: boolean;
  readonly all?: boolean;
}

/** @throws {Unable} when not even the tags could be read: then there is nothing to report. */
export async function check(
  options: CheckOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const isJson = options.json === true;
  const observerSetup = await openObserverSetup(options, terminal, clients);
  const [observation, endpoints, connections] = await Promise.all([
    lookWith(observerSetup, (opening) => {
      if (isJson) return;
      terminal.out(render(writeOpening(opening, options.all === true), terminal));
    }),
    lookAtEndpoints(observerSetup, clients, AbortSignal.timeout(LOOK_MS_MAX)),
    lookAtConnections(observerSetup, clients, AbortSignal.timeout(LOOK_MS_MAX)),
  ]);
  const report = reportCheck(observation, endpoints, connections);
  terminal.out(isJson ? `${harmlessJson(report)}\n` : render(writeCheck(report), terminal));
  return exitOf(report);
}

/** Longer than any of our own patience: only a network that swallows everything gets here. */
const LOOK_MS_MAX = 60_000;

/** @throws {Unable} when nothing of the account can be read. */
export const lookAround = async (
  options: LookOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<Observation> => lookWith(await openObserverSetup(options, terminal, clients), () => {});

async function lookWith(
  observerSetup: ObserverSetup,
  onOpened: (opening: Opening) => void,
): Promise<Observation> {
  const observation = await look(
    observerSetup,
    AbortSignal.timeout(LOOK_MS_MAX),
    (world, assessment) => {
      const isSeen = !world.gaps.some(({ what }) => what === 'tags');
      if (isSeen) onOpened(reportOpening(world, assessment, observerSetup.viewpoint));
    },
  );
  if (!observation.inventory.tags.known) {
    const why =
      observation.world.gaps.find(({ what }) => what === 'tags')?.why ?? 'its tags are missing';
    throw new Unable(`nothing can be read in ${observerSetup.region}: ${why}. ${remedyFor(why)}`);
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
