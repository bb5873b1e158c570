/** The resources of the simulated account and the lifecycle of its instances, with EC2's delays and order. */

import type { InstanceFact, InstanceState, InterfaceFact } from '../appliances/types/inventory.ts';
import type { TagFact } from '../core/tags.ts';
import type { VirtualClock } from './clock.ts';
import type { Delays } from './delays.ts';
import type { FaultOf } from './faults.ts';
import { id } from './layout/words.ts';
import { wellStatus } from './layout.ts';
import { Objects, withoutAddress } from './objects.ts';
import type { Snapshot } from './snapshot.ts';

interface Terminated {
  readonly instance: InstanceFact;
  readonly link: InterfaceFact;
  readonly tags: readonly TagFact[];
}

export class Network extends Objects {
  readonly #clock: VirtualClock;
  readonly #pace: Delays;
  readonly #answersFromMs = new Map<string, number>();
  readonly #launchedMs = new Map<string, number>();
  readonly #successors = new Map<string, string>();
  readonly #onState: (instanceId: string, state: InstanceState) => void;
  readonly #terminated = new Map<string, Terminated>();
  readonly #strangers = new Set<string>();
  #launchCount = 0;

  constructor(
    snapshot: Snapshot,
    clock: VirtualClock,
    pace: Delays,
    onState: (instanceId: string, state: InstanceState) => void,
  ) {
    super(snapshot, clock);
    this.#clock = clock;
    this.#pace = pace;
    this.#onState = onState;
  }

  /** Whether its operating system runs. */
  hasBooted(instanceId: string): boolean {
    const state = this.instances.get(instanceId)?.state;
    const fromMs = this.#answersFromMs.get(instanceId) ?? Number.NEGATIVE_INFINITY;
    return state === 'running' && this.#clock.monotonicMs() >= fromMs;
  }

  /** The instance that was launched in place of a terminated one; else itself. */
  successorOf(instanceId: string): string {
    const next = this.#successors.get(instanceId);
    return next === undefined ? instanceId : this.successorOf(next);
  }

