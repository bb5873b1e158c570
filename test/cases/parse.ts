/** A capture out of its text, as the commands read one. */
import { openCapture } from '../../lib/capture/parse.ts';
import type { Capture } from '../../lib/capture/types.ts';

/** Of the file's first region. `name`: as messages call the file. */
export const parseCapture = (text: string, name = 'capture'): Capture =>
  parseFile(text, name).captures[0];

/** Of every region. */
export function parseFile(text: string, name = 'capture') {
  const reader = openCapture(name);
  for (const line of text.split('\n')) reader.line(line);
  return reader.end();
}
