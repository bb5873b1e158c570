/** One invocation of the publisher: passes over the CRLs until another pass would change nothing. */

import { unpacked } from '../../core/packed.ts';
import type { PublishSteps } from '../../crl/act/publish.ts';
import { actCrls, PUBLISH_STEPS } from '../../crl/act.ts';
import { thresholds } from '../../crl/assess/freshness.ts';
import { assessCrls, type CrlPass } from '../../crl/assess.ts';
import { observeCrls } from '../../crl/observe.ts';
import { planCrls } from '../../crl/plan.ts';
import type { CrlPorts } from '../../crl/ports.ts';
import { crlReport } from '../../crl/report.ts';
import { CRL_RULES, type CrlRule } from '../../crl/rules.ts';
import { type CrlMemory, keepCrls, recallCrls } from '../../crl/state.ts';
import type { CrlOutcome, CrlPlan } from '../../crl/types/plan.ts';
import type { CrlSettings } from '../../crl/types/policy.ts';
import type { CrlWorld } from '../../crl/types/world.ts';
import { type CrlEvent, isOldNews } from '../events/crl.ts';
import { type PollSummary, skipped } from '../poll/pass.ts';
import type { Stages } from '../poll/stages.ts';
import { poll } from '../poll.ts';

export interface PublishOptions {
  readonly accountId: string;
  readonly settings: CrlSettings;
  readonly event: Exclude<CrlEvent, { kind: 'ignored' }>;
  /** Of the invocation. */
  readonly remainingMs: () => number;
  readonly safety?: CrlSafety;
}

/** The rules and steps of S11. Production runs all of them; a test removes one to see it missed. */
export interface CrlSafety {
  readonly rules: readonly CrlRule[];
  readonly steps: PublishSteps;
}

export const CRL_SAFETY: CrlSafety = { rules: CRL_RULES, steps: PUBLISH_STEPS };

export type PublishSummary =
  | (PollSummary & { readonly looks: number })
  | { readonly version: 1; readonly ignored: string };

const SCOPE = 'crls';
const LOOKS_MAX = 8;
const PAUSE_MS = 500;
/** One more pass with all its waiting for caches and endpoints. */
const LOOK_MS = 90_000;

export async function publish(
  ports: CrlPorts,
  options: PublishOptions,
  signal: AbortSignal,
): Promise<PublishSummary> {
  const { event } = options;
  if (event.kind === 'arrival' && (await isJudged(ports, event.arrival, signal))) {
    const why = `${event.arrival.fileName}: judged already, or replaced by a later one`;
    ports.logger.write('info', `Event ignored: ${why}`, {});
    return { version: 1, ignored: why };
  }
  for (let looks = 1; ; looks += 1) {
    let needsAnother = false;
    const pass = { ...options, isKnownOnly: looks === 1 };
    const stages = crlStages(ports, pass, (world, outcomes) => {
      needsAnother = isUnfinished(world, outcomes);
    });
    const { mode } = options.settings;
    const polled = await poll(ports, stages, mode, signal);
    const summary = polled?.summary ?? skipped(SCOPE, ports.region);
    const isOver = !needsAnother || looks === LOOKS_MAX || options.remainingMs() < LOOK_MS;
    if (isOver || signal.aborted) return { ...summary, looks };
    await ports.clock.sleep(PAUSE_MS, signal);
  }
}

/** Something was deferred, strangers wait, or there was more than one pass can read. */
const isUnfinished = (world: CrlWorld, outcomes: readonly CrlOutcome[]): boolean =>
  outcomes.some(({ kind }) => kind === 'deferred') ||
  (world.inbox.known && (world.inbox.value.isKnownOnly || world.inbox.value.unread.length > 0));

async function isJudged(
  { store, region }: CrlPorts,
  arrival: Extract<CrlEvent, { kind: 'arrival' }>['arrival'],
  signal: AbortSignal,
): Promise<boolean> {
  const reading = await store.read([`memory#${SCOPE}#${region}`], signal);
  if (!reading.known) return false;
  const { files } = recallCrls(unpacked(reading.value[0]?.body ?? null));
  return isOldNews(arrival, files.get(arrival.fileName));
}

