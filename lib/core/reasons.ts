/** Reason codes outlive dashboards: never renamed, each has a section of its name in the runbook. */

export const FAULT_REASONS = [
  'TagInvalid',
  'HomeInvalid',
  'GroupSpansVpcs',
  'GroupWithoutSpare',
  'PoolClaimedTwice',
  'PoolsOverlap',
  'InterfaceMissing',
  'InterfaceAmbiguous',
  'TableForeign',
  'TableNotTagged',
  'RouteOwnedByOther',
  'RouteBlackholed',
] as const;
export type FaultReason = (typeof FAULT_REASONS)[number];

export const APPLIANCE_REASONS = [
  'ApplianceDown',
  'ApplianceUnknown',
  'ZoneDown',
  'GroupDown',
  'MassFailureSuspect',
  'NothingAnswers',
  'SightLost',
  'StateLost',
  'VantageBlind',
  'VantageUnread',
  'ProbeNeverAnswered',
  'ProbeImpossible',
  'ProbeCannotProve',
  'SourceDestCheckOn',
  'ScheduledEvent',
  'RouteAway',
  'RoutePinned',
  'RouteStranded',
  'WriteFailed',
] as const;
export type ApplianceReason = (typeof APPLIANCE_REASONS)[number];

export const REPAIR_REASONS = [
  'RepairUnderway',
  'RepairHeld',
  'RepairSpent',
  'HostKeyUnproven',
] as const;
export type RepairReason = (typeof REPAIR_REASONS)[number];

export const CONNECTION_REASONS = [
  'ConnectionDown',
  'TunnelDown',
  'BgpDown',
  'NoRoutesAccepted',
  'TunnelFlapping',
  'TunnelOneWay',
  'TunnelIdle',
  'TunnelSaturated',
  'RouteLimitNear',
  'TrafficOffBaseline',
  'CustomerGatewayShared',
  'SingleTunnelUsed',
  'TunnelMaintenancePending',
  'TunnelReplaced',
  'TunnelUnknown',
  'TunnelMetricMissing',
  'ConnectionUnattached',
  'WeakCrypto',
  'LogsOff',
  'SiteDown',
  'RedundancyLost',
  'ConnectionsUnread',
  'MetricsUnread',
] as const;
export type ConnectionReason = (typeof CONNECTION_REASONS)[number];

export const ENDPOINT_REASONS = [
  'EndpointUnavailable',
  'EndpointSingleZone',
  'EndpointNearCapacity',
  'AuthFailuresHigh',
  'ClientCrlExpiring',
  'ClientCrlExpired',
  'IdpCertExpiring',
  'ConnectHandlerErrors',
  'ConnectionsDropped',
  'TrafficOffBaseline',
  'EndpointUnreachable',
  'ProbeNeverAnswered',
  'EndpointNotHealthCheckable',
  'RegionDown',
  'SightLost',
] as const;
export type EndpointReason = (typeof ENDPOINT_REASONS)[number];

export const METRIC_REASONS = [
  'TargetsUnhealthy',
  'HealthCheckFailing',
  'DirectConnectDown',
  'DirectConnectBgpDown',
  'TransitGatewayBlackhole',
  'TransitGatewayNoRoute',
] as const;
export type MetricReason = (typeof METRIC_REASONS)[number];

export const CRL_REASONS = [
  'CrlTooLarge',
  'CrlNotOnePemBlock',
  'CrlNotDer',
  'CrlTrailingBytes',
  'CrlVersionUnfit',
  'CrlAlgorithmsDiffer',
  'CrlExtensionUnfit',
  'CrlTooManyEntries',
  'CrlIssuerUnknown',
  'CrlAlgorithmUnknown',
  'CrlKeyUnfit',
  'CrlWeakAlgorithm',
  'CrlSignatureWrong',
  'CrlIssuerMayNotSign',
  'CrlIssuerNotYetValid',
  'CrlIssuerExpired',
  'CrlFileNameUnfit',
  'CrlCriticalExtensionUnknown',
  'CrlIndirect',
  'CrlRemovalInCompleteList',
  'CrlThisUpdateAhead',
  'CrlNextUpdateMissing',
  'CrlNextUpdatePassed',
  'CrlPublishedUnknown',
  'CrlPublishedUnreadable',
  'CrlHighWaterUnknown',
  'CrlIssuerNameOther',
  'CrlNumberLost',
  'CrlNumberNotAhead',
  'CrlNumberBelowHighWater',
  'CrlThisUpdateNotLater',
  'CrlThisUpdateBelowHighWater',
  'CrlDistributionPointOther',
  'CrlTooManyMissing',
  'CrlDeltaUnderCompleteName',
  'CrlCompleteUnderDeltaName',
  'CrlDeltaWithoutNumber',
  'CrlDeltaBaseUnknown',
  'CrlDeltaBaseMissing',
  'CrlDeltaBaseUnreadable',
  'CrlDeltaBaseOther',
  'CrlDeltaBaseAhead',
  'CrlSightLost',
  'CrlInboxFlooded',
  'CrlCandidateGone',
  'CrlCandidateUnreadable',
  'CrlIssuerUnreadable',
  'CrlIssuerExpiring',
  'CrlCopyLost',
  'CrlCopyUnreadable',
  'CrlCopyStrange',
  'CrlLate',
  'CrlExpiring',
  'CrlExpired',
  'CrlServedDiffers',
  'CrlServedUnknown',
  'CrlReplicaDiffers',
  'CrlReplicaUnknown',
  'CrlInboxSilent',
  'CrlWriteFailed',
  'CrlEndpointUnknown',
  'CrlEndpointUnfit',
  'CrlEndpointBehind',
  'CrlEndpointAhead',
  'CrlEndpointExpiring',
  'CrlEndpointExpired',
  'CrlImportFailed',
] as const;
export type CrlReason = (typeof CRL_REASONS)[number];

export type Reason =
  | FaultReason
  | ApplianceReason
  | RepairReason
  | ConnectionReason
  | EndpointReason
  | MetricReason
  | CrlReason;
