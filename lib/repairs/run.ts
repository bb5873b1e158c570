/**
 * The repair ladder beside the loop: the same stages on the same sight, at its own pace, so that nothing about repairs
 * can ever hold up a route.
 */

import type { Policy } from '../appliances/types/policy.ts';
import type { Tick } from '../appliances/types/tick.ts';
import type { Reading } from '../core/reading.ts';
import type { Deed } from '../core/report.ts';
import { toIso } from '../core/time.ts';
import { openAuditLog } from '../incidents/history/log.ts';
import { openKeptTeller } from '../incidents/keptNotifier.ts';
import type { RegionPorts } from '../incidents/ports.ts';
import type { Notice } from '../incidents/types.ts';
import { startRepairs } from './act.ts';
import { findInRepairs } from './assess/findings.ts';
import { assessRepairs } from './assess.ts';
import { planRepairs } from './plan.ts';
import type { RepairPort } from './ports/start.ts';
import { asOldNews, asTried, helpOf, repairStory } from './report.ts';
import { REPAIR_RULES, type RepairRule } from './rules.ts';
import { openRepairShelf, type RepairBook } from './state.ts';
import type { HeldRepair, RepairAssessment, RepairPlan } from './types/plan.ts';
import { type Attempt, type Ladders, openLadderOf, RESULT_MS, stepOf } from './types.ts';

export interface Repairs {
  /** One look at what the tick saw: folds results in, starts what is due and free of brakes, tells. */
  turn(tick: Tick, mayDecide: () => Promise<boolean>, signal: AbortSignal): Promise<RepairTurn>;
  /** Records what was told and could not be recorded yet, so that the next watcher does not tell it again. */
  flush(signal: AbortSignal): Promise<void>;
}

/** Everything that one turn decided; for whoever watches it from outside. */
export interface RepairTurn {
  readonly plan: RepairPlan;
  readonly notices: readonly Notice[];
  /** What was tried and what brought an appliance back, known since this turn: for the story of the appliance itself. */
  readonly deeds: readonly Deed[];
}

export interface RepairsOptions {
  readonly policy: Policy;
  readonly port: RepairPort;
  readonly rules?: readonly RepairRule[];
}

const NOTHING: RepairPlan = { actions: [], held: [] };
const SILENCE: Pick<RepairTurn, 'notices' | 'deeds'> = { notices: [], deeds: [] };

