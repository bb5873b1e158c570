/** What `--fail` names, found in the world: `instance:i-…`, `zone:eu-west-1a`, and their short forms. Pure. */
import type { Appliance } from '../../appliances/types/topology.ts';
import { Unable } from '../terminal.ts';

/** What is taken to have failed. */
export interface Failing {
  /** As it was asked for: `zone eu-west-1a`, `hq-a (i-…)`. */
  readonly what: readonly string[];
  /** Never empty. */
  readonly instanceIds: ReadonlySet<string>;
}

const KINDS = ['instance', 'zone'] as const;

/** @throws {Unable} that names what there is, when one of `asked` is not there. */
export function findFailing(asked: readonly string[], appliances: readonly Appliance[]): Failing {
  const found = asked.map((text) => findOne(text, appliances));
  return {
    what: found.map(({ what }) => what),
    instanceIds: new Set(found.flatMap(({ instanceIds }) => instanceIds)),
  };
}

interface Found {
  readonly what: string;
  readonly instanceIds: readonly string[];
}

function findOne(text: string, appliances: readonly Appliance[]): Found {
  const colon = text.indexOf(':');
  const kind = KINDS.find((one) => one === text.slice(0, Math.max(0, colon)));
  const name = text.slice(colon + 1);
  if (kind === undefined || name === '') {
    throw new Unable(
      `--fail ${text}: write instance:ID (or its name), or zone:NAME; ${known(appliances)}`,
    );
  }
  const found = kind === 'zone' ? inZone(name, appliances) : named(name, appliances);
  if (found === null) throw new Unable(`--fail ${text}: no such ${kind}; ${known(appliances)}`);
  return found;
}

/** `eu-west-1a`, or its letter alone. */
function inZone(name: string, appliances: readonly Appliance[]): Found | null {
  const zones = [...new Set(appliances.map(({ zone }) => zone))];
  const zone =
    zones.find((one) => one === name) ??
    (/^[a-z]$/.test(name) ? zones.find((one) => one.endsWith(name)) : undefined);
  if (zone === undefined) return null;
  const inside = appliances.filter((one) => one.zone === zone);
  return { what: `zone ${zone}`, instanceIds: inside.map(({ instanceId }) => instanceId) };
}

/** By id, or by a name that only one has. */
function named(name: string, appliances: readonly Appliance[]): Found | null {
  const byName = appliances.filter((one) => one.name === name);
  const one =
    appliances.find(({ instanceId }) => instanceId === name) ??
    (byName.length === 1 ? byName[0] : undefined);
  if (one === undefined) return null;
  return { what: `${one.name} (${one.instanceId})`, instanceIds: [one.instanceId] };
}

const KNOWN_SHOWN = 12;

function known(appliances: readonly Appliance[]): string {
  if (appliances.length === 0) return 'there is no appliance at all';
  const zones = [...new Set(appliances.map(({ zone }) => zone))].toSorted();
  const list = appliances
    .slice(0, KNOWN_SHOWN)
    .map(({ instanceId, name }) => (name === instanceId ? name : `${instanceId} (${name})`));
  const rest = appliances.length - list.length;
  return `there are the zones ${zones.join(', ')} and the instances ${list.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}
