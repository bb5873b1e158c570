/** Runs the product as deployed: a watcher each minute that overlaps the previous one, and a pass on every event. */

import type { StoredLeave } from '../appliances/state/leave.ts';
import type { Policy } from '../appliances/types/policy.ts';
import type { Tick } from '../appliances/types/tick.ts';
import type { Notification } from '../incidents/types.ts';
import type { RepairPort } from '../repairs/ports/start.ts';
import type { RepairTurn } from '../repairs/run.ts';
import { repairStep } from '../repairs/step.ts';
import { readStateChange } from '../watcher/events/instance.ts';
import { NoticeNotStored } from '../watcher/leaveNotice.ts';
import { onEvent } from '../watcher/onEvent.ts';
import type { Safety } from '../watcher/pass.ts';
import { watch } from '../watcher/watch.ts';
import type { SimAccount, Started } from './account.ts';
import type { RepairOdds } from './instanceControl.ts';
import { type Random, seededRandom } from './random.ts';

export interface DeploymentOptions {
  readonly seed: number | string;
  readonly policy: Policy;
  /** How often a watcher is started. */
  readonly everyMs: number;
  /** The function's timeout. */
  readonly lifeMs: number;
  readonly safety?: Safety;
  /** `observedMs`: when the pass observed the account, in virtual time. */
  readonly onTick?: (by: string, tick: Tick, observedMs: number) => void;
  /** Absent: nothing is repaired. */
  readonly repairs?: RepairOdds;
  readonly onRepairs?: (by: string, turn: RepairTurn) => void;
  readonly onNotifications?: (by: string, notifications: readonly Notification[]) => void;
}

/** As in deploy/watchAppliances.yml: a watcher each minute, with a timeout of 90 s. */
export const AS_DEPLOYED = { everyMs: 60_000, lifeMs: 90_000 } as const;

/** An invocation that threw or ran into its timeout. */
export interface Crash {
  readonly by: string;
  readonly atMs: number;
  readonly error: unknown;
}

/** The invocation ran into its timeout and was killed. */
export class Overrun extends Error {
  override readonly name = 'Overrun';
}

export class Deployment {
  readonly crashes: Crash[] = [];
  readonly #account: SimAccount;
  readonly #options: DeploymentOptions;
  readonly #random: Random;
  readonly #stopping = new AbortController();
  readonly #running = new Set<Started>();
  #count = 0;

  constructor(account: SimAccount, options: DeploymentOptions) {
    this.#account = account;
    this.#options = options;
    this.#random = seededRandom(options.seed).fork('deployment');
  }

  /** Starts watchers until `stop`. */
  start(): void {
    this.#account.onState((instanceId) => this.#sendEvent(instanceId));
    this.#account.onNotice((event) => this.#sendNotice(event));
    this.#everyMinute();
  }

  /** Signals all watchers to end; they need a little virtual time for it. */
  stop(): void {
    this.#stopping.abort();
  }

  get runningCount(): number {
    return this.#running.size;
  }

  #everyMinute(): void {
    const { clock, faults } = this.#account;
    if (this.#stopping.signal.aborted) return;
    // EventBridge fires up to seconds late, and the function needs time to start.
    if (!faults.isActive('schedule-missed')) {
      this.#after(100 * this.#random.whole(3, 30), () => this.#watch());
    }
    clock.at(clock.monotonicMs() + this.#options.everyMs, () => this.#everyMinute());
  }

  #sendEvent(instanceId: string): void {
    if (this.#account.groundTruth.groupOf(instanceId) === null) return;
    this.#deliver(() => this.#onEvent([instanceId], null));
  }

  #sendNotice(event: unknown): void {
    const { accountId, region } = this.#account.network;
    const read = readStateChange(event, accountId, [region]);
    if (read.kind !== 'look') throw new Error(`reading a notice: ${read.why}`);
    this.#deliver(() => this.#onEvent(read.about, read.leave));
  }

