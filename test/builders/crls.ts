/** A whole publisher in memory: buckets, public address, endpoints and table on one virtual clock. */

import type { CrlPorts } from '../../lib/crl/ports.ts';
import type { CrlSettings } from '../../lib/crl/types/policy.ts';
import { VirtualClock } from '../../lib/simulator/clock.ts';
import { SimBucket } from '../../lib/simulator/crl/bucket.ts';
import { SimCrlEndpoints } from '../../lib/simulator/crl/endpoints.ts';
import { SimSite } from '../../lib/simulator/crl/site.ts';
import type { CrlEvent } from '../../lib/watcher/events/crl.ts';
import {
  CRL_SAFETY,
  type CrlSafety,
  type PublishSummary,
  publish,
} from '../../lib/watcher/scopes/crls.ts';
import { type Authority, anAuthority } from '../crl/builders/authority.ts';
import { NOW } from '../crl/builders/list.ts';
import { MemoryEvents, MemoryLogger, MemoryNotifications } from './ports.ts';
import { MemoryStore } from './store.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const SETTINGS: CrlSettings = { octetsMax: 1_000_000, importWindow: null, mode: 'act' };

export interface CrlFixture extends CrlPorts {
  readonly clock: VirtualClock;
  readonly store: MemoryStore;
  readonly notifications: MemoryNotifications;
  readonly events: MemoryEvents;
  readonly logger: MemoryLogger;
  readonly source: SimBucket;
  readonly stateStore: SimBucket;
  readonly replica: SimBucket;
  readonly site: SimSite;
  readonly replicaSite: SimSite;
  readonly endpoints: SimCrlEndpoints;
  readonly ca: Authority;
}

export function aCrlFixture(ca: Authority = anAuthority(), now: number = NOW): CrlFixture {
  const clock = new VirtualClock(now);
  const source = new SimBucket(clock);
  const stateStore = new SimBucket(clock);
  const replica = new SimBucket(clock);
  source.drop('issuers/ca.pem', ca.certificate);
  return {
    region: REGION,
    clock,
    store: new MemoryStore(),
    notifications: new MemoryNotifications(),
    events: new MemoryEvents(),
    logger: new MemoryLogger(),
    source,
    stateStore,
    replica,
    site: new SimSite(stateStore, clock),
    replicaSite: new SimSite(replica, clock),
    endpoints: new SimCrlEndpoints(clock),
    ca,
  };
}

export interface LookOptions {
  readonly settings?: Partial<CrlSettings>;
  readonly event?: Exclude<CrlEvent, { kind: 'ignored' }>;
  readonly ports?: Partial<CrlPorts>;
  readonly safety?: CrlSafety;
}

/** One invocation, with all the virtual time it takes. */
export async function look(
  fixture: CrlFixture,
  options: LookOptions = {},
): Promise<PublishSummary> {
  const { settings = {}, event = { kind: 'look' }, ports = {}, safety = CRL_SAFETY } = options;
  let isOver = false;
  const work = publish(
    { ...fixture, ...ports },
    {
      accountId: ACCOUNT,
      settings: { ...SETTINGS, ...settings },
      event,
      safety,
      remainingMs: () => 300_000,
    },
    new AbortController().signal,
  ).finally(() => {
    isOver = true;
  });
  // A pass that dies is known as such below, after its virtual time.
  work.catch(() => undefined);
  await fixture.clock.run(fixture.clock.monotonicMs() + 600_000, () => isOver);
  return work;
}

/** The upload of a CRL, and its event. */
export async function upload(
  fixture: CrlFixture,
  fileName: string,
  bytes: Uint8Array,
  options: LookOptions = {},
): Promise<PublishSummary> {
  const etag = fixture.source.drop(`inbox/${fileName}`, bytes);
  fixture.clock.jumpWall(1_000);
  const sequencer = fixture.clock.now().toString(16);
  return look(fixture, {
    event: { kind: 'arrival', arrival: { fileName, etag, sequencer } },
    ...options,
  });
}

/** `opened ca.crl CrlExpiring`, in the order of notification. */
export const notified = ({ notifications }: CrlFixture): readonly string[] =>
  notifications.sent.map(({ state, incidentId }) => {
    const [, , ...rest] = incidentId.split('/');
    return `${state} ${rest.join(' ')}`;
  });
