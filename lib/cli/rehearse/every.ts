/** `vpn-medic rehearse --every`: fails each single thing of an account, one after another, and reports what would be lost. */
import { writeFile } from 'node:fs/promises';
import { isNativeError } from 'node:util/types';
import { describeMs } from '../../core/time.ts';
import { type AccountFacts, rolesIn } from '../../simulator/roles.ts';
import type { CapturedFacts } from '../captured/facts.ts';
import { print } from '../output/print.ts';
import { type ExitCode, type Terminal, Unable } from '../terminal.ts';
import { drawEvery } from './every/page.ts';
import { EVERY_EXITS, reportEvery, writeEvery } from './every/report.ts';
import { playEvery } from './every/run.ts';
import { openLive } from './serve/account.ts';

export interface EveryCommandOptions {
  readonly capture?: string;
  readonly pairs?: boolean;
  /** A file for the page. */
  readonly html?: string;
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** @throws {Unable} when the page cannot be written. */
export async function every(
  { facts, notes }: CapturedFacts,
  options: EveryCommandOptions,
  terminal: Terminal,
): Promise<ExitCode> {
  const { capture = null, html } = options;
  const onDone = progressOf(terminal);
  const outcomes = await playEvery(facts, { hasPairs: options.pairs === true, onDone });
  const { accountId, region } = facts.snapshot;
  const report = reportEvery({ accountId, region, capture, notes }, outcomes);
  if (html !== undefined) {
    await writePage(html, drawEvery(report, await sceneOf(facts)).toString());
  }
  print(terminal, options.json, report, writeEvery(report, options.verbose === true));
  return EVERY_EXITS[report.result];
}

const BAR_COLUMNS = 30;

/** One line that is written over, on a terminal alone. */
function progressOf({ clock, status }: Terminal): (doneCount: number, count: number) => void {
  const beganMs = clock.monotonicMs();
  return (doneCount, count) => {
    if (status === undefined) return;
    const filled = Math.round((BAR_COLUMNS * doneCount) / count);
    const leftMs = ((clock.monotonicMs() - beganMs) / doneCount) * (count - doneCount);
    const bar = '#'.repeat(filled).padEnd(BAR_COLUMNS, '.');
    status(
      doneCount === count ? '' : `[${bar}] ${doneCount} of ${count}, ${describeMs(leftMs)} left`,
    );
  };
}

const FIRST_LOOKS_MS = 90_000;

/** The account before anything fails, as the deployed functions see it. */
async function sceneOf(facts: AccountFacts) {
  const live = openLive(rolesIn(facts), 'every');
  await live.advance(FIRST_LOOKS_MS);
  const scene = live.scene();
  live.stop();
  await live.advance(1_000);
  return scene ?? nothingOf(facts);
}

const nothingOf = ({ snapshot: { accountId, region, takenAt } }: AccountFacts) => ({
  accountId,
  region,
  at: takenAt,
  mode: 'act' as const,
  zones: [],
  appliances: [],
  tables: [],
  sites: [],
  endpoints: [],
  incidents: [],
  held: [],
  gaps: [],
});

async function writePage(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (error) {
    const code: unknown = isNativeError(error) ? Reflect.get(error, 'code') : undefined;
    if (typeof code !== 'string') throw error;
    throw new Unable(`--html ${path}: the file cannot be written (${code})`);
  }
}
