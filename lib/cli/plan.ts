/** `vpn-medic plan --fail …`: what would move where if that failed now, and what would be left without a way. */

import type { Doors } from './awsClients.ts';
import { lookAround } from './check.ts';
import type { LookOptions } from './observer.ts';
import { harmlessJson } from './output/safeText.ts';
import { render } from './output/textBlocks.ts';
import { look } from './pass.ts';
import { findFailing } from './plan/fail.ts';
import { planExit, reportPlan } from './plan/report.ts';
import { writePlan } from './plan/text.ts';
import { readSnapshot } from './snapshot/file.ts';
import { snapshotEyesight } from './snapshot/ports.ts';
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
  doors: Doors,
): Promise<ExitCode> {
  const { snapshot } = options;
  const sight =
    snapshot === undefined
      ? await lookAround(options, terminal, doors)
      : await look(snapshotEyesight(await readSnapshot(snapshot)), new AbortController().signal);
  const [gap] = sight.world.gaps.filter(({ zone }) => zone === null);
  if (gap !== undefined) {
    throw new Unable(
      `${gap.what} cannot be read in ${sight.world.region}: ${gap.why}. A plan of half an account would mislead: try again, or grant what is missing`,
    );
  }
  const failing = findFailing(options.fail, sight.world.topology.appliances);
  const report = reportPlan(sight, failing, snapshot === undefined ? 'account' : 'snapshot');
  terminal.out(options.json ? `${harmlessJson(report)}\n` : render(writePlan(report), terminal));
  return planExit(report);
}
