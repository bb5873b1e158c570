/** What findings have to do with each other: which says that a thing is down, which explains which. Tables only. */

/**
 * Reasons that say that a thing no longer carries traffic. Each is explained by a `FELLING` one of a greater thing
 * (`Subject.within`), and all of them by a lost sight of the whole region.
 */
export const DOWN: ReadonlySet<string> = new Set([
  'ZoneDown',
  'GroupDown',
  'ApplianceDown',
  'Ipv6Down',
  'LateAnswers',
  'RouteStranded',
  'RouteBlackholed',
  'SiteDown',
  'DirectConnectBelowDown',
  'ConnectionGroupDown',
  'TransitRouteHeld',
  'ConnectionDown',
  'LongDown',
  'TunnelDown',
  'TunnelFlapping',
  'BgpDown',
  'NoRoutesAccepted',
  'EndpointUnreachable',
  'EndpointUnavailable',
  'DirectConnectDown',
  'DirectConnectBgpDown',
]);

/** Reasons that take with them all that is within their subject; the greatest first. */
export const FELLING: readonly string[] = [
  'RegionDown',
  'ZoneDown',
  'GroupDown',
  // Above connections: they may end on it, or run over it.
  'ApplianceDown',
  'DirectConnectBelowDown',
  'ConnectionGroupDown',
  'SiteDown',
  'TransitRouteHeld',
  'ConnectionDown',
  'LongDown',
  'BgpDown',
  'DirectConnectDown',
];

/** Doubts about the sight of a region, group or VPC: while one lasts, what looks down there may not be. */
export const DOUBTS: readonly string[] = ['SightLost', 'NothingAnswers', 'MassFailureSuspect'];

/** Reasons that say that a thing cannot be judged now. */
export const UNJUDGED: ReadonlySet<string> = new Set(['ApplianceUnknown', 'TunnelUnknown']);

/** Of a CRL's file; every other reason says that an upload is refused, and stays so whichever rule comes first. */
export const NO_REFUSAL: ReadonlySet<string> = new Set([
  'CrlSightLost',
  'CrlInboxFlooded',
  'CrlCandidateGone',
  'CrlCandidateUnreadable',
  'CrlIssuerUnreadable',
  'CrlIssuerExpiring',
  'CrlCopyLost',
  'CrlCopyUnreadable',
  'CrlCopyStrange',
  'CrlEntryOdd',
  'CrlScopeNarrow',
  'CrlLate',
  'CrlExpiring',
  'CrlExpired',
  'CrlServedDiffers',
  'CrlServedUnknown',
  'CrlReplicaDiffers',
  'CrlReplicaUnknown',
  'CrlInboxSilent',
  'CrlWriteFailed',
]);

/** Part of the notification of another reason of the same subject; their own end is notified all the same. */
export const PART_OF: ReadonlyMap<string, string> = new Map([
  ['RouteAway', 'ApplianceDown'],
  ['ScheduledEvent', 'ApplianceLeaving'],
  ['ConnectionRoutesAway', 'ConnectionDown'],
  ['RedundancyLost', 'SiteDown'],
  ['AuthFailuresHigh', 'DirectoryImpaired'],
  ['ServerCertificateRenewalFailed', 'ServerCertificateExpiring'],
]);
