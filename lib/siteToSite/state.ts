/** The state that one pass over Site-to-Site connections leaves for the next: JSON, changed only when something changed. */
import * as v from 'valibot';

const Instant = v.number();
const Bytes = v.nullable(v.number());

const Traffic = v.object({
  /** Beginning of the first period. */
  from: Instant,
  /** One value a period of `periodMs`; null: no point. */
  bytesIn: v.array(Bytes),
  bytesOut: v.array(Bytes),
  /** Changes of TunnelState within the window, oldest first. */
  flipAts: v.array(Instant),
  /** Whether TunnelState had any point. */
  hasState: v.boolean(),
});

const Usual = v.object({
  dayCount: v.number(),
  /** The hour that the first band is for. */
  from: Instant,
  /** Median and spread of bytes an hour, both directions; null: not known. Empty while learning. */
  bands: v.array(v.nullable(v.tuple([v.number(), v.number()]))),
  /** An hour of the two weeks had traffic in both directions. */
  hadBoth: v.boolean(),
});

const Status = v.picklist(['up', 'no-routes', 'bgp-down', 'down']);

const Tunnel = v.object({
  connectionId: v.string(),
  firstSeenAt: Instant,
  /** The last that was known; null: nothing ever was. `no-routes`: BGP is up and AWS accepts no route. */
  status: v.nullable(Status),
  since: Instant,
  /** AWS's last status change, as last read. */
  changedAt: v.nullable(Instant),
  /** Changes within the flap window, oldest first. */
  changeAts: v.array(Instant),
  /** Since when nothing is known of it; null: it is known. */
  unknownSince: v.nullable(Instant),
  /** A status with an older change date than the last one's, and since when it is read; null: none. */
  doubt: v.optional(v.nullable(v.object({ status: Status, since: Instant })), null),
  /** Long down when first seen, and not up since. */
  isUnused: v.boolean(),
  traffic: v.nullable(Traffic),
  /** When its metrics were last read; set earlier after a failure, so that they are due sooner. */
  metricsAt: v.nullable(Instant),
  usual: v.nullable(Usual),
  /** When its history was last read. */
  historyAt: v.nullable(Instant),
  maintenance: v.nullable(
    v.object({
      askedAt: Instant,
      isPending: v.boolean(),
      autoAppliedAfter: v.nullable(Instant),
      since: Instant,
    }),
  ),
});

const Connection = v.object({
  firstSeenAt: Instant,
  /** New when first seen, and no tunnel has carried traffic since. */
  isNeverUp: v.boolean(),
  /** That is a guess: CloudWatch has no point of it yet, and it changed minutes ago. */
  isUnproven: v.optional(v.boolean(), false),
  /** One tunnel was long down when first seen, and both have not been up together since. */
  usesOneTunnel: v.boolean(),
  /** AWS accepted a route from one of its tunnels. */
  hasHadRoutes: v.optional(v.boolean(), false),
  /** Static routes of its transit gateway to it, as last read; null: never read. */
  staticRouteCount: v.optional(v.nullable(v.number()), null),
  /** Its tags `vpn-medic:ignore` and `vpn-medic:quiet`, as last read. */
  ignored: v.optional(v.nullable(v.string()), null),
  quiet: v.optional(v.nullable(v.string()), null),
  /** Since when EC2's list lacks it; null: it does not. */
  absentSince: v.optional(v.nullable(Instant), null),
  /** Since when AWS calls it pending; null: it does not. */
  pendingSince: v.nullable(Instant),
});

const Memory = v.object({
  tunnels: v.record(v.string(), Tunnel),
  /** By connection id: since when no tunnel carries traffic. */
  downSince: v.record(v.string(), Instant),
  /** By connection id. */
  connections: v.optional(v.record(v.string(), Connection), {}),
  /** A pass has read the connections of the region: what appears later is new. */
  hasLooked: v.optional(v.boolean(), false),
  /** By subject and reason: since when, for what has no date of its own. */
  sinces: v.record(v.string(), Instant),
  /** Customer gateways as last read: sites keep their names while they cannot be. */
  gateways: v.array(
    v.object({
      customerGatewayId: v.string(),
      name: v.string(),
      ip: v.nullable(v.string()),
      deviceName: v.nullable(v.string()),
      asn: v.nullable(v.string()),
      site: v.nullable(v.string()),
    }),
  ),
  /** As last read, for the map. */
  sites: v.optional(
    v.array(
      v.object({
        id: v.string(),
        name: v.string(),
        connections: v.array(v.object({ id: v.string(), name: v.string(), gateway: v.string() })),
      }),
    ),
    [],
  ),
  /** Ids of tunnels that CloudWatch has metrics of. */
  series: v.nullable(v.object({ at: Instant, tunnelIds: v.array(v.string()) })),
  /** Transit gateways without ECMP, as last read; null: never read, or none is asked about. */
  ecmp: v.optional(v.nullable(v.object({ at: Instant, off: v.array(v.string()) })), null),
  health: v.array(
    v.object({
      id: v.string(),
      code: v.string(),
      at: Instant,
      connectionIds: v.array(v.string()),
    }),
  ),
  /** By id of a connection, tunnel or site that AWS has no more: since when. */
  gone: v.optional(v.record(v.string(), Instant), {}),
  /** By connection id: the appliance that it went down with, and when that was last seen down. */
  explained: v.optional(
    v.record(v.string(), v.object({ instanceId: v.string(), at: Instant })),
    {},
  ),
  /** By tunnel id: replacements that were asked for and are not seen to be over. */
  replacements: v.optional(
    v.record(
      v.string(),
      v.object({
        connectionId: v.string(),
        customerGatewayId: v.nullable(v.string()),
        askedAt: Instant,
      }),
    ),
    {},
  ),
  /** Since when connections cannot be read; null: they can. */
  blindSince: v.nullable(Instant),
  metricsBlindSince: v.nullable(Instant),
});

export type ConnectionMemory = v.InferOutput<typeof Memory>;
export type ConnectionStatus = v.InferOutput<typeof Connection>;
export type TunnelMemory = v.InferOutput<typeof Tunnel>;
export type TrafficMemory = v.InferOutput<typeof Traffic>;
export type UsualMemory = v.InferOutput<typeof Usual>;

const NO_MEMORY: ConnectionMemory = {
  tunnels: {},
  downSince: {},
  connections: {},
  hasLooked: false,
  sinces: {},
  gateways: [],
  sites: [],
  series: null,
  ecmp: null,
  health: [],
  gone: {},
  explained: {},
  replacements: {},
  blindSince: null,
  metricsBlindSince: null,
};

/** What was kept; empty for nothing and for garbage. */
export function recallConnections(stored: unknown): ConnectionMemory {
  const parsed = v.safeParse(Memory, stored);
  return parsed.success ? parsed.output : NO_MEMORY;
}