  stop(instanceId: string): void {
    if (this.instances.get(instanceId)?.state !== 'running') return;
    this.#setState(instanceId, 'stopping');
    this.#after(this.#pace.stopMs, () => {
      if (this.instances.get(instanceId)?.state === 'stopping') {
        this.#setState(instanceId, 'stopped');
      }
    });
  }

  /** Starts a stopped instance; a stopping one is started once it has stopped. */
  start(instanceId: string): void {
    const state = this.instances.get(instanceId)?.state;
    if (state === 'stopping') this.#after(1_000, () => this.start(instanceId));
    if (state !== 'stopped') return;
    this.#setState(instanceId, 'pending');
    this.#after(this.#pace.startMs, () => this.#run(instanceId));
  }

  terminate(instanceId: string): void {
    const state = this.instances.get(instanceId)?.state;
    if (state === undefined || state === 'shutting-down' || state === 'terminated') return;
    const instance = this.instances.get(instanceId);
    // As it was made: whatever was done to it since does not come with a new one.
    const link = this.interfaces.firstEver((one) => one.instanceId === instanceId);
    const tags = this.tags.all().filter(({ resourceId }) => resourceId === instanceId);
    if (instance !== null && link !== undefined) {
      this.#terminated.set(instanceId, { instance, link, tags });
    }
    this.#setState(instanceId, 'shutting-down');
    this.#after(this.#pace.stopMs, () => this.#finishTermination(instanceId));
  }

  /** Launches the replacement of a terminated instance: same zone, name, tags and Elastic IP; new ids. */
  replace(instanceId: string): void {
    const terminated = this.#terminated.get(instanceId);
    if (terminated === undefined || this.#successors.has(instanceId)) return;
    this.#launchCount += 1;
    const number = 0x4000 + this.#launchCount;
    const atMs = this.#clock.monotonicMs();
    const place = {
      privateIp: `10.0.255.${this.#launchCount}`,
      ipv6s: terminated.link.ipv6s.map(() => `2001:db8:10:ff::${this.#launchCount.toString(16)}`),
    };
    const next = {
      ...terminated.instance,
      ...place,
      instanceId: id('i', number),
      state: 'pending',
    } as const;
    this.#successors.set(instanceId, next.instanceId);
    this.instances.put(next.instanceId, next, atMs);
    this.statuses.put(next.instanceId, { ...wellStatus(next), state: 'pending' }, atMs);
    const link = {
      ...withoutAddress(terminated.link),
      ...place,
      interfaceId: id('eni', number),
    };
    this.interfaces.put(link.interfaceId, { ...link, instanceId: next.instanceId }, atMs);
    this.#leadProbeSubnets(terminated.link.interfaceId, link.interfaceId);
    const late = this.tags.all().filter(({ resourceId }) => resourceId === instanceId);
    for (const tag of [...terminated.tags, ...late]) {
      this.setTag({ ...tag, resourceId: next.instanceId });
    }
    this.#after(this.#pace.startMs, () => this.#run(next.instanceId));
  }

  /** A launch of a replacement points the tables of its probe subnet at it. */
  #leadProbeSubnets(from: string, to: string): void {
    for (const { tableId, routes } of this.tables.all()) {
      if (this.tags.get(`${tableId} vpn-medic:ignore`) === null) continue;
      for (const { destination, interfaceId } of routes) {
        if (interfaceId === from) this.pointRoute(tableId, destination, to);
      }
    }
  }

  /** Runs an instance that is tagged as another is, launched by another; returns its id. */
  intrude({ likeInstanceId, instanceProfile, pool }: Omit<FaultOf<'stranger'>, 'kind'>): string {
    this.#launchCount += 1;
    const number = 0x5000 + this.#launchCount;
    const instanceId = id('i', number);
    const model = this.instances.firstEver((one) => one.instanceId === likeInstanceId);
    const link = this.interfaces.firstEver((one) => one.instanceId === likeInstanceId);
    if (model === undefined || link === undefined) return instanceId;
    const atMs = this.#clock.monotonicMs();
    const place = {
      privateIp: `10.0.254.${this.#launchCount}`,
      publicIp: link.publicIp === null ? null : `203.0.113.${this.#launchCount}`,
      ipv6s: link.ipv6s.map(() => `2001:db8:10:fe::${this.#launchCount.toString(16)}`),
    };
    const launchedAt = this.#clock.now();
    const launched = { instanceProfile, autoScalingGroup: null, launchedAt };
    const instance = { ...model, ...place, ...launched, instanceId, name: 'stranger' };
    this.instances.put(instanceId, instance, atMs);
    this.statuses.put(instanceId, wellStatus(instance), atMs);
    const interfaceId = id('eni', number);
    this.interfaces.put(
      interfaceId,
      { ...withoutAddress(link), ...place, interfaceId, instanceId },
      atMs,
    );
    const tags = this.tags.all().filter(({ resourceId }) => resourceId === likeInstanceId);
    for (const tag of tags.filter(({ key }) => key !== 'vpn-medic:pool')) {
      this.setTag({ ...tag, resourceId: instanceId });
    }
    const own = { resourceId: instanceId, resourceType: 'instance', key: 'vpn-medic:pool' };
    if (pool !== null) this.setTag({ ...own, value: pool });
    this.#strangers.add(instanceId);
    return instanceId;
  }

  isStranger(instanceId: string): boolean {
    return this.#strangers.has(instanceId);
  }

  /** Stops answering for as long as a boot takes; EC2 keeps reporting `running`. */
  reboot(instanceId: string): void {
    if (this.instances.get(instanceId)?.state !== 'running') return;
    this.#answersFromMs.set(instanceId, this.#clock.monotonicMs() + this.#pace.bootMs);
  }

  /** When EC2 last started it; null: before the simulation began. */
  launchedMs(instanceId: string): number | null {
    return this.#launchedMs.get(instanceId) ?? null;
  }

  #run(instanceId: string): void {
    this.#launchedMs.set(instanceId, this.#clock.monotonicMs());
    this.#answersFromMs.set(instanceId, this.#clock.monotonicMs() + this.#pace.bootMs);
    this.#setState(instanceId, 'running');
    for (const check of ['system', 'instance'] as const) {
      this.setCheck(instanceId, check, 'initializing');
      this.#after(2 * this.#pace.bootMs, () => {
        if (this.statuses.get(instanceId)?.[check] === 'initializing') {
          this.setCheck(instanceId, check, 'ok');
        }
      });
    }
  }

  #finishTermination(instanceId: string): void {
    const atMs = this.#clock.monotonicMs();
    const instance = this.instances.get(instanceId);
    if (instance === null) return;
    const gone = { vpcId: '', subnetId: '', privateIp: null, publicIp: null, ipv6s: [] };
    this.instances.put(instanceId, { ...instance, ...gone }, atMs);
    for (const link of this.interfaces.all()) {
      if (link.instanceId === instanceId) this.interfaces.put(link.interfaceId, null, atMs);
    }
    this.#setState(instanceId, 'terminated');
    this.#after(this.#pace.lingerMs, () => {
      this.instances.put(instanceId, null, this.#clock.monotonicMs());
      this.statuses.put(instanceId, null, this.#clock.monotonicMs());
      for (const { resourceId, key } of this.tags.all()) {
        if (resourceId === instanceId) this.dropTag(resourceId, key);
      }
    });
  }

  #setState(instanceId: string, state: InstanceState): void {
    const atMs = this.#clock.monotonicMs();
    const instance = this.instances.get(instanceId);
    const status = this.statuses.get(instanceId);
    if (instance === null) return;
    const launch = state === 'running' ? { launchedAt: this.#clock.now() } : {};
    this.instances.put(instanceId, { ...instance, state, ...launch }, atMs);
    if (status !== null) this.statuses.put(instanceId, { ...status, state }, atMs);
    this.markBlackholes();
    this.#onState(instanceId, state);
  }

  #after(ms: number, run: () => void): void {
    this.#clock.at(this.#clock.monotonicMs() + ms, run);
  }
}
