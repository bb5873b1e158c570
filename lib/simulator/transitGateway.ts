/** Transit gateway route tables of the simulated account: static routes over its connections. */
import type { WriteAnswer } from '../core/routeWrite.ts';
import type { TransitGatewayPort, TransitRouteWrite } from '../transitGateway/ports.ts';
import {
  type AttachmentFact,
  routeKeyOf,
  type TransitRouteFact,
  type TransitTableFact,
} from '../transitGateway/types/transit.ts';
import type { CallLog } from './callLog.ts';
import type { VirtualClock } from './clock.ts';
import { openReads } from './ec2Reads.ts';
import type { Faults } from './faults.ts';
import type { Invocation } from './invocation.ts';
import type { Random } from './random.ts';
import type { SimVpn } from './siteToSite.ts';

export interface TransitNetwork {
  readonly tables: readonly TransitTableFact[];
  readonly attachments: readonly AttachmentFact[];
  /** Where each static route leads first. */
  readonly routes: readonly TransitRouteWrite[];
}

export const NO_TRANSIT: TransitNetwork = { tables: [], attachments: [], routes: [] };

export class SimTransit {
  readonly network: TransitNetwork;
  readonly #clock: VirtualClock;
  readonly #faults: Faults;
  readonly #vpn: SimVpn;
  readonly #log: CallLog;
  readonly #random: Random;
  /** By route key: the attachment. */
  readonly #routes: Map<string, string>;

  constructor(
    network: TransitNetwork,
    { clock, faults, log }: { clock: VirtualClock; faults: Faults; log: CallLog },
    vpn: SimVpn,
    random: Random,
  ) {
    this.network = network;
    this.#clock = clock;
    this.#faults = faults;
    this.#log = log;
    this.#vpn = vpn;
    this.#random = random;
    this.#routes = new Map(
      network.routes.map((one) => [routeKeyOf(one.tableId, one.destination), one.attachmentId]),
    );
  }

  /** The attachment that a route leads to now; null: there is no such route. */
  targetOf(tableId: string, destination: string): string | null {
    return this.#routes.get(routeKeyOf(tableId, destination)) ?? null;
  }

  /** The connection behind an attachment; null: it is no connection's. */
  connectionOf(attachmentId: string): string | null {
    return (
      this.network.attachments.find((one) => one.attachmentId === attachmentId)?.connectionId ??
      null
    );
  }

  /** As its owner or another tool points it. */
  point({ tableId, destination, attachmentId }: TransitRouteWrite): void {
    const key = routeKeyOf(tableId, destination);
    if (this.#routes.has(key)) this.#routes.set(key, attachmentId);
  }

  port(self: Invocation): TransitGatewayPort {
    const ask = openReads(self, this.#random, () => this.#refusal());
    return {
      tables: (signal) =>
        ask(signal, 'DescribeTransitGatewayRouteTables', () => this.network.tables),
      routes: (tableId, signal) =>
        ask(signal, 'SearchTransitGatewayRoutes', () => this.#shown(tableId)),
      attachments: (ids, signal) =>
        ask(signal, 'DescribeTransitGatewayAttachments', () =>
          this.network.attachments.filter(
            ({ connectionId }) => ids.includes(connectionId) && !this.#vpn.isDeleted(connectionId),
          ),
        ),
      replaceRoute: (write, signal) => this.#replace(self, write, signal),
    };
  }

  #refusal(): string | null {
    const [unreadable] = this.#faults.active('transit-unreadable');
    if (unreadable !== undefined) return unreadable.why;
    const isThrottled = this.#faults
      .active('transit-throttled')
      .some(({ chance }) => this.#random.chance(chance));
    return isThrottled ? 'throttled (RequestLimitExceeded)' : null;
  }

  #shown(tableId: string): readonly TransitRouteFact[] {
    return this.network.routes
      .filter((one) => one.tableId === tableId)
      .map(({ destination }) => {
        const attachmentId = this.targetOf(tableId, destination) ?? '';
        const connectionId = this.connectionOf(attachmentId);
        const isBlackhole = connectionId !== null && this.#vpn.isDeleted(connectionId);
        const attachment = {
          attachmentId,
          resourceId: connectionId ?? 'vpc-0',
          resourceType: connectionId === null ? 'vpc' : 'vpn',
        };
        return { destination, attachment: isBlackhole ? null : attachment, isBlackhole };
      });
  }

  /** Takes effect halfway through the call; an abort or kill of the caller does not undo it. */
  async #replace(
    self: Invocation,
    write: TransitRouteWrite,
    signal: AbortSignal,
  ): Promise<WriteAnswer> {
    const issuedMs = this.#clock.monotonicMs();
    const tookMs = 10 * this.#random.whole(13, 29);
    await this.#clock.sleep(tookMs / 2);
    const before = this.targetOf(write.tableId, write.destination);
    const lost = this.#faults
      .active('transit-write-unclear')
      .find(({ chance }) => this.#random.chance(chance));
    let effectMs: number | null = null;
    let answer = this.#writeRefusal(write);
    if (answer === null) {
      if (lost?.isAfterEffect !== false) {
        this.point(write);
        effectMs = this.#clock.monotonicMs();
      }
      answer =
        lost === undefined ? { kind: 'written' } : { kind: 'unclear', why: 'no answer in 3 s' };
    }
    await this.#clock.sleep(tookMs / 2, signal);
    if (signal.aborted) answer = { kind: 'unclear', why: 'the call was given up' };
    this.#log.transitWrites.push({ by: self.by, ...write, issuedMs, effectMs, before, answer });
    await self.pass(0);
    return answer;
  }

  #writeRefusal({ tableId, destination, attachmentId }: TransitRouteWrite): WriteAnswer | null {
    if (this.#faults.isActive('transit-write-refused')) {
      return {
        kind: 'refused',
        why: 'ec2:ReplaceTransitGatewayRoute denied (UnauthorizedOperation)',
      };
    }
    if (this.#refusal() !== null) return { kind: 'throttled', why: 'RequestLimitExceeded' };
    const connectionId = this.connectionOf(attachmentId);
    if (connectionId === null || this.#vpn.isDeleted(connectionId)) {
      return {
        kind: 'refused',
        why: `InvalidTransitGatewayAttachmentID.NotFound: ${attachmentId}`,
      };
    }
    return this.targetOf(tableId, destination) === null
      ? { kind: 'refused', why: `InvalidRoute.NotFound: ${destination} in ${tableId}` }
      : null;
  }
}
