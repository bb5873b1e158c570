/** `vpn-medic ack ID`: acknowledges an incident, so that its notification is not repeated. */

import { describeMs, toIso } from '../../core/time.ts';
import { INCIDENT_ACKS_MAX, incidentAcksId, parseIncidentAcks } from '../../incidents/acks.ts';
import { findIncident, readIncidents } from '../incidents/store.ts';
import { type ChangeOptions, carryOut, type OperatorRequest, report } from '../operatorRequest.ts';
import { colour } from '../output/colour.ts';
import { blank, line } from '../output/textBlocks.ts';
import { type ExitCode, Unable, WELL } from '../terminal.ts';

/** @throws {Unable} for an incident that does not exist or is resolved. */
export async function ackIncident(
  operatorRequest: OperatorRequest,
  asked: string,
  options: ChangeOptions,
): Promise<ExitCode> {
  const all = await readIncidents(operatorRequest);
  const { region } = operatorRequest;
  const { incident } = findIncident(all, asked, region);
  const item = (await operatorRequest.read([incidentAcksId(region)])).get(incidentAcksId(region));
  const { id, reason, subject, openedAt, resolvedAt, ackedAt, ackedBy, summary } = incident;
  if (resolvedAt !== null) {
    throw new Unable(`${id} was resolved at ${toIso(resolvedAt)}: nothing to acknowledge`);
  }
  if (ackedAt !== null) {
    report(
      operatorRequest,
      options,
      { incident: id, isChanged: false, ackedAt: toIso(ackedAt), ackedBy },
      [line(`${ackedBy ?? 'A person'} has acknowledged it at ${toIso(ackedAt)}.`)],
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
        'After that it is not repeated. You are notified when it worsens and when it is resolved.',
      ),
      blank,
    ],
    question: 'Acknowledge it?',
    write: (by: string) => {
      const ack = { incidentId: id, openedAt, at: operatorRequest.at, by };
      const acks = [...parseIncidentAcks(item?.body), ack].slice(-INCIDENT_ACKS_MAX);
      return [{ id: incidentAcksId(region), over: item, body: { version: 1, acks } }];
    },
    done: [line(colour('good', 'Acknowledged.'))],
    report: { incident: id, ackedAt: toIso(operatorRequest.at) },
  };
  return carryOut(operatorRequest, change, options);
}
