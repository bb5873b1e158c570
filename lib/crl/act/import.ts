/** Imports the published CRL into one endpoint, and polls until it is active there. */

import type { AskPause } from '../../core/pause.ts';
import type { CrlPorts } from '../ports.ts';
import type { CrlOutcome, Import } from '../types/plan.ts';
import { isSamePem } from '../x509/pem.ts';

type Ended = Pick<Extract<CrlOutcome, { action: Import }>, 'kind' | 'why' | 'resetCount'>;

const ACTIVE_MS = 60_000;
const PAUSE_MS = 2_000;

export async function importCrl(
  ports: CrlPorts,
  action: Import,
  askPause: AskPause,
  signal: AbortSignal,
): Promise<CrlOutcome> {
  const ended = await run(ports, action, askPause, signal);
  return { action, at: ports.clock.now(), ...ended };
}

async function run(
  { endpoints, clock }: CrlPorts,
  { region, endpointId, pem }: Import,
  askPause: AskPause,
  signal: AbortSignal,
): Promise<Ended> {
  const endpoint = { region, endpointId };
  // Read again right before: when the endpoint has this CRL by now, its connections need no reset.
  const before = await endpoints.exported(endpoint, signal);
  if (!before.known) return { kind: 'deferred', why: before.why, resetCount: null };
  if (before.value.pem !== null && isSamePem(before.value.pem, pem))
    return { kind: 'skipped', why: 'it has that CRL by now', resetCount: 0 };
  const live = await endpoints.liveConnectionCount(endpoint, signal);
  const resetCount = live.known ? live.value : null;
  const paused = await askPause();
  if (paused !== null) return { kind: 'deferred', why: paused, resetCount: 0 };
  const answer = await endpoints.import(endpoint, pem, signal);
  if (answer.kind === 'refused') return { kind: 'failed', why: answer.why, resetCount: 0 };
  const until = clock.monotonicMs() + ACTIVE_MS;
  for (;;) {
    const after = await endpoints.exported(endpoint, signal);
    const isThere = after.known && after.value.pem !== null && isSamePem(after.value.pem, pem);
    if (isThere && after.value.isActive) return { kind: 'done', why: null, resetCount };
    if (signal.aborted || clock.monotonicMs() + PAUSE_MS > until) {
      const why = after.known
        ? isThere
          ? 'the import is still pending'
          : 'the endpoint still has another CRL'
        : after.why;
      const lost = answer.kind === 'unclear' ? `${answer.why}; ` : '';
      return { kind: isThere ? 'written' : 'deferred', why: lost + why, resetCount };
    }
    await clock.sleep(PAUSE_MS, signal);
  }
}
