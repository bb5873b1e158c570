/** CloudWatch alarms of a stack, generated from the metric catalogue and from what AWS counts of our functions. */
import { type AlarmRule, CATALOGUE } from './catalogue.ts';
import { alarmsOfFunction, DEAD_LETTERS, type FunctionFact } from './functionAlarms.ts';

/** What the stack knows of itself. Texts of CloudFormation stay as they are: `Fn::Sub` and `Ref` objects. */
export interface StackFact {
  /** `vpn-medic-prod`: begins the name of everything. */
  readonly name: string;
  readonly regions: readonly string[];
  readonly functions: readonly FunctionFact[];
}

export interface Alarm {
  /** Frozen, as the alarm's own name is: see `AlarmRule`. */
  readonly logicalId: string;
  readonly name: string;
  readonly rule: AlarmRule;
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: readonly Dimension[];
}

interface Dimension {
  readonly Name: string;
  readonly Value: string | Readonly<Record<string, unknown>>;
}

/** In the order of the dashboard's lights: our own metrics by region, then the functions, then the queue. */
export function alarmsOf({ name, regions, functions }: StackFact): readonly Alarm[] {
  const keys = new Set(functions.map(({ key }) => key));
  const ownIn = (of: string, region: Dimension['Value'], isOfHome: boolean) =>
    CATALOGUE.filter((metric) => (metric.isOfHome === true) === isOfHome).flatMap((metric) =>
      // What is never written would be missing for ever.
      metric.alarm === null ||
      !keys.has(metric.writtenBy) ||
      (metric.isOfMany === true && regions.length < 2)
        ? []
        : [
            alarm(name, of, metric.alarm, NAMESPACE, metric.name, [
              { Name: 'Region', Value: region },
            ]),
          ],
    );
  const own = [
    ...regions.flatMap((region) => ownIn(region, region, false)),
    ...ownIn('', { Ref: 'AWS::Region' }, true),
  ];
  const ofFunctions = functions.flatMap((fact) =>
    alarmsOfFunction(fact).map(({ rule, namespace, metricName }) =>
      alarm(name, fact.key, rule, namespace, metricName, [
        { Name: 'FunctionName', Value: fact.name },
      ]),
    ),
  );
  const { rule, namespace, metricName } = DEAD_LETTERS;
  const ofQueue = alarm(name, '', rule, namespace, metricName, [
    { Name: 'QueueName', Value: { 'Fn::GetAtt': ['DeadLetters', 'QueueName'] } },
  ]);
  return [...own, ...ofFunctions, ofQueue];
}

const NAMESPACE = 'VpnMedic';

function alarm(
  stack: string,
  of: string,
  rule: AlarmRule,
  namespace: string,
  metricName: string,
  dimensions: readonly Dimension[],
): Alarm {
  const words = of.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const suffix = words.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
  return {
    logicalId: `${rule.id}${suffix}Alarm`,
    name: [stack, rule.id, of].filter((part) => part !== '').join('-'),
    rule,
    namespace,
    metricName,
    dimensions,
  };
}

/** The alarm as a CloudFormation resource. */
export function alarmResource({ name, rule, namespace, metricName, dimensions }: Alarm) {
  const calls = rule.calls === 'watchdog' ? [{ Ref: 'WatchdogTopic' }] : [];
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: name,
      AlarmDescription: `${rule.says}. See docs/runbook.md#${rule.id.toLowerCase()}`,
      Namespace: namespace,
      MetricName: metricName,
      Dimensions: dimensions,
      Statistic: rule.statistic,
      Period: rule.periodS,
      EvaluationPeriods: rule.periods,
      DatapointsToAlarm: rule.periods,
      Threshold: rule.threshold,
      ComparisonOperator:
        rule.is === 'Below' ? 'LessThanThreshold' : 'GreaterThanOrEqualToThreshold',
      TreatMissingData: rule.whenMissing,
      AlarmActions: calls,
      OKActions: calls,
    },
  };
}
