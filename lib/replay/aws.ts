/** AWS as a capture recorded it: every call of the real adapters is answered from the capture, and writes change what later reads show. */
import type { AwsCall, CallHook } from '../aws/client.ts';
import { revived } from '../aws/revive.ts';
import type { Answer, Fields } from '../capture/types.ts';
import { fieldsOf } from '../core/json.ts';
import type { Clock } from '../core/time.ts';
import type { Answers } from './answers.ts';
import { awsError, MISSING } from './fields.ts';
import type { RecordedMetrics } from './metrics.ts';

/** What was written during the replay, over what is recorded. */
export interface Overlay {
  write(call: AwsCall): void;
  applied(operation: string, answer: Answer, output: Fields): Fields;
}

/** Everything recorded of one region, and what was written over it. */
export interface RecordedRegion {
  readonly answers: Answers;
  readonly overlay: Overlay;
  readonly objects: { answer(call: AwsCall): Fields };
  readonly metrics: RecordedMetrics;
}

/** `onMissing` is called with a read that the capture holds no answer to: `ec2:DescribeCustomerGateways`. */
export function recordedAws(
  { answers, overlay, objects, metrics }: RecordedRegion,
  clock: Clock,
  onMissing: (operation: string) => void,
): CallHook {
  const revivedOutputs = new WeakMap<Answer, Fields>();
  const outputOf = (call: AwsCall) => (answer: Answer, output: Fields) => {
    const known = revivedOutputs.get(answer) ?? fieldsOf(revived(call.outputSchema, output));
    revivedOutputs.set(answer, known);
    return overlay.applied(call.operation, answer, known);
  };
  return async (call) => {
    const { service, operation } = call;
    if (service === 's3') return objects.answer(call);
    if (operation === 'GetMetricData' && metrics.hasAny) {
      return metrics.answer(fieldsOf(call.input), clock.now());
    }
    const read = { service, operation, input: fieldsOf(call.input) };
    const found = answers.find(read, clock.now(), outputOf(call));
    switch (found.kind) {
      case 'output':
        if (isWrite(operation)) overlay.write(call);
        return found.output;
      case 'error':
        throw awsError(found.name, found.message);
      case 'missing':
        // What has points is listed. Without any, metrics are not judged: it is no fault of CloudWatch.
        if (operation === 'ListMetrics' && !answers.has('cloudwatch', ['ListMetrics'])) {
          return metrics.list(fieldsOf(call.input));
        }
        if (isWrite(operation)) {
          overlay.write(call);
          return {};
        }
        onMissing(`${service}:${operation}`);
        throw awsError(MISSING, 'the capture holds no answer to it');
      default:
        return found satisfies never;
    }
  };
}

const isWrite = (operation: string): boolean =>
  !/^(Describe|Get|List|Search|Export|Head|BatchGet|Lookup)/.test(operation);
