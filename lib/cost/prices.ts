/**
 * What AWS asks, in US dollars: list prices of us-east-1 (most regions ask 0 to 15 % more), and what it gives every account
 * for nothing for ever. The one place to change when AWS does.
 */

export interface Price {
  readonly service: string;
  /** What one is, for people. */
  readonly unit: string;
  readonly usd: number;
  /** A month, of the whole account, whatever else uses it; without end. */
  readonly freeUnits: number;
  readonly source: string;
  /** When it was last read: `2026-11-21`. */
  readonly readOn: string;
}

export type PriceName = keyof typeof PRICES;

const READ_ON = '2026-11-21';
const LAMBDA = 'https://aws.amazon.com/lambda/pricing/';
const CLOUDWATCH = 'https://aws.amazon.com/cloudwatch/pricing/';
const DYNAMODB = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';

const price = (
  service: string,
  unit: string,
  usd: number,
  freeUnits: number,
  source: string,
): Price => ({ service, unit, usd, freeUnits, source, readOn: READ_ON });

export const PRICES = {
  lambdaGbSecond: price('Lambda', 'GB-second on arm64', 0.000_013_333_4, 400_000, LAMBDA),
  lambdaRequest: price('Lambda', 'request', 0.000_000_2, 1_000_000, LAMBDA),
  // Never free, whatever else is.
  metricAsked: price('CloudWatch', 'metric asked for by GetMetricData', 0.000_01, 0, CLOUDWATCH),
  // ListMetrics among others.
  metricRequest: price('CloudWatch', 'API request', 0.000_01, 1_000_000, CLOUDWATCH),
  customMetric: price('CloudWatch', 'custom metric', 0.3, 10, CLOUDWATCH),
  alarm: price('CloudWatch', 'alarm', 0.1, 10, CLOUDWATCH),
  dashboard: price('CloudWatch', 'dashboard', 3, 3, CLOUDWATCH),
  logGb: price('CloudWatch Logs', 'GB written', 0.5, 5, CLOUDWATCH),
  logGbMonth: price('CloudWatch Logs', 'GB kept for a month', 0.03, 0, CLOUDWATCH),
  // Free requests are of provisioned tables alone.
  tableWrite: price('DynamoDB', 'write of 1 KB', 0.000_000_625, 0, DYNAMODB),
  tableRead: price('DynamoDB', 'read of 4 KB', 0.000_000_125, 0, DYNAMODB),
  key: price('KMS', 'key', 1, 0, 'https://aws.amazon.com/kms/pricing/'),
  keyRequest: price('KMS', 'request', 0.000_003, 20_000, 'https://aws.amazon.com/kms/pricing/'),
  publish: price('SNS', 'publish', 0.000_000_5, 1_000_000, 'https://aws.amazon.com/sns/pricing/'),
  // The first thousand mails of a month are free.
  email: price('SNS', 'e-mail', 0.000_02, 1_000, 'https://aws.amazon.com/sns/pricing/'),
  event: price(
    'EventBridge',
    'event of our own',
    0.000_001,
    0,
    'https://aws.amazon.com/eventbridge/pricing/',
  ),
} as const satisfies Readonly<Record<string, Price>>;
