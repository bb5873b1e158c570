/** The memory of a polled scope between its passes. */
import { packed, unpacked } from '../../core/packed.ts';
import { PAUSE_ID, type PauseGate } from '../../core/pause.ts';
import type { RegionPorts } from '../../incidents/ports.ts';

/** The subject's memory in the state table. A table that fails costs memory, never the look. */
export async function openMemory(
  { store, region, logger }: RegionPorts,
  scope: string,
  requestIds: readonly string[],
  gate: Pick<PauseGate, 'learn'>,
  all: AbortSignal,
) {
  const id = `memory#${scope}#${region}`;
  const reading = await store.read([id, PAUSE_ID, ...requestIds], all);
  if (reading.known) gate.learn(reading.value);
  const items = reading.known ? reading.value : [];
  const item = items.find((one) => one.id === id);
  const stored = unpacked(item?.body ?? null);
  let version = item?.version ?? 0;
  let kept = JSON.stringify(stored);
  if (!reading.known) {
    logger.write('warn', `The memory of ${scope} could not be read`, { why: reading.why });
  }
  return {
    stored,
    items: items.filter((one) => requestIds.includes(one.id)),
    isRead: reading.known,
    // What is no text of ours at all is as good as lost.
    isThere: item !== undefined && stored !== null,
    /** Written when it differs: if this fails, readers have it a pass later. */
    async share(shared: { readonly id: string; readonly body: unknown }, signal: AbortSignal) {
      const before = items.find((one) => one.id === shared.id);
      const isSame = JSON.stringify(before?.body) === JSON.stringify(shared.body);
      if (!reading.known || isSame) return;
      const overVersion = before?.version ?? 0;
      await store.write({ ...shared, overVersion, expiresAt: null }, signal);
    },
    /** False: it is not stored. */
    async keep(body: unknown, signal: AbortSignal): Promise<boolean> {
      if (!reading.known) return false;
      const text = JSON.stringify(body);
      if (text === kept) return true;
      const write = { id, overVersion: version, body: packed(body, text), expiresAt: null };
      const answer = await store.write(write, signal);
      if (answer.kind === 'written') {
        ({ version } = answer);
        kept = text;
        return true;
      }
      const why =
        answer.kind === 'failed' ? answer.why : 'another process wrote it at the same time';
      logger.write('warn', `The memory of ${scope} was not kept`, { why });
      return false;
    },
  };
}
