/** `vpn-medic ack ID`: says that a person has an incident in hand, so that it is not repeated. */

import { describeMs, toIso } from '../../core/time.ts';
import { writePage } from '../../incidents/store/page.ts';
import { findIncident, readIncidents, type Shelved } from '../incidents/store.ts';
import { type ChangeOptions, carryOut, type Desk, report } from '../operatorRequest.ts';
import { ink } from '../output/colour.ts';
import { blank, line } from '../output/textBlocks.ts';
import { type ExitCode, Unable, WELL } from '../terminal.ts';

/** @throws {Unable} for an incident that there is not, or that is over. */
export async function ackIncident(
  desk: Desk,
  asked: string,
  options: ChangeOptions,
): Promise<ExitCode> {
  const all = await readIncidents(desk);
  const shelved = findIncident(all, asked, desk.region);
  const { incident } = shelved;
  const { id, reason, subject, openedAt, resolvedAt, ackedAt, ackedBy, summary } = incident;
  if (resolvedAt !== null) {
    throw new Unable(`${id} is over since ${toIso(resolvedAt)}: there is nothing to acknowledge`);
  }
  if (ackedAt !== null) {
    report(desk, options, { incident: id, isChanged: false, ackedAt: toIso(ackedAt), ackedBy }, [
      line(`${ackedBy ?? 'Somebody'} has acknowledged it at ${toIso(ackedAt)}.`),
    ]);
    return WELL;
  }
  const change = {
    command: 'ack',
    subject: id,
    what: `${reason} of ${subject.name} acknowledged`,
    says: [
      line(`${reason} of ${subject.name}, open for ${describeMs(desk.at - openedAt)}: ${summary}`),
      line(
        'Acknowledged, it is not repeated. If it gets graver, and when it is over, you are told.',
      ),
      blank,
    ],
    question: 'Acknowledge it?',
    write: (by: string) => [
      {
        id: shelved.page.id,
        over: shelved.page,
        body: writePage(pageWith(all, shelved, by, desk.at), desk.at),
      },
    ],
    done: [line(ink('good', 'Acknowledged.'))],
    report: { incident: id, ackedAt: toIso(desk.at) },
  };
  return carryOut(desk, change, options);
}

/** Everything on its page, with this one acknowledged. */
const pageWith = (all: readonly Shelved[], acked: Shelved, ackedBy: string, ackedAt: number) =>
  all
    .filter(({ page }) => page === acked.page)
    .map((one) => (one === acked ? { ...one.incident, ackedAt, ackedBy } : one.incident));