  /** As EventBridge does: a little later, sometimes twice, sometimes never. */
  #deliver(run: () => void): void {
    const { faults } = this.#account;
    const isLost = faults.active('events-lost').some(({ chance }) => this.#random.chance(chance));
    const isDoubled = faults
      .active('events-doubled')
      .some(({ chance }) => this.#random.chance(chance));
    if (isLost) return;
    for (let copy = 0; copy < (isDoubled ? 2 : 1); copy += 1) {
      this.#after(100 * this.#random.whole(3, 20), run);
    }
  }

  #watch(): void {
    const { policy, lifeMs, safety, onTick, onNotifications, onRepairs } = this.#options;
    const { clock } = this.#account;
    const endMs = clock.monotonicMs() + lifeMs;
    this.#invoke('watch', lifeMs, ({ ports, invocation: { by, clock: own } }) =>
      watch(ports, {
        accountId: this.#account.network.accountId,
        policy,
        watcherId: by,
        remainingMs: () => endMs - clock.monotonicMs(),
        signal: this.#stopping.signal,
        onTick: (tick) => onTick?.(by, tick, clock.monotonicMs() - (own.now() - tick.world.at)),
        onNotifications: (notifications) => onNotifications?.(by, notifications),
        repairs: this.#repairPort(),
        onRepairs: (turn) => onRepairs?.(by, turn),
        ...(safety === undefined ? {} : { safety }),
      }),
    );
  }

  /** Lambda tries a failed event once more. */
  #onEvent(about: readonly string[], leave: StoredLeave | null, isFirst = true): void {
    const { policy, onTick } = this.#options;
    const { accountId } = this.#account.network;
    this.#invoke('once', EVENT_PASS_MS_MAX, async ({ ports, invocation: { by, clock: own } }) => {
      const options = { accountId, policy, about, leave, leader: by };
      const answer = await onEvent(ports, options, this.#stopping.signal).catch(
        (error: unknown) => {
          if (!(error instanceof NoticeNotStored)) throw error;
          if (isFirst) this.#after(RETRY_MS, () => this.#onEvent(about, leave, false));
          return null;
        },
      );
      if (answer === null) return;
      if (answer.kind !== 'passed') return;
      const { tick } = answer;
      onTick?.(by, tick, this.#account.clock.monotonicMs() - (own.now() - tick.world.at));
    });
  }

  /** Lambda's queue: delivers an order a little later, and sometimes twice. */
  #repairPort(): RepairPort | null {
    const { repairs, policy } = this.#options;
    if (repairs === undefined) return null;
    const { faults } = this.#account;
    return {
      start: async (order) => {
        const isDoubled = faults
          .active('events-doubled')
          .some(({ chance }) => this.#random.chance(chance));
        for (let copy = 0; copy < (isDoubled ? 2 : 1); copy += 1) {
          this.#after(100 * this.#random.whole(1, 12), () =>
            this.#invoke('repair', REPAIR_LIFE_MS, ({ ports, instanceControlOf }) =>
              repairStep(
                { ...ports, instanceControl: instanceControlOf(repairs), metrics: null },
                order,
                { mode: policy.mode, sshUser: 'ec2-user', kmsKeyArns: [] },
                this.#stopping.signal,
              ),
            ),
          );
        }
        return { kind: 'started' };
      },
    };
  }

  #invoke(name: string, lifeMs: number, run: (started: Started) => Promise<unknown>): void {
    if (this.#stopping.signal.aborted) return;
    this.#count += 1;
    const started = this.#account.start(`${name}-${this.#count}`);
    const { invocation } = started;
    this.#running.add(started);
    const end = () => {
      this.#running.delete(started);
      this.#account.end(invocation);
    };
    this.#after(lifeMs, () => {
      if (!this.#running.has(started)) return;
      if (!invocation.isKilled && !invocation.wasFrozen)
        this.#report(invocation.by, new Overrun(`running longer than ${lifeMs} ms`));
      invocation.kill();
      end();
    });
    run(started)
      .catch((error: unknown) => this.#report(invocation.by, error))
      .finally(end)
      .catch((error: unknown) => this.#report(invocation.by, error));
  }

  #report(by: string, error: unknown): void {
    this.crashes.push({ by, atMs: this.#account.clock.monotonicMs(), error });
  }

  #after(ms: number, run: () => void): void {
    this.#account.clock.at(this.#account.clock.monotonicMs() + ms, run);
  }
}

const EVENT_PASS_MS_MAX = 30_000;
/** Lambda waits so long before it invokes a function with the same event again. */
const RETRY_MS = 60_000;
/** As in deploy/repairAppliance.yml. */
const REPAIR_LIFE_MS = 75_000;
