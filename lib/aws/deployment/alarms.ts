/** Alarms by name. */
import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import type { AlarmFacts, DeploymentPort } from '../../core/deploymentPort.ts';
import type { Clock } from '../../core/time.ts';
import { type CallContext, call, everyPart, listOf, pieces, reading } from '../call.ts';
import { delays, READ_MS } from '../client.ts';

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html (read 2026-11-29) */
const NAMES_MAX = 100;

export function readAlarms(region: string, clock: Clock): DeploymentPort['alarms'] {
  const client = new CloudWatchClient({ region, ...delays(READ_MS) });
  const context: CallContext = { service: 'cloudwatch', clock };
  return (names, signal) =>
    reading(context, 'DescribeAlarms', () =>
      everyPart(pieces(names, NAMES_MAX), async (AlarmNames) => {
        const answer = await call(context, 'DescribeAlarms', signal, () =>
          client.send(
            new DescribeAlarmsCommand({ AlarmNames: [...AlarmNames], MaxRecords: NAMES_MAX }),
            { abortSignal: signal },
          ),
        );
        if (!answer.ok) return answer;
        return { ok: true, value: listOf(answer.value.MetricAlarms).map(alarmOf) };
      }),
    );
}

const alarmOf = (alarm: MetricAlarm): AlarmFacts => ({
  name: alarm.AlarmName ?? '',
  state: stateOf(alarm.StateValue),
  isArmed: alarm.ActionsEnabled !== false,
  why: alarm.StateReason ?? '',
});

const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;

const stateOf = (text: string | undefined): AlarmFacts['state'] =>
  STATES.find((state) => state === text) ?? 'unknown';
