/** Every reason that a notice may name has its section in the runbook. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { EndpointReason, Reason } from '../../lib/core/reasons.ts';
import {
  CRL_REASONS,
  type CrlReason,
  ENDPOINT_REASONS,
  type MetricReason,
} from '../../lib/core/reasons.ts';
import { METRIC_TABLE } from '../../lib/metrics/table.ts';

const runbook = await readFile(join(import.meta.dirname, '../../docs/runbook.md'), 'utf8');
const sections = runbook.split(/^## /m).map((section) => section.split('\n', 1)[0]);

/** All others; the compiler sees that none is left out. */
const OTHERS: Readonly<Record<Exclude<Reason, CrlReason | EndpointReason | MetricReason>, true>> = {
  TagInvalid: true,
  HomeInvalid: true,
  GroupSpansVpcs: true,
  GroupWithoutSpare: true,
  PoolClaimedTwice: true,
  PoolsOverlap: true,
  InterfaceMissing: true,
  InterfaceAmbiguous: true,
  TableForeign: true,
  TableNotTagged: true,
  RouteOwnedByOther: true,
  RouteBlackholed: true,
  RepairUnderway: true,
  RepairHeld: true,
  RepairSpent: true,
  HostKeyUnproven: true,
  ApplianceDown: true,
  ApplianceUnknown: true,
  ZoneDown: true,
  GroupDown: true,
  MassFailureSuspect: true,
  NothingAnswers: true,
  StateLost: true,
  VantageBlind: true,
  VantageUnread: true,
  ProbeImpossible: true,
  ProbeCannotProve: true,
  SourceDestCheckOn: true,
  ScheduledEvent: true,
  RouteAway: true,
  RoutePinned: true,
  RouteStranded: true,
  WriteFailed: true,
  ConnectionDown: true,
  TunnelDown: true,
  BgpDown: true,
  NoRoutesAccepted: true,
  TunnelFlapping: true,
  TunnelOneWay: true,
  TunnelIdle: true,
  TunnelSaturated: true,
  RouteLimitNear: true,
  CustomerGatewayShared: true,
  SingleTunnelUsed: true,
  TunnelMaintenancePending: true,
  TunnelReplaced: true,
  TunnelUnknown: true,
  TunnelMetricMissing: true,
  ConnectionUnattached: true,
  WeakCrypto: true,
  LogsOff: true,
  SiteDown: true,
  RedundancyLost: true,
  ConnectionsUnread: true,
  MetricsUnread: true,
};

test.each([
  ...CRL_REASONS,
  ...ENDPOINT_REASONS,
  ...METRIC_TABLE.map(({ reason }) => reason),
  ...Object.keys(OTHERS),
])('%s', (reason) => {
  expect(sections.filter((title) => title === reason)).toHaveLength(1);
});
