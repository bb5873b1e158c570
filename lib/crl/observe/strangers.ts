/**
 * Reads strangers' uploads one by one, each marked in the state table before it is read: what stops the function twice
 * is not read a third time, and the files behind it are.
 */
import * as v from 'valibot';
import { unknown } from '../../core/reading.ts';
import type { CrlObserver } from '../ports.ts';
import type { FileObservation } from '../types/world.ts';
import { type FileLimits, type FileQuestion, seeFile, unreadFile } from './file.ts';

const TRIES_MAX = 2;
const STOPPED_KEPT = 50;

const Upload = v.object({ fileName: v.string(), etag: v.string() });
const Reading = v.object({ ...Upload.entries, tries: v.number() });
const Mark = v.object({
  /** Null: the last pass came to its end. */
  reading: v.nullable(Reading),
  /** What stopped the function, newest last. */
  stopped: v.pipe(v.array(Upload), v.maxLength(STOPPED_KEPT)),
});
type Upload = v.InferOutput<typeof Upload>;
type Mark = v.InferOutput<typeof Mark>;

export const readingMarkId = (region: string): string => `crl-reading#${region}`;

export async function seeStrangers(
  ports: CrlObserver,
  questions: readonly FileQuestion[],
  limits: FileLimits,
  signal: AbortSignal,
): Promise<readonly FileObservation[]> {
  if (questions.length === 0) return [];
  const marks = await openMarks(ports, signal);
  const seen: FileObservation[] = [];
  for (const question of marks.lastTriedLast(questions)) {
    const upload = { fileName: question.fileName, etag: question.arrival?.etag ?? '' };
    if (marks.isStopped(upload)) {
      seen.push(unreadFile(ports, question, unknown(STOPPED, ports.clock.now())));
      continue;
    }
    await marks.begin(upload);
    seen.push(await seeFile(ports, question, limits, signal));
  }
  await marks.end();
  return seen;
}

const STOPPED =
  'the function stopped twice while it read this file, so it is not read again until it is replaced';

const isSame = (one: Upload | null, other: Upload): boolean =>
  one?.fileName === other.fileName && one.etag === other.etag;

/** Without the state table nothing is marked, and nothing is published either. */
async function openMarks({ store, region }: CrlObserver, signal: AbortSignal) {
  const id = readingMarkId(region);
  const reading = await store.read([id], signal);
  const item = reading.known ? reading.value[0] : undefined;
  const parsed = v.safeParse(Mark, item?.body);
  const before: Mark = parsed.success ? parsed.output : { reading: null, stopped: [] };
  const left = before.reading;
  const isSpent = left !== null && left.tries >= TRIES_MAX;
  const stopped = isSpent
    ? [...before.stopped, { fileName: left.fileName, etag: left.etag }].slice(-STOPPED_KEPT)
    : before.stopped;
  let version = item?.version ?? 0;
  const write = async (body: Mark): Promise<void> => {
    if (!reading.known) return;
    const answer = await store.write({ id, overVersion: version, body, expiresAt: null }, signal);
    if (answer.kind === 'written') version = answer.version;
  };
  return {
    isStopped: (upload: Upload): boolean => stopped.some((one) => isSame(one, upload)),
    lastTriedLast: (questions: readonly FileQuestion[]): readonly FileQuestion[] =>
      questions.toSorted(
        (a, b) => Number(a.fileName === left?.fileName) - Number(b.fileName === left?.fileName),
      ),
    begin: (upload: Upload) =>
      write({ reading: { ...upload, tries: isSame(left, upload) ? TRIES_MAX : 1 }, stopped }),
    end: () => write({ reading: null, stopped }),
  };
}
