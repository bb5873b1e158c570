/**
 * The keys that probes are sent with, read when first needed and every 15 minutes from then. A key is kept only as what
 * it makes of a probe; its text is dropped at once.
 */
import type { Clock } from '../core/time.ts';
import type { OpenTo } from './kind.ts';
import { keyedOf, type ProbeKind } from './kinds.ts';
import type { KeyPort, ReadKey } from './ports.ts';
import type { KeyId } from './types.ts';

export type KeyedOpen =
  | { readonly ok: true; readonly open: OpenTo; readonly keyId: KeyId }
  /** Never holds any of the key. */
  | { readonly ok: false; readonly why: string };

export interface ProbeKeys {
  /** Never rejects. Waits only for the first reading. */
  open(kind: ProbeKind, name: string): Promise<KeyedOpen>;
}

interface Kept {
  readonly opened: KeyedOpen;
  readonly readAtMs: number;
  readonly againAfterMs: number;
}

/** Changed keys count within this. */
const FRESH_MS = 15 * 60_000;
/** A key that is missing may be written at any moment; one that could not be read keeps its last text until then. */
const AGAIN_MS = 30_000;

export function openKeys(port: KeyPort, clock: Clock): ProbeKeys {
  const kept = new Map<string, Kept>();
  const reading = new Map<string, Promise<KeyedOpen>>();

  const read = async (id: string, kind: ProbeKind, name: string): Promise<KeyedOpen> => {
    const answer = await port.read(name);
    const before = kept.get(id);
    const isKept = answer.kind === 'unread' && before?.opened.ok === true;
    const opened = isKept ? before.opened : openedBy(kind, name, answer);
    const againAfterMs = answer.kind === 'key' && opened.ok ? FRESH_MS : AGAIN_MS;
    kept.set(id, { opened, readAtMs: clock.monotonicMs(), againAfterMs });
    reading.delete(id);
    return opened;
  };

  return {
    open: async (kind, name) => {
      const id = `${kind} ${name}`;
      const before = kept.get(id);
      const isDue =
        before === undefined || clock.monotonicMs() - before.readAtMs >= before.againAfterMs;
      let under = reading.get(id);
      if (isDue && under === undefined) {
        under = read(id, kind, name);
        reading.set(id, under);
      }
      return before?.opened ?? under ?? { ok: false, why: `the key ${name} was not read` };
    },
  };
}

function openedBy(kind: ProbeKind, name: string, answer: ReadKey): KeyedOpen {
  if (answer.kind !== 'key') return { ok: false, why: `the key ${name}: ${answer.why}` };
  const parsed = keyedOf(kind)?.read(answer.text) ?? null;
  if (parsed === null) return { ok: false, why: `${kind} takes no key` };
  return parsed.ok
    ? { ok: true, open: parsed.value, keyId: `${name} ${answer.version}` }
    : { ok: false, why: `the key ${name} is none for ${kind}: ${parsed.why}` };
}
