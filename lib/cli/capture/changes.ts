/** Which lines of a pass say something new: an answer holds until the next of the same operation and input. */
import { createHash } from 'node:crypto';
import type { CaptureLine } from './recorder.ts';

/** Remembers a digest for each operation and input. Answers about a window of time are always new, and not remembered. */
export function openChanges(): (line: CaptureLine) => boolean {
  const written = new Map<string, string>();
  return ({ service, operation, input, output, error }) => {
    if (Object.hasOwn(Object(input), 'StartTime')) return true;
    const key = digestOf([service, operation, input]);
    const digest = digestOf([output, error]);
    if (written.get(key) === digest) return false;
    written.set(key, digest);
    return true;
  };
}

const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64');
