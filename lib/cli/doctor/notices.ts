/** Examines whether anybody hears: subscriptions of the topics, alarms, and the dashboard's picture. */
import type { AlarmFacts, DeploymentPort, StackResource } from '../../core/deploymentPort.ts';
import type { Reading } from '../../core/reading.ts';
import { counted, shellQuoted } from '../../core/text.ts';
import { type Exam, unexamined, well, wrong } from './types.ts';

/** Without a subscription to these, no person is notified of an outage, or of the watcher's own end. */
const NEEDED: ReadonlySet<string> = new Set(['AlertsTopic', 'WatchdogTopic']);

export const examineTopics = (
  resources: readonly StackResource[],
  port: Pick<DeploymentPort, 'subscriptions'>,
  signal: AbortSignal,
): Promise<readonly Exam[]> =>
  Promise.all(
    resources
      .filter(({ type }) => type === 'AWS::SNS::Topic')
      .map(async ({ logicalId, physicalId }) => {
        const reading = await port.subscriptions(physicalId, signal);
        if (!reading.known) return unexamined('topics', logicalId, reading.why);
        const confirmed = reading.value.filter(({ isConfirmed }) => isConfirmed);
        const pending = reading.value.filter(({ isConfirmed }) => !isConfirmed);
        const protocols = [...new Set(confirmed.map(({ protocol }) => protocol))].join(', ');
        if (pending.length > 0) {
          return wrong(
            'topics',
            logicalId,
            `${counted(pending.length, 'subscription')} not confirmed (${pending.map(({ protocol }) => protocol).join(', ')})`,
            'open the message that AWS sent to it and confirm',
          );
        }
        if (confirmed.length > 0) {
          return well(
            'topics',
            logicalId,
            `${counted(confirmed.length, 'subscription')} (${protocols})`,
          );
        }
        return NEEDED.has(logicalId)
          ? wrong(
              'topics',
              logicalId,
              'nobody is subscribed',
              `aws sns subscribe --topic-arn ${physicalId} --protocol email --notification-endpoint ADDRESS`,
            )
          : well('topics', logicalId, 'nobody is subscribed; it is optional');
      }),
  );

/** One exam for all that are well, and one for each that is not. Pure. */
export function examineAlarms(
  names: readonly string[],
  reading: Reading<readonly AlarmFacts[]>,
): readonly Exam[] {
  if (!reading.known) return [unexamined('alarms', 'all alarms', reading.why)];
  const byName = new Map(reading.value.map((alarm) => [alarm.name, alarm]));
  const exams = names.map((name) => examineAlarm(name, byName.get(name)));
  const fine = exams.filter(({ result }) => result === 'well');
  const others = exams.filter(({ result }) => result !== 'well');
  return [
    ...others,
    ...(fine.length === 0
      ? []
      : [well('alarms', counted(fine.length, 'alarm'), 'armed, not in alarm')]),
  ];
}

function examineAlarm(name: string, alarm: AlarmFacts | undefined): Exam {
  if (alarm === undefined) {
    return wrong('alarms', name, 'is not there any more', 'deploy the stack again');
  }
  if (!alarm.isArmed) {
    return wrong(
      'alarms',
      name,
      'its actions are switched off: it notifies nobody',
      `aws cloudwatch enable-alarm-actions --alarm-names ${shellQuoted(name)}`,
    );
  }
  if (alarm.state === 'ALARM') {
    return wrong('alarms', name, `in alarm: ${alarm.why}`, 'see its section of docs/runbook.md');
  }
  return well('alarms', name, 'armed');
}

/** As the dashboard asks for it. @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard.html (read 2026-11-29) */
const DRAWN = { widgetContext: { width: 600, height: 400, theme: 'light' } };

export async function examineWidget(
  functionName: string,
  port: Pick<DeploymentPort, 'invoke'>,
  signal: AbortSignal,
): Promise<Exam> {
  const reading = await port.invoke(functionName, DRAWN, signal);
  if (!reading.known) return unexamined('widget', functionName, reading.why);
  return reading.value.includes('<svg')
    ? well('widget', functionName, 'answers with a picture')
    : wrong(
        'widget',
        functionName,
        `answers without a picture: ${reading.value.slice(0, 80)}`,
        `read its log: aws logs tail /aws/lambda/${shellQuoted(functionName)}`,
      );
}
