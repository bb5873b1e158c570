/** `vpn-medic ack GROUP`: unpins routes that were pinned after flapping; `ack ID`: acknowledges an incident. */

import { ACKS_MAX, acksId, parseAcks, withAcks } from '../appliances/state/ack.ts';
import { parseState, stateId } from '../appliances/state/stored.ts';
import type { Item } from '../core/ports.ts';
import { counted } from '../core/text.ts';
import { describeMs, toIso } from '../core/time.ts';
import { incidentAcksId, withNewAck } from '../incidents/acks.ts';
import { durationMs } from '../incidents/steps.ts';
import type { AwsClients } from './awsClients.ts';
import { findIncident, readIncidents } from './incidents/store.ts';
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
  // A group's name is one word; an incident's id has its account, region, subject and reason in it.
  return name.includes('/')
    ? ackIncident(request, name, options)
    : ackGroup(request, name, options);
}

async function ackGroup(
  request: OperatorRequest,
  group: string,
  options: ChangeOptions,
): Promise<ExitCode> {
  const { region } = request;
  const pinned = await readPinned(request, group);
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
  const pinnedAts = groups.get(group)?.pinnedAts;
  if (pinnedAts === undefined) {
    const names = [...(stored?.memory.appliances.values() ?? [])].map((one) => one.group);
    const known = [...new Set([...names, ...groups.keys()])].toSorted();
    if (!known.includes(group)) throw new Unable(unknownGroup(group, region, known));
  }
  const routes = Object.entries(pinnedAts ?? {}).toSorted(([, a], [, b]) => a - b);
  return { item, routes };
}

const unknownGroup = (group: string, region: string, groups: readonly string[]): string =>
  groups.length === 0
    ? `the state table holds nothing about ${region} yet: see --region and the table's name`
    : `group ${group} is not known in ${region}; known groups: ${groups.join(', ')}`;

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
