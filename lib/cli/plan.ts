/** `vpn-medic plan --fail …`: what would move where if that failed now, and what would be left without a way. */

import type { AwsClients } from './awsClients.ts';
import { lookAround } from './check.ts';
import type { LookOptions } from './observer.ts';
import { harmlessJson } from './output/safeText.ts';
import { render } from './output/textBlocks.ts';
import { look } from './pass.ts';
import { findFailing } from './plan/fail.ts';
import { planExit, reportPlan } from './plan/report.ts';
import { writePlan } from './plan/text.ts';
import { readSnapshot } from './snapshot/file.ts';
import { snapshotObserverSetup } from './snapshot/ports.ts';
import { type ExitCode, type Terminal, Unable } from './terminal.ts';

export interface PlanOptions extends LookOptions {
  /** At least one. */
  readonly fail: readonly string[];
  readonly snapshot?: string;
  readonly json?: boolean;
}

/** @throws {Unable} when the account or the snapshot cannot be read, or does not hold what is to fail. */
export async function plan(
  options: PlanOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const { snapshot } = options;
  const observation =
    snapshot === undefined
      ? await lookAround(options, terminal, clients)
      : await look(
          snapshotObserverSetup(await readSnapshot(snapshot)),
          new AbortController().signal,
        );
  const [gap] = observation.world.gaps.filter(({ zone }) => zone === null);
  if (gap !== undefined) {
    throw new Unable(
      `${gap.what} cannot be read in ${observation.world.region}: ${gap.why}. A plan of half an account would mislead: try again, or grant what is missing`,
    );
  }
  const failing = findFailing(options.fail, observation.world.topology.appliances);
  const report = reportPlan(observation, failing, snapshot === undefined ? 'account' : 'snapshot');
  terminal.out(options.json ? `${harmlessJson(report)}\n` : render(writePlan(report), terminal));
  return planExit(report);
}
