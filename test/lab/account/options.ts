/** The accounts that scenarios wish for, as plain data. */

export const REGION = 'eu-west-1';

export interface AccountSpec {
  readonly groups: readonly GroupSpec[];
}

/** A group and the tables of its VPC's subnets. All groups share one VPC. */
export interface GroupSpec {
  readonly name: string;
  readonly appliances: readonly ApplianceSpec[];
  readonly tables: readonly TableSpec[];
}

export interface ApplianceSpec {
  readonly name: string;
  readonly zone: Zone;
  /** The tag `vpn-medic:probe`. */
  readonly probe: string;
  /** The addresses that its probe names are not its own; absent: EC2 shows them on its interface. */
  readonly isForeign?: boolean;
  /** Those that EC2 shows on its interface; absent: the ones that its probe names. */
  readonly ownAddresses?: readonly string[];
  readonly extraTags?: Readonly<Record<string, string>>;
}

export interface TableSpec {
  /** The zone of the one subnet it serves. */
  readonly zone: Zone;
  /** The appliance that its routes point at. */
  readonly towards: string;
  /** IPv4 and IPv6 CIDRs, or `prefix-list` for one that the lab makes. */
  readonly destinations: readonly string[];
  /** Whether it carries the tag `vpn-medic:group`. */
  readonly isTagged: boolean;
  readonly extraTags?: Readonly<Record<string, string>>;
}

export type Zone = 'a' | 'b' | 'c';

/** Every way in which a route names its destination; all twice but the prefix list. */
export const SIX_DESTINATIONS = [
  '10.20.0.0/16',
  '10.21.0.0/16',
  '172.20.0.0/20',
  '2001:db8:20::/48',
  '2001:db8:21::/48',
  'prefix-list',
] as const;

/** `vpn-a` in zone a carries six routes, `vpn-b` in zone b one; each is the home of its own zone's table. */
export const twoAppliances = (options: {
  readonly probeA: string;
  readonly probeB: string;
  readonly isTagged?: boolean;
}): AccountSpec => ({
  groups: [
    {
      name: 'hub',
      appliances: [
        { name: 'vpn-a', zone: 'a', probe: options.probeA },
        { name: 'vpn-b', zone: 'b', probe: options.probeB },
      ],
      tables: [
        {
          zone: 'a',
          towards: 'vpn-a',
          destinations: SIX_DESTINATIONS,
          isTagged: options.isTagged ?? true,
        },
        {
          zone: 'b',
          towards: 'vpn-b',
          destinations: ['10.30.0.0/16'],
          isTagged: options.isTagged ?? true,
        },
      ],
    },
  ],
});
