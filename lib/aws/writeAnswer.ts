/** What one call that points a route elsewhere has done. */
import type { WriteAnswer } from '../core/routeWrite.ts';
import type { CallResult } from './call.ts';
import { type Fault, tellFault } from './fault.ts';

/** `action` as IAM names it, without `ec2:`. `isOfTable`: whether the fault is about the table, and so about each of its routes. */
export function writeAnswerOf(
  answer: CallResult<unknown>,
  action: string,
  tableId: string,
  isOfTable?: (fault: Fault) => boolean,
): WriteAnswer {
  if (answer.ok) return { kind: 'written' };
  const { fault } = answer;
  const why = tellFault(
    fault,
    `ec2:${action}`,
    `the role needs ec2:${action} on ${tableId}, which must be tagged vpn-medic:group`,
  );
  switch (fault.kind) {
    case 'throttled':
      return { kind: 'throttled', why };
    case 'lost':
    case 'aborted':
      return { kind: 'unclear', why };
    case 'denied':
    case 'unidentified':
    case 'refused':
      return {
        kind: 'refused',
        why,
        ...(isOfTable !== undefined && { isOfTable: isOfTable(fault) }),
      };
    default:
      return fault.kind satisfies never;
  }
}
