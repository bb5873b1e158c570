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
import { MemoryEvents, MemoryJournal, MemoryNotices } from './ports.ts';
import { MemoryStore } from './store.ts';

export const ACCOUNT = '111122223333';
export const REGION = 'eu-west-1';
export const SETTINGS: CrlSettings = { octetsMax: 1_000_000, importWindow: null, mode: 'act' };

export interface CrlStage extends CrlPorts {
  readonly clock: VirtualClock;
  readonly store: MemoryStore;
  readonly notices: MemoryNotices;
  readonly events: MemoryEvents;
  readonly journal: MemoryJournal;
  readonly source: SimBucket;
  readonly shelf: SimBucket;
  readonly replica: SimBucket;
  readonly site: SimSite;
  readonly endpoints: SimCrlEndpoints;
  readonly ca: Authority;
}

export function aCrlStage(ca: Authority = anAuthority()): CrlStage {
  const clock = new VirtualClock(NOW);
  const source = new SimBucket(clock);
  const shelf = new SimBucket(clock);
  source.drop('issuers/ca.pem', ca.certificate);
  return {
    region: REGION,
    clock,
    store: new MemoryStore(),
    notices: new MemoryNotices(),
    events: new MemoryEvents(),
    journal: new MemoryJournal(),
    source,
    shelf,
    replica: new SimBucket(clock),
    site: new SimSite(shelf, clock),
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
export async function look(stage: CrlStage, options: LookOptions = {}): Promise<PublishSummary> {
  const { settings = {}, event = { kind: 'look' }, ports = {}, safety = CRL_SAFETY } = options;
  let isOver = false;
  const work = publish(
    { ...stage, ...ports },
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
  await stage.clock.run(stage.clock.monotonicMs() + 600_000, () => isOver);
  return work;
}

/** The upload of a list, and the event that tells of it. */
export async function upload(
  stage: CrlStage,
  fileName: string,
  bytes: Uint8Array,
  options: LookOptions = {},
): Promise<PublishSummary> {
  const etag = stage.source.drop(`inbox/${fileName}`, bytes);
  stage.clock.jumpWall(1_000);
  const sequencer = stage.clock.now().toString(16);
  return look(stage, {
    event: { kind: 'arrival', arrival: { fileName, etag, sequencer } },
    ...options,
  });
}

/** `opened ca.crl CrlExpiring`, in the order in which they were told. */
export const told = ({ notices }: CrlStage): readonly string[] =>
  notices.sent.map(({ state, incidentId }) => {
    const [, , ...rest] = incidentId.split('/');
    return `${state} ${rest.join(' ')}`;
  });
