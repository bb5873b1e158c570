/** Inside a VPC subnet, with no AWS permissions: logs in to one machine with the key it is handed, restarts one service. */
import type { VisitAnswer } from '../lib/ports/hands.ts';
import { visitFirst } from '../lib/shell/visit.ts';
import { parseVisitRequest } from '../lib/shell/wire.ts';

/** So much of the invocation is kept for answering. */
const LAST_MS = 500;

/** @throws {Error} naming the wrong field of a malformed event, never a value of it. */
export async function handler(
  event: unknown,
  context: { getRemainingTimeInMillis(): number },
): Promise<VisitAnswer> {
  const request = parseVisitRequest(event);
  const signal = AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - LAST_MS));
  return visitFirst(request, signal);
}
