/** What is remembered of events of AWS Health, which come in pages that carry one id. Pure. */
import type { Instant } from './time.ts';

interface Note {
  /** The same for all pages of one event. */
  readonly id: string;
  readonly at: Instant;
}

/** Each event once: `joined` adds a later page to what came before it. Those that began `lastsMs` ago are dropped. */
export function notesAfter<N extends Note>(
  pages: readonly N[],
  joined: (before: N | undefined, page: N) => N,
  lastsMs: number,
  now: Instant,
): N[] {
  const notes = new Map<string, N>();
  for (const page of pages) notes.set(page.id, joined(notes.get(page.id), page));
  return [...notes.values()].filter(({ at }) => now - at < lastsMs).slice(-NOTES_KEPT);
}

const NOTES_KEPT = 100;
