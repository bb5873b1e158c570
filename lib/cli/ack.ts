/** `vpn-medic ack GROUP`: unpins routes that were pinned after flapping; `ack ID`: acknowledges an incident. */

import { ACKS_MAX, acksId, parseAcks, withAcks } from '../appliances/state/ack.ts';
import { parseState, stateId } from '../appliances/state/stored.ts';
import type { Item } from '../core/ports.ts';
import { counted } from '../core/text.ts';
import { describeMs, toIso } from '../core/time.ts';
import { incidentAcksId, withNewAck } from '../incidents/acks.ts';
import { durationMs } from '../incidents/steps.ts';
import type { AwsClients } from './awsClients.ts';
import { findIncident, isMeant, readIncidents } from './incidents/store.ts';
import {
  type ChangeOptions,
  carryOut,
  type OperatorRequest,
  openOperatorRequest,
  readItem,
  report,
} from './operatorRequest.ts';
import { colour } from './output/colour.ts';
import { blank, line, table } from './output/textBlocks.ts';
import { type ExitCode, type Terminal, Unable } from './terminal.ts';

/** @throws {Unable} when the state table cannot be used or knows no such group or incident. */
export async function ack(
  name: string,
  options: ChangeOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const request = await openOperatorRequest(options, terminal, clients);
  // A group's name has no slash.
  if (name.includes('/')) return ackIncident(request, name, options);
  const pinned = await readPinned(request, name);
  if (pinned.isKnown) return ackGroup(request, name, pinned, options);
  const all = await readIncidents(request);
  if (all.some(({ incident }) => isMeant(incident, name))) {
    return ackIncident(request, name, options);
  }
  throw new Unable(
    pinned.groups.length + all.length === 0
      ? `the state table holds nothing about ${request.region} yet: see --region and the table's name`
      : `${name} is no group and no incident in ${request.region}; known groups: ${pinned.groups.join(', ')}; vpn-medic incidents lists the incidents`,
  );
}

async function ackGroup(
  request: OperatorRequest,
  group: string,
  pinned: Pinned,
  options: ChangeOptions,
): Promise<ExitCode> {
  const { region } = request;
  const { routes } = pinned;
  if (routes.length === 0) {
    return report(request, options, { group, isChanged: false, cleared: [] }, [
      line(`Nothing is pinned in group ${group} (${region}).`),
    ]);
  }
  const change = {
    command: 'ack',
    subject: group,
    what: `${counted(routes.length, 'route')} of group ${group} unpinned after flapping`,
    says: [
      line(
        `Group ${group} (${region}) has ${counted(routes.length, 'route')} pinned after flapping:`,
      ),
      table(
        ['TABLE', 'DESTINATION', 'PINNED SINCE'],
        routes.map(([key, at]) => {
          const [tableId = key, destination = ''] = key.split(' ');
          return [tableId, destination, toIso(at)];
        }),
      ),
      blank,
    ],
    question: 'Unpin them?',
    write: () => [{ id: acksId(region), over: pinned.item, body: withAcked(pinned) }],
    done: [
      line([
        colour('good', `${counted(routes.length, 'route')} unpinned.`),
        ' The leader unpins them within seconds. Each fails back by itself once its preferred next hop has been healthy for long enough.',
      ]),
    ],
    report: {
      group,
      cleared: routes.map(([route, at]) => ({ route, pinnedAt: toIso(at) })),
    },
  };
  return carryOut(request, change, options);
}

interface Pinned {
  readonly isKnown: boolean;
  /** All that are known. */
  readonly groups: readonly string[];
  /** The acknowledgements that are stored. */
  readonly item: Item | undefined;
  /** Route key and since when it is pinned, oldest first. */
  readonly routes: readonly (readonly [string, number])[];
}

async function readPinned(request: OperatorRequest, group: string): Promise<Pinned> {
  const { region, at } = request;
  const items = await request.read([stateId(region), acksId(region)]);
  const item = items.get(acksId(region));
  const stored = parseState(items.get(stateId(region))?.body, at);
  const groups = withAcks(stored?.memory.groups ?? new Map(), parseAcks(item?.body) ?? {});
  const names = [...(stored?.memory.appliances.values() ?? [])].map((one) => one.group);
  const known = [...new Set([...names, ...groups.keys()])].toSorted();
  const pinnedAts = groups.get(group)?.pinnedAts ?? {};
  const routes = Object.entries(pinnedAts).toSorted(([, a], [, b]) => a - b);
  return { isKnown: known.includes(group), groups: known, item, routes };
}

/** The acknowledgements with these routes; the newest `ACKS_MAX` are kept. */
function withAcked({ item, routes }: Pinned): unknown {
  const all = { ...parseAcks(item?.body), ...Object.fromEntries(routes) };
  const newest = Object.entries(all).toSorted(([, a], [, b]) => b - a);
  return { version: 1, routes: Object.fromEntries(newest.slice(0, ACKS_MAX)) };
}

/** @throws {Unable} for an incident that does not exist or is resolved. */
export async function ackIncident(
  request: OperatorRequest,
  asked: string,
  options: ChangeOptions,
): Promise<ExitCode> {
  const all = await readIncidents(request);
  const { region } = request;
  const { incident } = findIncident(all, asked, region);
  const item = await readItem(request, incidentAcksId(region));
  const { id, reason, subject, openedAt, resolvedAt, ackedAt, ackedBy, summary } = incident;
  if (resolvedAt !== null) {
    throw new Unable(`${id} was resolved at ${toIso(resolvedAt)}: nothing to acknowledge`);
  }
  if (ackedAt !== null) {
    return report(
      request,
      options,
      { incident: id, isChanged: false, ackedAt: toIso(ackedAt), ackedBy },
      [line(`${ackedBy ?? 'A person'} has acknowledged it at ${toIso(ackedAt)}.`)],
    );
  }
  const change = {
    command: 'ack',
    subject: id,
    what: `${reason} of ${subject.name} acknowledged`,
    says: [
      line(
        `${reason} of ${subject.name}, open for ${describeMs(durationMs(incident, request.at))}: ${summary}`,
      ),
      line(
        'After that it is not repeated. You are notified when it worsens and when it is resolved.',
      ),
      blank,
    ],
    question: 'Acknowledge it?',
    write: (by: string) => {
      const own = { incidentId: id, openedAt, at: request.at, by };
      return [{ id: incidentAcksId(region), over: item, body: withNewAck(item?.body, own) }];
    },
    done: [line(colour('good', 'Acknowledged.'))],
    report: { incident: id, ackedAt: toIso(request.at) },
  };
  return carryOut(request, change, options);
}
