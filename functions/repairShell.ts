/** Inside a VPC subnet, with no AWS permissions: logs in to one machine with the key it is handed, restarts one service. */
import type { ScriptAnswer } from '../lib/repairs/ports.ts';
import { runScriptFirst } from '../lib/repairs/ssh/script.ts';
import { parseScriptRequest } from '../lib/repairs/ssh/wire.ts';

/** So much of the invocation is kept for answering. */
const LAST_MS = 500;

/** @throws {Error} naming the wrong field of a malformed event, never a value of it. */
export async function handler(
  event: unknown,
  context: { getRemainingTimeInMillis(): number },
): Promise<ScriptAnswer> {
  const request = parseScriptRequest(event);
  const signal = AbortSignal.timeout(Math.max(1, context.getRemainingTimeInMillis() - LAST_MS));
  return runScriptFirst(request, signal);
}
