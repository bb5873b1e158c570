/** What one write has done, as far as its answer says. */
import type { WriteAnswer } from '../core/routeWrite.ts';
import type { CallResult } from './call.ts';
import { tellFault } from './errors.ts';

/** `action` as IAM names it: `ec2:ReplaceRoute`. The role may do it to `target` only while that carries `tag`. */
export function writeAnswerOf(
  answer: CallResult<unknown>,
  action: string,
  target: string,
  tag: string,
): WriteAnswer {
  if (answer.ok) return { kind: 'written' };
  const { fault } = answer;
  const fix = `the role needs ${action} on ${target}, which must be tagged ${tag}`;
  const why = tellFault(fault, action, fix);
  switch (fault.kind) {
    case 'throttled':
      return { kind: 'throttled', why };
    case 'lost':
    case 'aborted':
      return { kind: 'unclear', why };
    case 'denied':
    case 'unidentified':
    case 'refused':
      return { kind: 'refused', why };
    default:
      return fault.kind satisfies never;
  }
}
