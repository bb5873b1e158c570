/** Writes one entry into the log of what people did. */
import { type OperatorEntry, operatorLogId, parseOperatorLog, withEntry } from './operatorLog.ts';
import type { StorePort } from './ports.ts';

const TRIES = 3;

/** Why it could not be recorded; null when it was. The log is shared: a conflict is met by reading again. */
export async function recordOperator(
  store: Pick<StorePort, 'read' | 'write'>,
  region: string,
  entry: OperatorEntry,
  signalOf: () => AbortSignal,
): Promise<string | null> {
  const id = operatorLogId(region);
  let why = 'other writers kept conflicting';
  for (let tries = 0; tries < TRIES; tries += 1) {
    const reading = await store.read([id], signalOf());
    if (!reading.known) return reading.why;
    const [item] = reading.value;
    const body = withEntry(parseOperatorLog(item?.body), entry);
    const write = { id, overVersion: item?.version ?? 0, body, expiresAt: null };
    const answer = await store.write(write, signalOf());
    if (answer.kind === 'written') return null;
    if (answer.kind === 'failed') why = answer.why;
  }
  return why;
}
