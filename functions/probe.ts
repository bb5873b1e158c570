/** Inside a VPC subnet, allowed to read the keys of probes and nothing else: probes each target once and answers what was seen. */
import { probeKeys } from '../lib/aws/probeKeys.ts';
import { systemClock } from '../lib/core/time.ts';
import { OPEN_SOCKETS_MAX, probeAll } from '../lib/probe/probeAll.ts';
import type { ProbeAnswer } from '../lib/probe/types.ts';
import { type ProbeResponse, parseProbeRequest } from '../lib/probe/wire.ts';

/** So much of the invocation is kept for answering: an answer that is cut off is unknown for all. */
const LAST_MS = 250;

/** They outlive an invocation: read at the start of an environment, and every 15 minutes. */
const probingKeys = probeKeys(systemClock);

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
  await probeAll({ targets, timeoutMs }, keep, stop.signal, OPEN_SOCKETS_MAX, probingKeys);
  clearTimeout(end);
  return { version: 1, answers: keys.flatMap((key) => results.get(key) ?? []) };
}
