/** What `--fail` names, found in the account. Pure. */
import type { Appliance } from '../../appliances/types/topology.ts';
import { sitesOf } from '../../siteToSite/assess/sites.ts';
import {
  type ConnectionFact,
  type CustomerGatewayFact,
  isStanding,
} from '../../siteToSite/types/connection.ts';
import type { ConnectionPass } from '../check/connections.ts';
import { oneNamed } from '../named.ts';
import { Unable } from '../terminal.ts';

/** What is taken to have failed. */
export interface Failing {
  /** As it was asked for: `zone eu-west-1a`, `hq-a (i-…)`. */
  readonly what: readonly string[];
  readonly instanceIds: ReadonlySet<string>;
  /** With those whose customer gateway is an appliance that fails. */
  readonly connectionIds: ReadonlySet<string>;
}

/** What there is to fail. */
export interface Failable {
  readonly appliances: readonly Appliance[];
  readonly connections: readonly ConnectionFact[];
  readonly customerGateways: readonly CustomerGatewayFact[];
}

export const failableOf = (
  appliances: readonly Appliance[],
  { world: { connections, customerGateways } }: Pick<ConnectionPass, 'world'>,
): Failable => ({
  appliances,
  connections: connections.known ? connections.value.filter(isStanding) : [],
  customerGateways: customerGateways.known ? customerGateways.value : [],
});

const KINDS = ['instance', 'zone', 'group', 'connection', 'site'] as const;

/** Ways in which `rehearse --fail` kills an appliance: a plan is of what would be lost, whichever it is. */
const DEATHS: ReadonlySet<string> = new Set([
  'host',
  'process',
  'tunnel',
  'stop',
  'terminate',
  'interface',
  'status',
]);

/** @throws {Unable} that names what there is, when one of `asked` is not there. */
export function findFailing(asked: readonly string[], all: Failable): Failing {
  const found = asked.map((text) => findOne(text, all));
  const instanceIds = new Set(found.flatMap((one) => one.instanceIds));
  return {
    what: found.map(({ what }) => what),
    instanceIds,
    connectionIds: new Set([
      ...found.flatMap((one) => one.connectionIds),
      ...connectionsOn(instanceIds, all),
    ]),
  };
}

/** Connections whose other end is one of these appliances. */
function connectionsOn(
  instanceIds: ReadonlySet<string>,
  { appliances, connections, customerGateways }: Failable,
): readonly string[] {
  const addresses = new Set(
    appliances
      .filter(({ instanceId }) => instanceIds.has(instanceId))
      .flatMap(({ ownAddresses }) => ownAddresses),
  );
  const gateways = new Set(
    customerGateways.flatMap(({ customerGatewayId, ip }) =>
      ip !== null && addresses.has(ip) ? [customerGatewayId] : [],
    ),
  );
  return connections.flatMap(({ connectionId, customerGatewayId }) =>
    customerGatewayId !== null && gateways.has(customerGatewayId) ? [connectionId] : [],
  );
}

interface Found {
  readonly what: string;
  readonly instanceIds: readonly string[];
  readonly connectionIds: readonly string[];
}

function findOne(text: string, all: Failable): Found {
  const { appliances, connections } = all;
  if (text === 'all' && appliances.length + connections.length > 0) {
    return {
      what: 'everything',
      instanceIds: appliances.map(({ instanceId }) => instanceId),
      connectionIds: connections.map(({ connectionId }) => connectionId),
    };
  }
  const bare = text.includes(':')
    ? null
    : (named(text, all) ?? inZone(text, all) ?? connectionNamed(text, all));
  if (bare !== null) return bare;
  const colon = text.indexOf(':');
  const word = text.slice(0, Math.max(0, colon));
  const kind = DEATHS.has(word) ? 'instance' : KINDS.find((one) => one === word);
  const name = text.slice(colon + 1);
  if (kind === undefined || name === '') {
    throw new Unable(
      `--fail ${text}: write instance:ID, connection:ID (or its name), zone:NAME, group:NAME, site:NAME, or all; ${known(all)}`,
    );
  }
  const found = FINDERS[kind](name, all);
  if (found === null) throw new Unable(`--fail ${text}: no such ${kind}; ${known(all)}`);
  return found;
}

type Find = (name: string, all: Failable) => Found | null;

/** `eu-west-1a`, or its letter alone. */
const inZone: Find = (name, { appliances }) => {
  const zones = [...new Set(appliances.map(({ zone }) => zone))];
  const zone =
    zones.find((one) => one === name) ??
    (/^[a-z]$/.test(name) ? zones.find((one) => one.endsWith(name)) : undefined);
  if (zone === undefined) return null;
  const inside = appliances.filter((one) => one.zone === zone);
  return {
    what: `zone ${zone}`,
    instanceIds: inside.map(({ instanceId }) => instanceId),
    connectionIds: [],
  };
};

const inGroup: Find = (name, { appliances }) => {
  const members = appliances.filter(({ group }) => group === name);
  return members.length === 0
    ? null
    : {
        what: `group ${name}`,
        instanceIds: members.map(({ instanceId }) => instanceId),
        connectionIds: [],
      };
};

const named: Find = (name, { appliances }) => {
  const one = oneNamed(appliances, ({ instanceId }) => instanceId, name);
  return one === undefined
    ? null
    : {
        what: `${one.name} (${one.instanceId})`,
        instanceIds: [one.instanceId],
        connectionIds: [],
      };
};

const connectionNamed: Find = (name, { connections }) => {
  const one = oneNamed(connections, ({ connectionId }) => connectionId, name);
  return one === undefined
    ? null
    : {
        what: `${one.name} (${one.connectionId})`,
        instanceIds: [],
        connectionIds: [one.connectionId],
      };
};

const siteNamed: Find = (name, { connections, customerGateways }) => {
  const site = sitesOf(connections, customerGateways).find(
    (one) => one.name === name || one.id === name || one.id === `site/${name}`,
  );
  return site === undefined
    ? null
    : {
        what: `site ${site.name}`,
        instanceIds: [],
        connectionIds: site.connections.map(({ connectionId }) => connectionId),
      };
};

const FINDERS: Readonly<Record<(typeof KINDS)[number], Find>> = {
  instance: named,
  zone: inZone,
  group: inGroup,
  connection: connectionNamed,
  site: siteNamed,
};

const KNOWN_SHOWN = 12;

function known({ appliances, connections, customerGateways }: Failable): string {
  if (appliances.length + connections.length === 0) return 'there is no appliance at all';
  const zones = [...new Set(appliances.map(({ zone }) => zone))].toSorted();
  const sites = sitesOf(connections, customerGateways).map(({ name }) => name);
  const parts = [
    ...(zones.length === 0 ? [] : [`the zones ${zones.join(', ')}`]),
    ...(appliances.length === 0
      ? []
      : [
          `the instances ${listed(appliances.map(({ instanceId, name }) => (name === instanceId ? name : `${instanceId} (${name})`)))}`,
        ]),
    ...(connections.length === 0
      ? []
      : [
          `the connections ${listed(connections.map(({ connectionId, name }) => (name === connectionId ? name : `${connectionId} (${name})`)))}`,
        ]),
    ...(sites.length === 0 ? [] : [`the sites ${listed(sites)}`]),
  ];
  return `there are ${parts.join(' and ')}`;
}

function listed(names: readonly string[]): string {
  const rest = names.length - KNOWN_SHOWN;
  return `${names.slice(0, KNOWN_SHOWN).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
