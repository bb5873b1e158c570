/** Calls by instance id while some ids no longer exist: one absent id must not hide the others. */
import { type CallResult, everyPart, pieces } from '../call.ts';
import type { Fault } from '../errors.ts';

/**
 * The facts of those instances that EC2 still knows. EC2 fails the whole call for one unknown id and names it (all of
 * them, as a rule) in the message: the named are dropped and the call is repeated.
 */
export const everyKnownInstance = <T>(
  instanceIds: readonly string[],
  ask: (instanceIds: readonly string[]) => Promise<CallResult<readonly T[]>>,
): Promise<CallResult<readonly T[]>> =>
  everyPart(pieces(instanceIds, IDS_MAX), (part) => askWithoutAbsent(part, ask));

async function askWithoutAbsent<T>(
  instanceIds: readonly string[],
  ask: (instanceIds: readonly string[]) => Promise<CallResult<readonly T[]>>,
): Promise<CallResult<readonly T[]>> {
  let asked = instanceIds;
  for (let tryCount = 1; asked.length > 0; tryCount += 1) {
    const answer = await ask(asked);
    if (answer.ok || tryCount === TRIES_MAX) return answer;
    const absent = absentIds(answer.fault);
    const left = asked.filter((id) => !absent.has(id));
    if (left.length === asked.length) return answer;
    asked = left;
  }
  return { ok: true, value: [] };
}

function absentIds(fault: Fault): ReadonlySet<string> {
  if (!ABSENT.has(fault.code)) return new Set();
  return new Set(fault.message.match(/[\w-]+/g));
}

const ABSENT: ReadonlySet<string> = new Set([
  'InvalidInstanceID.NotFound',
  'InvalidInstanceID.Malformed',
]);
/** DescribeInstanceStatus takes at most 100 ids (API reference, read 2026-11-20); the same for its sibling. */
const IDS_MAX = 100;
/** One for the absent, one for the malformed, and a few in case EC2 names them one by one. */
const TRIES_MAX = 8;
