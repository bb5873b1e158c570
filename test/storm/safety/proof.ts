/** What proves an appliance alive, by ground truth. */
import { answersIn, missesIn, type ProbeRecord } from '../probeRecord.ts';
import type { Run } from '../record.ts';
import { isThroughTunnel } from '../writeView.ts';

/** Tags are read every 30 s. */
export const TAG_AGE_MS = 45_000;
/** From the fresh look at the target to the write, at the usual pace of EC2. */
export const READ_AGE_MS = 3_000;

/** Every clause: at some vantage three answers within 10 s, and the last probe there was one of them. */
export function isProven(
  run: Run,
  probes: ProbeRecord,
  by: string,
  instanceId: string,
  atMs: number,
): boolean {
  return directClauses(probes, instanceId).every((keys) =>
    run.options.vantages.some(({ id }) =>
      keys.some((key) => {
        const calls = probes.of(by, id, key);
        const answers = answersIn(calls, atMs - 10_000 - 100, atMs);
        const last = answers.at(-1);
        return (
          answers.length >= 3 &&
          last !== undefined &&
          missesIn(calls, last.sentMs + 1, atMs - 20).length === 0
        );
      }),
    ),
  );
}

/** A far side says nothing where it is not sent, or is silent through every appliance: it is checked on its own. */
export const directClauses = (
  probes: ProbeRecord,
  instanceId: string,
): ReturnType<ProbeRecord['clauses']> =>
  probes.clauses(instanceId).filter((keys) => !keys.every(isThroughTunnel));
