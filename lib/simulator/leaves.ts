/** Announced ends of instances: the events that tell of them, and what comes of them. */
import type { HookPort } from '../appliances/ports.ts';
import { toIso } from '../core/time.ts';
import type { VirtualClock } from './clock.ts';
import type { Faults, NoticeFault } from './faults.ts';
import type { Invocation } from './invocation.ts';
import type { Network } from './network.ts';

export class Notices {
  readonly listeners: ((event: unknown) => void)[] = [];
  /** By instance id. */
  readonly completed = new Map<string, number>();
  readonly #clock: VirtualClock;
  readonly #network: Network;
  readonly #faults: Faults;
  readonly #waiting = new Map<string, NoticeFault>();
  #count = 0;

  constructor(clock: VirtualClock, network: Network, faults: Faults) {
    this.#clock = clock;
    this.#network = network;
    this.#faults = faults;
  }

  announce(fault: NoticeFault): void {
    const { instanceId } = fault;
    switch (fault.kind) {
      case 'spot-notice':
        this.#send('aws.ec2', 'EC2 Spot Instance Interruption Warning', {
          'instance-id': instanceId,
          'instance-action': 'terminate',
        });
        return this.#after(SPOT_MS, fault, () => this.#network.terminate(instanceId));
      case 'rebalance-notice':
        return this.#send('aws.ec2', 'EC2 Instance Rebalance Recommendation', {
          'instance-id': instanceId,
        });
      case 'terminate-hook':
        return this.#hook(fault, fault.waitMs);
      case 'event-scheduled':
        this.#network.setEvents(instanceId, [
          {
            code: 'instance-stop',
            description: 'The instance is running on degraded hardware',
            notBefore: this.#clock.now() + fault.inMs,
          },
        ]);
        return this.#after(fault.inMs, fault, () => this.#network.stop(instanceId));
      default:
        return fault satisfies never;
    }
  }

  port(self: Invocation): HookPort {
    return {
      complete: async ({ token }, instanceId, signal) => {
        await self.pass(ANSWER_MS, signal);
        const fault = this.#waiting.get(token);
        if (fault === undefined) {
          return {
            kind: 'refused',
            why: 'autoscaling:CompleteLifecycleAction refused (ValidationError)',
          };
        }
        this.#waiting.delete(token);
        this.completed.set(instanceId, this.#clock.monotonicMs());
        this.#after(1_000, fault, () => this.#network.terminate(instanceId));
        return { kind: 'written' };
      },
    };
  }

  #hook(fault: NoticeFault, waitMs: number): void {
    this.#count += 1;
    const token = `token-${this.#count}`;
    this.#waiting.set(token, fault);
    this.#send('aws.autoscaling', 'EC2 Instance-terminate Lifecycle Action', {
      EC2InstanceId: fault.instanceId,
      AutoScalingGroupName: 'vpn',
      LifecycleHookName: 'vpn-medic-leave',
      LifecycleActionToken: token,
      LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING',
    });
    this.#after(waitMs, fault, () => {
      if (this.#waiting.delete(token)) this.#network.terminate(fault.instanceId);
    });
  }

  #send(source: string, detailType: string, detail: unknown): void {
    const { accountId: account, region } = this.#network;
    const time = toIso(this.#clock.now());
    const event = { account, region, time, source, 'detail-type': detailType, detail };
    for (const listener of this.listeners) listener(event);
  }

  /** Unless the fault is over by then. */
  #after(ms: number, fault: NoticeFault, run: () => void): void {
    this.#clock.at(this.#clock.monotonicMs() + ms, () => {
      if (this.#faults.active(fault.kind).includes(fault)) run();
    });
  }
}

const SPOT_MS = 120_000;
const ANSWER_MS = 80;