export function openRepairs(
  ports: RegionPorts,
  { policy, port, rules = REPAIR_RULES }: RepairsOptions,
): Repairs {
  const { clock, region, journal } = ports;
  const shelf = openRepairShelf(ports.store, clock, region);
  const teller = openKeptTeller(ports, { scope: 'repairs', mode: policy.mode, mayResolve: true });
  const record = openAuditLog(ports, 'repairs');
  const toldIds = new Set<string>();
  const minuted = new Set<string>();
  const helpedKeys = new Set<string>();
  let last: RepairBook | null = null;

  const minute = (key: string, message: string, fields: Readonly<Record<string, unknown>>) => {
    if (minuted.has(key)) return;
    minuted.add(key);
    journal.write('info', message, fields);
  };

  /** Read again only while somebody is sick or a ladder is open: a healthy region costs one read a watcher. */
  async function bookNow(
    tick: Tick,
    signal: AbortSignal,
  ): Promise<Reading<RepairBook> | 'nothing to do'> {
    const isSick = tick.world.topology.appliances.some(
      ({ instanceId, repair }) =>
        repair !== undefined && tick.assessment.verdicts.get(instanceId)?.kind === 'down',
    );
    if (last !== null && !isSick && !hasOpen(last.ladders)) return 'nothing to do';
    const ids = tick.world.topology.appliances.map(({ instanceId }) => instanceId);
    const wanted = new Set([...ids, ...(last?.ladders.keys() ?? [])]);
    return shelf.read([...wanted], signal);
  }

  async function closeEnded(
    book: RepairBook,
    { ended }: RepairAssessment,
    signal: AbortSignal,
  ): Promise<RepairBook | null> {
    if (ended.size === 0) return book;
    const ladders = new Map(book.ladders);
    for (const [instanceId, end] of ended) {
      const all = ladders.get(instanceId) ?? [];
      const [open] = all.slice(-1);
      if (open !== undefined) ladders.set(instanceId, [...all.slice(0, -1), { ...open, end }]);
    }
    const written = await shelf.write({ ...book, ladders }, signal);
    return written.known ? written.value : null;
  }

  async function decide(
    tick: Tick,
    book: RepairBook,
    mayDecide: () => Promise<boolean>,
    signal: AbortSignal,
  ): Promise<{ readonly book: RepairBook; readonly plan: RepairPlan }> {
    const { world, assessment } = tick;
    const now = clock.now();
    const assessed = assessRepairs(world, assessment.verdicts, book.ladders, now);
    const closed = await closeEnded(book, assessed, signal);
    if (closed === null) return { book, plan: NOTHING };
    const { verdicts, findings } = assessment;
    const { ladders, windows } = closed;
    const scene = { world, verdicts, findings, ladders, windows, policy, now };
    const plan = planRepairs(assessed.due, scene, rules);
    const acted = await startRepairs(ports, shelf, port, plan, closed, mayDecide, signal);
    for (const { due, kind, why } of acted.started) {
      const { instanceId, phase } = due;
      journal.write('info', `${due.name}: ${stepOf(phase)} ${kind}`, { instanceId, phase, why });
    }
    return { book: acted.book, plan };
  }

  async function tell(
    tick: Tick,
    { ladders }: RepairBook,
    held: readonly HeldRepair[],
    signal: AbortSignal,
  ): Promise<Pick<RepairTurn, 'notices' | 'deeds'>> {
    const heard = attemptsOf(ladders).filter(({ result }) => result !== null);
    const news = new Set(heard.flatMap(({ id }) => (toldIds.has(id) ? [] : [id])));
    for (const id of news) toldIds.add(id);
    for (const { id, result } of heard) {
      // Once: the next watchers read the same book.
      const isNew = result !== null && clock.now() - result.at < RESULT_MS;
      if (isNew) minute(id, `${id}: ${result.kind}`, { result });
    }
    for (const { due, rule, brake, because, until } of held) {
      const text = `${due.name}: ${stepOf(due.phase)} held by ${rule} (${brake}): ${because}`;
      const fields = { instanceId: due.instanceId, until: until === null ? null : toIso(until) };
      minute(`${due.instanceId} ${due.phase} ${brake}`, text, fields);
    }
    const { world, assessment } = tick;
    const findings = findInRepairs(world, assessment.verdicts, ladders, held, clock.now());
    const story = repairStory(world, findings, ladders, news, held);
    record.note(story);
    const help = helpOf(ladders).filter(({ at, concerns }) => {
      const key = `${concerns.join()} ${at}`;
      const isNew = !helpedKeys.has(key);
      helpedKeys.add(key);
      return isNew;
    });
    const notices = await teller.tell({ ...story, deeds: [...story.deeds, ...help] }, signal);
    return { notices, deeds: [...story.deeds.map(asTried), ...help.map(asOldNews)] };
  }

  return {
    async turn(tick, mayDecide, signal) {
      const reading = await bookNow(tick, signal);
      if (reading === 'nothing to do') {
        const told = last === null ? SILENCE : await tell(tick, last, [], signal);
        return { plan: NOTHING, ...told };
      }
      if (!reading.known) {
        minute('unread', 'Nothing is repaired: the book of repairs cannot be read', {
          why: reading.why,
        });
        return { plan: NOTHING, ...SILENCE };
      }
      const { book, plan } = await decide(tick, reading.value, mayDecide, signal);
      last = book;
      return { plan, ...(await tell(tick, book, plan.held, signal)) };
    },
    async flush(signal) {
      await teller.flush(signal);
    },
  };
}

const hasOpen = (ladders: Ladders): boolean =>
  [...ladders.keys()].some((instanceId) => openLadderOf(ladders, instanceId) !== null);

const attemptsOf = (ladders: Ladders): readonly Attempt[] =>
  [...ladders.values()].flatMap((all) => all.at(-1)?.attempts ?? []);
