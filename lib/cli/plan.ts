/** `vpn-medic plan --fail …`: what would move where if that failed now, and what would have no healthy next hop. */

import type { AwsClients } from './awsClients.ts';
import { observeAccount } from './check.ts';
import type { PassOptions } from './observer.ts';
import { print } from './output/print.ts';
import { PLAN_EXITS, reportPlan, writePlan } from './plan/report.ts';
import { reportSubjects, writeSubjects } from './plan/what.ts';
import { findFailing } from './plan/whatIf.ts';
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
  const observation = await observeAccount(
    // A list of what there is needs no probes.
    fail === undefined ? { ...options, probes: false, vantages: false } : options,
    terminal,
    clients,
  );
  const [gap] = observation.world.gaps.filter(({ zone }) => zone === null);
  if (gap !== undefined) {
    throw new Unable(
      `${gap.what} cannot be read in ${observation.world.region}: ${gap.why}. The plan would be incomplete: try again, or grant the missing permission`,
    );
  }
  if (fail === undefined) {
    const subjects = reportSubjects(observation);
    print(terminal, options.json, subjects, writeSubjects(subjects, observation));
    return subjects.watch?.isLate === true ? CANNOT_TELL : WELL;
  }
  const failing = findFailing(fail, observation.world.topology.appliances);
  const report = reportPlan(observation, failing);
  print(terminal, options.json, report, writePlan(report, observation.leader?.watch ?? null));
  return PLAN_EXITS[report.result];
}
