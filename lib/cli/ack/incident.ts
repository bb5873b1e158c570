/** `vpn-medic ack ID`: says that a person has an incident in hand, so that it is not repeated. */

import { describeMs, toIso } from '../../core/time.ts';
import { writePage } from '../../incidents/store/page.ts';
import { findIncident, readIncidents, type Stored } from '../incidents/store.ts';
import { type ChangeOptions, carryOut, type OperatorRequest, report } from '../operatorRequest.ts';
import { colour } from '../output/colour.ts';
import { blank, line } from '../output/textBlocks.ts';
import { type ExitCode, Unable, WELL } from '../terminal.ts';

/** @throws {Unable} for an incident that there is not, or that is over. */
export async function ackIncident(
  operatorRequest: OperatorRequest,
  asked: string,
  options: ChangeOptions,
): Promise<ExitCode> {
  const all = await readIncidents(operatorRequest);
  const stored = findIncident(all, asked, operatorRequest.region);
  const { incident } = stored;
  const { id, reason, subject, openedAt, resolvedAt, ackedAt, ackedBy, summary } = incident;
  if (resolvedAt !== null) {
    throw new Unable(`${id} is over since ${toIso(resolvedAt)}: there is nothing to acknowledge`);
  }
  if (ackedAt !== null) {
    report(
      operatorRequest,
      options,
      { incident: id, isChanged: false, ackedAt: toIso(ackedAt), ackedBy },
      [line(`${ackedBy ?? 'Somebody'} has acknowledged it at ${toIso(ackedAt)}.`)],
    );
    return WELL;
  }
  const change = {
    command: 'ack',
    subject: id,
    what: `${reason} of ${subject.name} acknowledged`,
    says: [
      line(
        `${reason} of ${subject.name}, open for ${describeMs(operatorRequest.at - openedAt)}: ${summary}`,
      ),
      line(
        'Acknowledged, it is not repeated. If it gets graver, and when it is over, you are told.',
      ),
      blank,
    ],
    question: 'Acknowledge it?',
    write: (by: string) => [
      {
        id: stored.page.id,
        over: stored.page,
        body: writePage(pageWith(all, stored, by, operatorRequest.at), operatorRequest.at),
      },
    ],
    done: [line(colour('good', 'Acknowledged.'))],
    report: { incident: id, ackedAt: toIso(operatorRequest.at) },
  };
  return carryOut(operatorRequest, change, options);
}

/** Everything on its page, with this one acknowledged. */
const pageWith = (all: readonly Stored[], acked: Stored, ackedBy: string, ackedAt: number) =>
  all
    .filter(({ page }) => page === acked.page)
    .map((one) => (one === acked ? { ...one.incident, ackedAt, ackedBy } : one.incident));
