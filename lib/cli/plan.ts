/** `vpn-medic plan --fail …`: what would move where if that failed now, and what would have no healthy next hop. */

import type { Move } from '../appliances/types/plan.ts';
import type { AwsClients } from './awsClients.ts';
import { readConnections } from './check/connections.ts';
import { observeWith } from './check.ts';
import { openSource, type PassOptions } from './observer.ts';
import { print } from './output/print.ts';
import type { ObserverSetup } from './pass.ts';
import { type Capacity, readCapacity } from './plan/capacity.ts';
import { failableOf, findFailing } from './plan/failing.ts';
import { movesOf, PLAN_EXITS, reportPlan } from './plan/report.ts';
import { writePlan } from './plan/text.ts';
import { reportSubjects, writeSubjects } from './plan/what.ts';
import { CANNOT_TELL, type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

export interface PlanOptions extends PassOptions {
  /** Absent: what there is to fail is listed. */
  readonly fail?: readonly string[];
  readonly json?: boolean;
}

/** @throws {Unable} when the account or the capture cannot be read, or does not hold what is to fail. */
export async function plan(
  options: PlanOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const { fail } = options;
  // A list of what there is needs no probes.
  const needs = fail === undefined ? { ...options, probes: false, vantages: false } : options;
  const { setup, clients: read, run } = await openSource(needs, terminal, clients);
  const [observation, connections] = await run(() =>
    Promise.all([
      observeWith(setup),
      readConnections(setup, read, AbortSignal.timeout(PASS_MS_MAX), false),
    ]),
  );
  const [gap] = observation.world.gaps.filter(({ zone }) => zone === null);
  if (gap !== undefined) {
    throw new Unable(
      `${gap.what} cannot be read in ${observation.world.region}: ${gap.why}. The plan would be incomplete: try again, or grant the missing permission`,
    );
  }
  if (fail === undefined) {
    const subjects = reportSubjects(observation, connections);
    print(terminal, options.json, subjects, writeSubjects(subjects, observation));
    return subjects.watch?.isLate === true ? CANNOT_TELL : WELL;
  }
  const failing = findFailing(fail, failableOf(observation.world.topology.appliances, connections));
  const report = reportPlan(
    observation,
    connections,
    failing,
    observation.capture === null
      ? await capacityOf(movesOf(observation, failing), setup, read)
      : null,
  );
  print(terminal, options.json, report, writePlan(report, observation.leader?.watch ?? null));
  return PLAN_EXITS[report.result];
}

async function capacityOf(
  moves: readonly Move[],
  { region, clock }: Pick<ObserverSetup, 'region' | 'clock'>,
  clients: Pick<AwsClients, 'bandwidth' | 'metrics'>,
): Promise<Capacity> {
  const [bandwidth, metrics] = await Promise.all([
    clients.bandwidth(region),
    clients.metrics(region),
  ]);
  const ids = [...new Set(moves.flatMap(({ from, to }) => [from, to]))];
  return readCapacity(ids, { bandwidth, metrics, clock }, AbortSignal.timeout(PASS_MS_MAX));
}

const PASS_MS_MAX = 60_000;
