/** The notification for pagers: the shape of a CloudWatch alarm, which PagerDuty and Opsgenie read from SNS. Pure. */
import { partitionOf } from '../../core/serviceAddress.ts';
import { ascii, cut, oneLine } from '../../core/text.ts';
import { type Instant, toIso } from '../../core/time.ts';
import type { Content } from '../content.ts';
import type { ChannelMessage } from '../types.ts';

/** Subject and state agree, since readers use either. The alarm's name is the same from opened to resolved. */
export function pagerOf(content: Content, title: string): ChannelMessage {
  const { kind, lead, context, now, headline } = content;
  const state = kind === 'resolved' ? 'OK' : 'ALARM';
  const name = alarmName(content);
  const place = LONG_NAMES[context.region] ?? context.region;
  const { id, kind: subjectKind } = lead.subject;
  const ending = content.endMayBeLost ? 'An OK may not follow: close it by hand. ' : '';
  return {
    subject: ascii(`${state}: "${name.replaceAll('"', "'")}" in ${place}`)
      .slice(0, 99)
      .trimEnd(),
    body: JSON.stringify({
      AlarmName: name,
      AlarmDescription: cut(oneLine(lead.summary), 1_000),
      AWSAccountId: context.accountId,
      NewStateValue: state,
      OldStateValue: kind === 'opened' ? 'OK' : 'ALARM',
      NewStateReason: cut(oneLine(`${ending}${title}. ${content.impact} ${headline}`), 1_000),
      StateChangeTime: stamp(now),
      AlarmConfigurationUpdatedTimestamp: stamp(lead.openedAt),
      Region: place,
      AlarmArn: `arn:${partitionOf(context.region)}:cloudwatch:${context.region}:${context.accountId}:alarm:${name.replaceAll(' ', '-')}`,
      OKActions: [],
      AlarmActions: [],
      InsufficientDataActions: [],
      Trigger: {
        MetricName: lead.reason,
        Namespace: 'VpnMedic',
        StatisticType: 'Statistic',
        Statistic: 'MAXIMUM',
        Unit: null,
        Dimensions: [{ value: oneLine(id), name: subjectKind }],
        Period: 60,
        EvaluationPeriods: 1,
        ComparisonOperator: 'GreaterThanThreshold',
        Threshold: 0,
        TreatMissingData: '',
        EvaluateLowSampleCountPercentile: '',
      },
    }),
  };
}

/** The same from an incident's beginning to its end; at most 255 characters, as of a real alarm. */
const alarmName = ({ lead: { id, subject }, context: { signature } }: Content): string => {
  // The reason that it began with: an incident that turns into another form stays one alarm.
  const reason = id.slice(id.lastIndexOf('/') + 1);
  const stage = signature.stage === null ? '' : `${signature.stage} `;
  return cut(ascii(`vpn-medic ${stage}${reason} ${subject.id}`), 255);
};

/** `2026-11-20T21:00:04.123+0000` */
const stamp = (at: Instant): string => toIso(at).replace('Z', '+0000');

/**
 * CloudWatch writes a region's long name; a region that is not here is written as its code.
 * @see https://docs.aws.amazon.com/general/latest/gr/rande.html (read 2026-11-20)
 */
const LONG_NAMES: Readonly<Record<string, string>> = {
  'us-east-1': 'US East (N. Virginia)',
  'us-east-2': 'US East (Ohio)',
  'us-west-1': 'US West (N. California)',
  'us-west-2': 'US West (Oregon)',
  'ca-central-1': 'Canada (Central)',
  'eu-west-1': 'EU (Ireland)',
  'eu-west-2': 'EU (London)',
  'eu-west-3': 'EU (Paris)',
  'eu-central-1': 'EU (Frankfurt)',
  'eu-central-2': 'Europe (Zurich)',
  'eu-north-1': 'EU (Stockholm)',
  'eu-south-1': 'EU (Milan)',
  'ap-northeast-1': 'Asia Pacific (Tokyo)',
  'ap-northeast-2': 'Asia Pacific (Seoul)',
  'ap-south-1': 'Asia Pacific (Mumbai)',
  'ap-southeast-1': 'Asia Pacific (Singapore)',
  'ap-southeast-2': 'Asia Pacific (Sydney)',
  'sa-east-1': 'South America (Sao Paulo)',
};
