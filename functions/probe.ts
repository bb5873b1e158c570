/** Inside a VPC subnet, with no AWS permissions: knocks on each target once and answers what was seen. */

import { probeAll } from '../lib/probe/probeAll.ts';
import type { ProbeAnswer } from '../lib/probe/types.ts';
import { type ProbeResponse, parseProbeRequest } from '../lib/probe/wire.ts';

/** So much of the invocation is kept for answering: an answer that is cut off is unknown for all. */
const LAST_MS = 250;

/** @throws {Error} naming the fault of a malformed event. */
export async function handler(
  event: unknown,
  context: { getRemainingTimeInMillis(): number },
): Promise<ProbeResponse> {
  const { timeoutMs, targets, refusals, keys } = parseProbeRequest(event);
  const results = new Map(refusals.map((answer) => [answer.key, answer]));
  const stop = new AbortController();
  const end = setTimeout(() => stop.abort(), context.getRemainingTimeInMillis() - LAST_MS);
  const keep = (answer: ProbeAnswer) => results.set(answer.key, answer);
  await probeAll({ targets, timeoutMs }, keep, stop.signal);
  clearTimeout(end);
  return { version: 1, answers: keys.flatMap((key) => results.get(key) ?? []) };
}
