/** The runbook's text for alarms that CloudWatch raises by itself, without a finding. */

import type { RunbookText } from './entry.ts';

export const ALARM_TEXTS = {
  HeartbeatMissing: {
    title: 'Heartbeat missing',
    meaning:
      'An alarm, not a notification: no leader has completed a pass for three minutes. Routes are not repaired now.',
    confirm: 'The log of `watchAppliances`: errors, or no invocations at all.',
    action:
      'Look at its schedule rule, its concurrency and its last error. `vpn-medic check` lists what needs an operator meanwhile.',
  },
  AppliancesDown: {
    title: 'Appliances down',
    meaning:
      'An alarm without notification, for the dashboard: an appliance is down. The notification `ApplianceDown`, `ZoneDown` or `GroupDown` says which, and what was done.',
  },
  RoutesMoved: {
    title: 'Routes moved',
    meaning:
      'An alarm without notification, for the dashboard: a failover or failback within the last five minutes.',
  },
  TunnelsDown: {
    title: 'Tunnels down',
    meaning:
      'An alarm without notification, for the dashboard: a Site-to-Site tunnel is down. The notification says which tunnel, and what is left of its site.',
  },
  EndpointsDown: {
    title: 'Endpoints down',
    meaning:
      'An alarm without notification, for the dashboard: a Client VPN endpoint takes no connections. See `EndpointUnavailable` and `EndpointUnreachable`.',
  },
  NoticesUntold: {
    title: 'Notifications not sent',
    meaning:
      'An alarm: for three minutes notifications could not be published. Their text is in the log, and they are sent again until a topic accepts them.',
    confirm:
      'The log of the function that notifies: lines that begin with `Not sent:` name the topic and the error.',
    action:
      "Denied: the function's role needs `sns:Publish` on the topic and `kms:GenerateDataKey` and `kms:Decrypt` on its key. A key that is disabled or to be deleted stops every notification: enable it. Meanwhile: `vpn-medic check`.",
  },
  EventsLost: {
    title: 'Events not sent',
    meaning:
      'An alarm, only where an event bus is deployed: changes of incidents were given up, because the bus refused them or did not accept them before the function ended. Notifications and the incident store do not depend on the bus: they were sent all the same.',
    confirm:
      'The log of the function that notifies: lines that begin with `Events not sent:` give the count, the first incident and the error of the bus.',
    action:
      "Denied: the functions' roles need `events:PutEvents` on the bus. Gone: deploy with the right `eventBus`. What your automation missed is in `vpn-medic incidents` and `vpn-medic explain ID`; check there before you rely on its state.",
  },
  CrlChecksMissing: {
    title: 'CRLs are not checked',
    meaning:
      'An alarm, not a notification: `publishCrl` has not completed one check for three hours, whatever the reason: it is not called, fails, is stopped by its timeout or memory, or waits for a lease that no process ends. New CRLs are not published; the published ones expire.',
    confirm:
      "The function's log and its metrics Errors, Throttles, Duration and Invocations; the dead-letter queue.",
    action:
      'Repair what the log names. If one upload stops the function: delete it from `inbox/`. `aws lambda invoke --function-name …publishCrl /dev/stdout` checks at once.',
  },
  CrlLifeShort: {
    title: 'CRL is about to expire, or has expired',
    meaning:
      'An alarm, beside the notification, because it must be raised even when `publishCrl` fails: a published CRL has expired, or is so near its end that `CrlExpiring` is critical (2 days, or a tenth of its life). Clients that are checked against an expired list cannot connect.',
    confirm: '`vpn-medic crl check` on the published address.',
    action: 'Have the CA publish; see that the file reaches `inbox/` and is not refused.',
  },
  FunctionFailing: {
    title: 'Function failing',
    meaning:
      'An alarm: a function ended in an error in two five-minute spans in a row. A fault in the account is a finding, not an error; an error is a wrong setting, a missing permission, or a bug of vpn-medic.',
    confirm: 'Its log, level `ERROR`. A wrong setting is listed there with every other one.',
    action:
      'Settings: deploy again with the right parameter. Otherwise roll back (docs/operations.md) and report it.',
  },
  FunctionThrottled: {
    title: 'Function throttled',
    meaning:
      "An alarm: Lambda did not let a function run, for ten minutes. The account's concurrency is used up, or the function's own reservation is too small.",
    confirm: 'CloudWatch, `ConcurrentExecutions` of the account and of the function.',
    action:
      'Find what uses it up; ask for a higher limit; deploy with `--param reserveConcurrency=true` once the limit is 110 or more, so that other functions cannot use it up.',
  },
  FunctionSlow: {
    title: 'Function slow',
    meaning:
      'An alarm: a function needed over 80 % of its timeout, for a quarter of an hour. An invocation that is cut off has done part of its work; the next one does the rest.',
    confirm: '`Duration` of the function; in its log, which call took long.',
    action:
      "Mostly an AWS API that is slow or throttles: find the other tool that uses up the account's API request quota.",
  },
  FunctionSilent: {
    title: 'Function silent',
    meaning:
      'An alarm: a function was not called three times in a row, as its schedule says it should be. What it monitors is not checked.',
    confirm: '`aws events list-rules --name-prefix vpn-medic`: is the rule enabled?',
    action: 'Enable the rule, or deploy again.',
  },
  EventsWaiting: {
    title: 'Events waiting',
    meaning:
      'An alarm: for five minutes events waited over two minutes for a function: it is throttled, or it fails and is tried again.',
    action:
      'As for `FunctionThrottled` and `FunctionFailing`. Nothing is lost by waiting: an event only asks for a pass now, and the leader makes one every second anyway.',
  },
  DeadLetters: {
    title: 'Dead letters',
    meaning:
      "An alarm: events whose every attempt failed are in the stack's dead-letter queue, for 14 days.",
    confirm: '`aws sqs receive-message --queue-url …` shows the event, and the error with it.',
    action:
      'Repair the cause, then purge the queue. Nothing needs to be sent again: the next pass reads the present state.',
  },
} as const satisfies Readonly<Record<string, RunbookText>>;
