/** The alarms of a deployed stack, as CloudWatch describes them: all is well. */
import type { MadeAnswer, Place } from './account.ts';

export const alarmAnswer = ({ account, region, at }: Place): MadeAnswer => ({
  service: 'cloudwatch',
  operation: 'DescribeAlarms',
  input: { AlarmNamePrefix: 'vpn-medic' },
  output: {
    MetricAlarms: [['HeartbeatMissing', 'Passes'] as const].map(([id, MetricName]) => ({
      AlarmName: `vpn-medic-prod-${id}`,
      AlarmArn: `arn:aws:cloudwatch:${region}:${account}:alarm:vpn-medic-prod-${id}`,
      AlarmDescription: 'vpn-medic has not checked the appliances for 3 minutes',
      ActionsEnabled: true,
      AlarmActions: [`arn:aws:sns:${region}:${account}:vpn-medic-prod-watchdog`],
      StateValue: 'OK',
      StateReason: 'Threshold Crossed',
      StateUpdatedTimestamp: new Date(at - 86_400_000).toISOString(),
      Namespace: 'VpnMedic',
      MetricName,
      Dimensions: [{ Name: 'Region', Value: region }],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 3,
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    })),
  },
});
