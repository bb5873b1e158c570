/** `vpn-medic plan --fail …`: what would move where if that failed now, and what would be left without a way. */
import { lookAround } from './check.ts';
import type { Doors } from './doors.ts';
import type { LookOptions } from './eyesight.ts';
import { findFailing } from './failing.ts';
import { render } from './paper.ts';
import { planExit, reportPlan } from './planReport.ts';
import { writePlan } from './planText.ts';
import { harmlessJson } from './safeText.ts';
import { look } from './sight.ts';
import { readSnapshot } from './snapshotFile.ts';
import { snapshotEyesight } from './snapshotPorts.ts';
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
