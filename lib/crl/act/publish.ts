/** Publishes one CRL: high-water mark, put, copy to the second region, read back as a client. In this order. */

import type { AskPause } from '../../core/pause.ts';
import type { Instant } from '../../core/time.ts';
import type { BucketStatePort, CrlPorts, PutAnswer, SitePort } from '../ports.ts';
import { markId, writeMark } from '../state.ts';
import type { CrlOutcome, Publish } from '../types/plan.ts';

export interface PublishSteps {
  readonly remembersFirst: boolean;
  readonly putsOnlyOverSeen: boolean;
  readonly asksPause: boolean;
}

type Ended = Pick<Extract<CrlOutcome, { action: Publish }>, 'kind' | 'why' | 'isReplicaBehind'>;

/** Caches at the edge may hold an error for some seconds. */
const READ_BACK_MS = 60_000;
const PAUSES_MS = [250, 500, 1_000, 2_000, 4_000];

export async function publishCrl(
  ports: CrlPorts,
  action: Publish,
  askPause: AskPause,
  signal: AbortSignal,
  steps: PublishSteps,
): Promise<CrlOutcome> {
  const ended = await run(ports, action, askPause, signal, steps);
  return { action, at: ports.clock.now(), ...ended };
}

async function run(
  ports: CrlPorts,
  action: Publish,
  askPause: AskPause,
  signal: AbortSignal,
  steps: PublishSteps,
): Promise<Ended> {
  const remembered = steps.remembersFirst ? await rememberFirst(ports, action, signal) : null;
  if (remembered !== null) return remembered;
  const overEtag = steps.putsOnlyOverSeen
    ? action.overEtag
    : await etagNow(ports.stateStore, action.fileName, signal);
  const paused = await askPause();
  if (paused !== null) return { kind: 'deferred', why: paused, isReplicaBehind: false };
  const put = await putCrl(ports, ports.stateStore, action, overEtag, signal);
  if (put.kind !== 'written') {
    const kind = put.kind === 'refused' ? 'failed' : 'deferred';
    return { kind, why: put.why, isReplicaBehind: false };
  }
  const [copied, seen] = await Promise.all([
    copyToReplica(ports, action, askPause, signal),
    readBack(ports.clock, ports.site, action, signal),
  ]);
  const why = [copied, seen].filter((one) => one !== null).join('; ') || null;
  return { kind: seen === null ? 'done' : 'written', why, isReplicaBehind: copied !== null };
}

/** Written first: a mark ahead of the published CRL still lets that CRL be put, a mark behind it would not. */
async function rememberFirst(
  { store }: CrlPorts,
  { fileName, highWater, overMarkVersion, isMarked }: Publish,
  signal: AbortSignal,
): Promise<Ended | null> {
  if (isMarked) return null;
  const body = writeMark(highWater);
  const id = markId(fileName);
  const answer = await store.write(
    { id, overVersion: overMarkVersion, body, expiresAt: null },
    signal,
  );
  switch (answer.kind) {
    case 'written':
      return null;
    case 'conflict':
      return {
        kind: 'deferred',
        why: 'the high-water mark changed since it was read',
        isReplicaBehind: false,
      };
    case 'failed':
      return {
        kind: 'failed',
        why: `it could not be remembered, and so was not put: ${answer.why}`,
        isReplicaBehind: false,
      };
    default:
      return answer satisfies never;
  }
}

async function etagNow(
  stateStore: BucketStatePort,
  fileName: string,
  signal: AbortSignal,
): Promise<string | null> {
  const reading = await stateStore.facts(fileName, signal);
  return reading.known ? (reading.value?.etag ?? null) : null;
}

/** After a lost answer the object is read: it may have been written. */
async function putCrl(
  { clock }: CrlPorts,
  stateStore: BucketStatePort,
  { fileName, der, sha256, nextUpdateAt, metadata }: Publish,
  overEtag: string | null,
  signal: AbortSignal,
): Promise<PutAnswer> {
  const write = {
    key: fileName,
    bytes: der,
    sha256,
    overEtag,
    contentType: CONTENT_TYPE,
    cacheControl: cacheControl(nextUpdateAt, clock.now()),
    metadata,
  };
  const answer = await stateStore.put(write, signal);
  if (answer.kind !== 'unclear') return answer;
  const there = await stateStore.facts(fileName, signal);
  if (there.known && there.value?.sha256 === sha256)
    return { kind: 'written', etag: there.value.etag };
  return answer;
}

export const CONTENT_TYPE = 'application/pkix-crl';
const CACHE_S_MAX = 3_600;

/** A quarter of the CRL's remaining validity, an hour at most. */
export const cacheControl = (nextUpdateAt: Instant, now: Instant): string =>
  `public, max-age=${Math.max(0, Math.min(CACHE_S_MAX, Math.floor((nextUpdateAt - now) / 4_000)))}`;

/** Null: the second region has it too, or there is none. */
async function copyToReplica(
  ports: CrlPorts,
  action: Publish,
  askPause: AskPause,
  signal: AbortSignal,
): Promise<string | null> {
  if (ports.replica === null) return null;
  if (action.replica === null) return 'the second region could not be read, so it is behind';
  const paused = await askPause();
  if (paused !== null) return `the second region is behind: ${paused}`;
  const put = await putCrl(ports, ports.replica, action, action.replica.overEtag, signal);
  if (put.kind !== 'written') return `the second region is behind: ${put.why}`;
  return readBack(ports.clock, ports.replicaSite ?? null, action, signal);
}

/** Null: clients get it. */
async function readBack(
  clock: CrlPorts['clock'],
  site: SitePort | null,
  { fileName, der, sha256 }: Publish,
  signal: AbortSignal,
): Promise<string | null> {
  if (site === null) return null;
  const until = clock.monotonicMs() + READ_BACK_MS;
  for (let tryCount = 0; ; tryCount += 1) {
    const reading = await site.fetch(fileName, der.length, signal);
    if (reading.known && reading.value.status === 200 && reading.value.sha256 === sha256)
      return null;
    const pauseMs = PAUSES_MS[Math.min(tryCount, PAUSES_MS.length - 1)] ?? 0;
    if (signal.aborted || clock.monotonicMs() + pauseMs > until) {
      const said = reading.known
        ? `it answers ${reading.value.status} with another content`
        : reading.why;
      return `not yet seen at ${site.urlOf(fileName)}: ${said}`;
    }
    await clock.sleep(pauseMs, signal);
  }
}
