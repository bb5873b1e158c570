/** Alarms over what Lambda and SQS say of our functions by themselves: no code of ours has to live for them. */
import type { AlarmRule } from './catalogue.ts';

/** A function of the stack, by its key in serverless.yml. */
export interface FunctionFact {
  readonly key: string;
  readonly name: string;
  readonly timeoutS: number;
  readonly memoryMb: number;
}

export interface ServiceAlarm {
  readonly rule: AlarmRule;
  readonly namespace: 'AWS/Lambda' | 'AWS/SQS';
  readonly metricName: string;
}

/** Whose events wait in Lambda's queue until they run; a minute's watcher lets its event go instead. */
const EVENT_DRIVEN: ReadonlySet<string> = new Set(['onInstanceChange', 'publishCrl']);

/** How often the schedule calls it. The watcher has its heartbeat. */
const SCHEDULED: Readonly<Record<string, AlarmRule['periodS']>> = {
  pollConnections: 60,
  pollEndpoints: 60,
  publishCrl: 900,
};

/** A person who asks them sees when they fail. */
const ASKED: ReadonlySet<string> = new Set(['mapWidget', 'ackIncident']);

/** Turns that did not come before it is called silent. */
const SILENT_TURNS = 3;

/** The alarms of one function; none for those that another function calls, and reports when they fail. */
export function alarmsOfFunction({ key, timeoutS }: FunctionFact): readonly ServiceAlarm[] {
  if (key.startsWith('probe') || ASKED.has(key)) return [];
  const everyS = SCHEDULED[key];
  // A span has to hold a turn, or two in a row are never bad.
  const periodS = everyS === 900 ? 900 : 300;
  const span = `${periodS / 60}-minute`;
  return [
    lambda('Errors', { ...FAILING, periodS, says: `${key} failed in two ${span} spans in a row` }),
    lambda('Throttles', {
      ...THROTTLED,
      says: `${key} was not let run: the account's or its own concurrency is used up`,
    }),
    // The watcher runs until its time is up, by design: the heartbeat says whether it is well.
    ...(key === 'watchAppliances'
      ? []
      : [
          lambda('Duration', {
            ...SLOW,
            periodS,
            threshold: timeoutS * 1_000 * NEAR_TIMEOUT,
            says: `${key} took over ${NEAR_TIMEOUT * 100} % of its ${timeoutS} s`,
          }),
        ]),
    // Whether publishCrl is called is part of CrlChecksMissing.
    ...(everyS === undefined || key === 'publishCrl'
      ? []
      : [
          lambda('Invocations', {
            ...SILENT,
            periodS: everyS,
            periods: SILENT_TURNS,
            says: `${key} has not been called as its schedule says: what it watches is not looked at`,
          }),
        ]),
    ...(EVENT_DRIVEN.has(key)
      ? [lambda('AsyncEventAge', { ...WAITING, says: `events wait over 2 minutes for ${key}` })]
      : []),
  ];
}

const lambda = (metricName: string, rule: AlarmRule): ServiceAlarm => ({
  rule,
  namespace: 'AWS/Lambda',
  metricName,
});

const NEAR_TIMEOUT = 0.8;

const RARE = {
  statistic: 'Sum',
  is: 'AtLeast',
  whenMissing: 'notBreaching',
  calls: 'watchdog',
} as const;

// One error may be a moment of AWS's: its retry or the next minute mends it.
const FAILING = { ...RARE, id: 'FunctionFailing', threshold: 1, periods: 2 } as const;
const THROTTLED = {
  ...RARE,
  id: 'FunctionThrottled',
  threshold: 1,
  periodS: 300,
  periods: 2,
} as const;
const SLOW = {
  ...RARE,
  id: 'FunctionSlow',
  statistic: 'Maximum',
  periods: 3,
} as const;
const SILENT = {
  ...RARE,
  id: 'FunctionSilent',
  is: 'Below',
  threshold: 1,
  whenMissing: 'breaching',
} as const;
const WAITING = {
  ...RARE,
  id: 'EventsWaiting',
  statistic: 'Maximum',
  threshold: 120_000,
  // Lambda tries again after up to 5 minutes, and only a try has a point.
  periodS: 300,
  periods: 2,
} as const;

export const DEAD_LETTERS: ServiceAlarm = {
  namespace: 'AWS/SQS',
  metricName: 'ApproximateNumberOfMessagesVisible',
  rule: {
    ...RARE,
    id: 'DeadLetters',
    says: 'events whose every try failed lie in the dead-letter queue',
    statistic: 'Maximum',
    threshold: 1,
    periodS: 300,
    periods: 1,
  },
};
