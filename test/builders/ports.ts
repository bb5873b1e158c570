/** Ports for tests, joined on one virtual clock. */

import type { HookPort, Ports } from '../../lib/appliances/ports.ts';
import type { LoggerPort } from '../../lib/core/ports.ts';
import type { WriteAnswer } from '../../lib/core/routeWrite.ts';
import type {
  BusEvent,
  EventPort,
  NotificationPort,
  PublishAnswer,
} from '../../lib/incidents/ports.ts';
import type { Notification } from '../../lib/incidents/types.ts';
import type { ProbePort } from '../../lib/probe/ports.ts';
import type { ProbeAnswer, ProbeResult, Round, Vantage } from '../../lib/probe/types.ts';
import { VirtualClock } from '../../lib/simulator/clock.ts';
import { MemoryEc2 } from './ec2.ts';
import { NOW, REGION } from './facts.ts';
import { MemoryStore } from './store.ts';

export class MemoryNotifications implements NotificationPort {
  readonly sent: Notification[] = [];
  tries = 0;
  isDown = false;

  publish(notification: Notification): Promise<PublishAnswer> {
    this.tries += 1;
    if (this.isDown) return Promise.resolve({ kind: 'failed', why: 'topic unreachable' });
    this.sent.push(notification);
    return Promise.resolve({ kind: 'published', messageId: `m-${this.sent.length}` });
  }
}

export class MemoryEvents implements EventPort {
  readonly isOpen = true;
  readonly sent: BusEvent[] = [];
  tries = 0;
  mood: 'well' | 'failing' | 'refusing' = 'well';

  put(events: readonly BusEvent[]): ReturnType<EventPort['put']> {
    this.tries += 1;
    if (this.mood === 'well') {
      this.sent.push(...events);
      return Promise.resolve([]);
    }
    const isWorthRetrying = this.mood === 'failing';
    return Promise.resolve(events.map((event) => ({ event, why: 'no bus', isWorthRetrying })));
  }
}

export class MemoryLogger implements LoggerPort {
  readonly lines: string[] = [];
  readonly metrics: Readonly<Record<string, number>>[] = [];

  write(level: string, message: string): void {
    this.lines.push(`${level} ${message}`);
  }
  measure(metrics: Readonly<Record<string, number>>): void {
    this.metrics.push(metrics);
  }
  measureEach(): void {}
}

/** Completes nothing by itself; what it was asked to complete. */
export class MemoryHooks implements HookPort {
  readonly completed: string[] = [];
  answer: WriteAnswer = { kind: 'written' };

  complete(hook: { readonly name: string }, instanceId: string): Promise<WriteAnswer> {
    this.completed.push(`${hook.name} ${instanceId}`);
    return Promise.resolve(this.answer);
  }
}

export const HERE: Vantage = { id: 'here', subnetIds: [], isInVpc: false };

/** Doors that open, stay shut or answer late, as told for each knock, in virtual time. */
export class MemoryProbes implements ProbePort {
  readonly rounds: Round[] = [];
  readonly #clock: VirtualClock;
  readonly #vantages: readonly Vantage[];
  /** What is behind a door at this instant; `silent`: the answer is the timeout's. */
  reachability: (key: string, sentAt: number, vantageId: string) => ProbeResult | 'silent' =
    () => ({
      kind: 'up',
      tookMs: 5,
    });

  constructor(clock: VirtualClock, vantages: readonly Vantage[] = [HERE]) {
    this.#clock = clock;
    this.#vantages = vantages;
  }

  vantages = (): Promise<readonly Vantage[]> => Promise.resolve(this.#vantages);

  async send(round: Round, onAnswer: (answer: ProbeAnswer) => void): Promise<void> {
    this.rounds.push(round);
    await Promise.all(
      round.targets.map(async ({ key }) => {
        const seen = this.reachability(key, this.#clock.now(), round.vantageId);
        const result: ProbeResult =
          seen === 'silent' ? { kind: 'down', why: 'no answer', tookMs: round.timeoutMs } : seen;
        const tookMs = result.kind === 'unknown' ? 1 : Math.min(result.tookMs, round.timeoutMs);
        await this.#clock.sleep(tookMs);
        const isLate = result.kind !== 'unknown' && result.tookMs > round.timeoutMs;
        onAnswer({
          key,
          result: isLate ? { kind: 'down', why: 'no answer', tookMs: round.timeoutMs } : result,
        });
      }),
    );
  }
}

export interface TestPorts extends Ports {
  readonly clock: VirtualClock;
  readonly ec2: MemoryEc2;
  readonly probes: MemoryProbes;
  readonly store: MemoryStore;
  readonly notifications: MemoryNotifications;
  readonly events: MemoryEvents;
  readonly logger: MemoryLogger;
  readonly hooks: MemoryHooks;
}

export function somePorts(
  over: { readonly ec2?: MemoryEc2; readonly vantages?: readonly Vantage[] } = {},
): TestPorts {
  const clock = new VirtualClock(NOW);
  const ec2 = over.ec2 ?? new MemoryEc2({});
  ec2.now = () => clock.now();
  return {
    region: REGION,
    clock,
    ec2,
    probes: new MemoryProbes(clock, over.vantages),
    store: new MemoryStore(),
    notifications: new MemoryNotifications(),
    events: new MemoryEvents(),
    logger: new MemoryLogger(),
    hooks: new MemoryHooks(),
  };
}

/** A signal that nothing ever aborts. */
export const calm = (): AbortSignal => new AbortController().signal;
