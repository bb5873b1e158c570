/** What a stack is made of, as deploy/*.yml makes it and as it was measured: what a bill is counted from. */

export const STACK = {
  /** Of the functions that run all the time, the watcher's apart from `watchMemoryMb`. */
  memoryMb: 256,
  /** A standby watcher reads beside the previous leader before it takes over, and the schedule jitters. */
  handOverSeconds: 9,
  /** One poll of a small account, its cold start and slow days spread over it. */
  pollSeconds: 1.5,
  /** A poll that goes on until the next one begins, while a group of connections exists. */
  groupPollSeconds: 65,
  /** A probe burst that is answered. */
  probeSeconds: 0.06,
  /** The event function for an instance that is no appliance: one read, with its cold starts spread over it. */
  eventSeconds: 0.2,
  /** What that read returns: the lease and the state. */
  eventReadKb: 8,
  /** Those that have alarms of their own. */
  functions: [
    'watchAppliances',
    'onInstanceChange',
    'pollConnections',
    'pollEndpoints',
    'publishCrl',
    'repairAppliance',
  ],
  /** A rare metric has points, and so a price, in so many of its hours. */
  rareShare: 0.1,
  /** One line of embedded metrics a pass, with what CloudWatch adds to it. */
  metricLineBytes: 500,
  otherLogGb: 0.05,
  leaseEverySeconds: 2,
  /** Pins and acknowledgements. */
  requestsEverySeconds: 5,
  /** Memory in the state table. */
  applianceKb: 0.4,
  tunnelKb: 0.15,
  endpointKb: 0.5,
  keys: 1,
  notificationsPerMonth: 60,
} as const;