export function crlStages(
  ports: CrlPorts,
  {
    accountId,
    settings,
    event,
    safety = CRL_SAFETY,
    isKnownOnly = false,
  }: Omit<PublishOptions, 'remainingMs'> & { readonly isKnownOnly?: boolean },
  onEnd: (world: CrlWorld, outcomes: readonly CrlOutcome[]) => void = () => {},
): Stages<CrlWorld, CrlMemory, CrlPlan, CrlOutcome> {
  const arrival = event.kind === 'arrival' ? event.arrival : null;
  const look: CrlPass = { event: arrival, settings, rules: safety.rules };
  const { octetsMax } = settings;
  const announced = arrival?.fileName ?? null;
  return {
    scope: SCOPE,
    recall: recallCrls,
    observe: (memory, signal) =>
      observeCrls(ports, memory, { accountId, announced, octetsMax, isKnownOnly }, signal),
    sees: seesAll,
    assess: (world, memory, now) => assessCrls(world, memory, look, now),
    plan: (world, _findings, memory, now, pause) => planCrls(world, memory, settings, pause, now),
    act: (plan, signal, askPause) => actCrls(ports, plan, askPause, signal, safety.steps),
    remember: (memory, outcomes) => keepCrls(settle(memory, outcomes)),
    report(world, findings, plan, outcomes) {
      onEnd(world, outcomes);
      measure(ports, world, plan, outcomes);
      return crlReport(world, findings, plan, outcomes);
    },
  };
}

/** What could not be read may still be wrong; of one file or endpoint, its own findings alone (`unjudgedOf`). */
const seesAll = ({ inbox, issuers, endpoints }: CrlWorld): boolean =>
  inbox.known && inbox.value.isAllJudged && issuers.known && endpoints.known;

/** An inbox object that equals what is published need not be read again. */
function settle(memory: CrlMemory, outcomes: readonly CrlOutcome[]): CrlMemory {
  const put = new Map(
    outcomes.flatMap(({ action, kind }) =>
      action.kind === 'publish' && (kind === 'done' || kind === 'written')
        ? [[action.fileName, action.sha256] as const]
        : [],
    ),
  );
  const files = new Map(
    [...memory.files].map(([name, file]) => {
      const verdict = memory.verdicts.get(name);
      // When an earlier candidate was published, the newest, refused one is not.
      const isNewest = verdict?.isJudged === true && verdict.refusals.length === 0;
      const sha256 = isNewest ? (put.get(name) ?? verdict.sameSha256 ?? file.sha256) : file.sha256;
      return [name, { ...file, sha256 }];
    }),
  );
  return { ...memory, files };
}

function measure(
  { logger, clock }: CrlPorts,
  world: CrlWorld,
  plan: CrlPlan,
  outcomes: readonly CrlOutcome[],
): void {
  const lives = world.files.flatMap(({ published }) => {
    const facts = published.known ? published.value?.facts : undefined;
    if (facts === undefined || 'why' in facts || facts.nextUpdateAt === null) return [];
    const { criticalMs } = thresholds(facts.thisUpdateAt, facts.nextUpdateAt);
    return [{ leftMs: facts.nextUpdateAt - clock.now(), criticalMs }];
  });
  logger.measure({
    CrlLooks: 1,
    CrlsPublished: outcomes.filter(
      ({ action, kind }) => action.kind === 'publish' && kind === 'done',
    ).length,
    CrlsRefused: plan.held.filter(({ rule }) => rule === 'S11').length,
    ...(lives.length === 0
      ? {}
      : {
          CrlLeftMs: Math.min(...lives.map(({ leftMs }) => leftMs)),
          CrlsExpiring: lives.filter(({ leftMs, criticalMs }) => leftMs < criticalMs).length,
        }),
  });
}
