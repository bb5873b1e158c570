/** After the lab: every part that did not run, once more, where it is not overlooked. */
import { readDidNotRun } from './didNotRun.ts';

export default function end(): void {
  const left = readDidNotRun();
  const text = left.length === 0 ? ['Every part of the lab ran.'] : left;
  process.stdout.write(`\n${text.join('\n')}\n`);
}
