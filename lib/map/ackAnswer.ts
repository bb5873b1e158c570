/** What a button's press is answered with: HTML for the dashboard's popup, a line of text in chat. Pure. */
import type { AckAnswer } from '../incidents/acknowledge.ts';
import type { AckRequest } from '../incidents/ackRequest.ts';
import { markup } from './markup.ts';

export function answerAck(answer: AckAnswer, { answerAs }: Pick<AckRequest, 'answerAs'>): string {
  const text = textOf(answer);
  return answerAs === 'text' ? text : markup`<p>${text}</p>`.toString();
}

function textOf(answer: AckAnswer): string {
  switch (answer.kind) {
    case 'acknowledged': {
      const { incident, unrecorded } = answer;
      const done = `Acknowledged: ${incident.reason} of ${incident.subject.name}. It is not repeated; you are notified when it worsens and when it is resolved.`;
      return unrecorded === null
        ? done
        : `${done} The log of operators' changes could not be written: ${unrecorded}.`;
    }
    case 'already':
      return `Nothing was changed: ${answer.incident.reason} of ${answer.incident.subject.name} was acknowledged before, by ${answer.incident.ackedBy ?? 'a person'}.`;
    case 'not-open':
      return 'Nothing was changed: this incident is no longer open. vpn-medic incidents lists what is.';
    case 'failed':
      return `Not acknowledged: ${answer.why}. Try again, or run vpn-medic ack ID.`;
    default:
      return answer satisfies never;
  }
}
