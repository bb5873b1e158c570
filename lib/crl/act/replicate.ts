/** Gives the second region's bucket what the public one has. */

import { createHash } from 'node:crypto';
import type { AskPause } from '../../core/pause.ts';
import type { CrlPorts } from '../ports.ts';
import type { CrlOutcome, Replicate } from '../types/plan.ts';
import { CONTENT_TYPE, cacheControl } from './publish.ts';

const OCTETS_MAX = 128 * 1024 * 1024;

export async function replicateCrl(
  { stateStore, replica, clock }: CrlPorts,
  action: Replicate,
  askPause: AskPause,
  signal: AbortSignal,
): Promise<CrlOutcome> {
  const { fileName, sha256, overEtag, nextUpdateAt } = action;
  const ended = (kind: 'done' | 'deferred' | 'failed', why: string | null): CrlOutcome => ({
    action,
    at: clock.now(),
    kind,
    why,
  });
  if (replica === null) return ended('deferred', 'there is no second region');
  const reading = await stateStore.read({ key: fileName, versionId: null }, OCTETS_MAX, signal);
  if (!reading.known) return ended('failed', reading.why);
  const bytes = reading.value?.bytes ?? null;
  if (bytes === null || createHash('sha256').update(bytes).digest('hex') !== sha256)
    return ended('deferred', 'the published CRL changed since it was read');
  const paused = await askPause();
  if (paused !== null) return ended('deferred', paused);
  const put = await replica.put(
    {
      key: fileName,
      bytes,
      sha256,
      overEtag,
      contentType: CONTENT_TYPE,
      cacheControl: cacheControl(nextUpdateAt, clock.now()),
      metadata: { sha256 },
    },
    signal,
  );
  if (put.kind === 'written') return ended('done', null);
  return ended(put.kind === 'refused' ? 'failed' : 'deferred', put.why);
}
