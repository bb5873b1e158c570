/** `vpn-medic ack GROUP`: lets go of routes that were pinned after flapping; `ack ID`: takes an incident in hand. */
import * as v from 'valibot';
import type { Item } from '../core/ports.ts';
import { toIso } from '../core/time.ts';
import { ackIncident } from './ack/incident.ts';
import type { AwsClients } from './awsClients.ts';
import {
  type ChangeOptions,
  carryOut,
  type OperatorRequest,
  openOperatorRequest,
  report,
} from './operatorRequest.ts';
import { colour } from './output/colour.ts';
import { blank, count, line, table } from './output/textBlocks.ts';
import { type ExitCode, type Terminal, Unable, WELL } from './terminal.ts';

/** @throws {Unable} when the state table cannot be used or knows no such group or incident. */
export async function ack(
  name: string,
  options: ChangeOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const operatorRequest = await openOperatorRequest(options, terminal, clients);
  // A group's name is a tag's word; an incident's id has its account, region, subject and reason in it.
  return name.includes('/')
    ? ackIncident(operatorRequest, name, options)
    : ackGroup(operatorRequest, name, options);
}

async function ackGroup(
  operatorRequest: OperatorRequest,
  group: string,
  options: ChangeOptions,
): Promise<ExitCode> {
  const { region } = operatorRequest;
  const pinned = await readPinned(operatorRequest, group);
  const { routes } = pinned;
  if (routes.length === 0) {
    report(operatorRequest, options, { group, isChanged: false, cleared: [] }, [
      line(`Nothing is pinned in group ${group} (${region}).`),
    ]);
    return WELL;
  }
  const change = {
    command: 'ack',
    subject: group,
    what: `${count(routes.length, 'route')} of group ${group} let go after flapping`,
    says: [
      line(
        `Group ${group} (${region}) has ${count(routes.length, 'route')} pinned after flapping:`,
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
    question: 'Let go of them?',
    write: () => [{ id: groupId(region, group), over: pinned.item, body: cleared(pinned) }],
    done: [
      line([
        colour('good', `${count(routes.length, 'route')} unpinned.`),
        ' Each goes home by itself once its home has been well for long enough; until then it stays where it is.',
      ]),
    ],
    report: {
      group,
      cleared: routes.map(([route, at]) => ({ route, pinnedAt: toIso(at) })),
    },
  };
  return carryOut(operatorRequest, change, options);
}

const Group = v.looseObject({
  pinnedAts: v.record(v.string(), v.number()),
  failovers: v.record(v.string(), v.array(v.unknown())),
});

interface Pinned {
  readonly item: Item | undefined;
  readonly body: v.InferOutput<typeof Group>;
  /** Route key and since when, oldest first. */
  readonly routes: readonly (readonly [string, number])[];
}

const NONE = { pinnedAts: {}, failovers: {} };

const groupId = (region: string, group: string): string => `group#${region}#${group}`;

async function readPinned(operatorRequest: OperatorRequest, group: string): Promise<Pinned> {
  const { region } = operatorRequest;
  const id = groupId(region, group);
  const fleetId = `fleet#${region}`;
  const items = await operatorRequest.read([id, fleetId]);
  const item = items.get(id);
  if (item === undefined) {
    const groups = groupsOf(items.get(fleetId)?.body);
    if (!groups.includes(group)) throw new Unable(unknownGroup(group, region, groups));
    return { item, body: NONE, routes: [] };
  }
  const body = v.safeParse(Group, item.body);
  if (!body.success) {
    throw new Unable(
      `what the state table holds of group ${group} is not the watcher's; the watcher puts it right at the next failover`,
    );
  }
  const routes = Object.entries(body.output.pinnedAts).toSorted(([, a], [, b]) => a - b);
  return { item, body: body.output, routes };
}

const Fleet = v.object({
  appliances: v.record(v.string(), v.object({ group: v.string() })),
});

function groupsOf(body: unknown): readonly string[] {
  const fleet = v.safeParse(Fleet, body);
  if (!fleet.success) return [];
  return [...new Set(Object.values(fleet.output.appliances).map(({ group }) => group))].toSorted();
}

const unknownGroup = (group: string, region: string, groups: readonly string[]): string =>
  groups.length === 0
    ? `the watcher has kept nothing about ${region} in this table yet: see --region and the table's name`
    : `the watcher knows no group ${group} in ${region}: it knows ${groups.join(', ')}`;

/** The pins go, and with them the failovers that made them: the next one is the first again. */
function cleared({ body, routes }: Pinned): unknown {
  const keys = new Set(routes.map(([key]) => key));
  const failovers = Object.fromEntries(
    Object.entries(body.failovers).filter(([key]) => !keys.has(key)),
  );
  return { ...body, failovers, pinnedAts: {} };
}
