/** `vpn-medic drill GROUP`: a planned failover of one next hop, and back; without arguments, lists the drills of each group. */

import { describeDrill } from '../appliances/report/drills.ts';
import {
  DRILL_MS_MAX,
  drillsId,
  parseDrillRequests,
  withDrillRequest,
} from '../appliances/state/drill.ts';
import { parseState, stateId } from '../appliances/state/stored.ts';
import { type Drill, type Drills, runningDrill } from '../appliances/types/drill.ts';
import { counted, shellQuoted } from '../core/text.ts';
import { type Instant, toIso } from '../core/time.ts';
import type { AwsClients } from './awsClients.ts';
import { parseDuration } from './duration.ts';
import {
  type ChangeOptions,
  carryOut,
  type OperatorRequest,
  openOperatorRequest,
  readItem,
  readList,
  report,
  shortArn,
} from './operatorRequest.ts';
import { colour } from './output/colour.ts';
import { type Block, blank, line, table, title } from './output/textBlocks.ts';
import { observeWithoutProbes } from './pass.ts';
import { type ExitCode, type Terminal, Unable } from './terminal.ts';

export interface DrillOptions extends ChangeOptions {
  readonly for: string;
  readonly cancel?: boolean;
}

/** @throws {Unable} for a group that there is not, and when the table cannot be used. */
export async function drill(
  words: readonly string[],
  options: DrillOptions,
  terminal: Terminal,
  clients: AwsClients,
): Promise<ExitCode> {
  const forMs = parseDuration(options.for, DRILL_MS_MAX);
  const [group, ...more] = words;
  if (more.length > 0) throw new Unable('drill what? Name one group');
  if (group === undefined && options.cancel === true) throw new Unable('cancel what? Name a group');
  const request = await openOperatorRequest(options, terminal, clients);
  const drills = await readDrills(request);
  if (group === undefined) {
    return report(request, options, reportDrills(drills), writeDrills(drills, request.region));
  }
  return options.cancel === true
    ? cancel(request, options, group, runningDrill(drills.get(group)))
    : ask(request, options, group, forMs);
}

async function ask(
  request: OperatorRequest,
  options: ChangeOptions,
  group: string,
  forMs: number,
): Promise<ExitCode> {
  const { region, at } = request;
  const { world } = await observeWithoutProbes(request);
  const members = world.topology.appliances.filter((one) => one.group === group);
  if (members.length === 0) {
    const names = [...new Set(world.topology.appliances.map((one) => one.group))];
    throw new Unable(
      `there is no group ${group} of appliances in ${region}${names.length === 0 ? '' : `; there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`}`,
    );
  }
  const routes = world.topology.routes.filter(
    (one) => one.group === group && one.preferred.kind === 'appliance',
  );
  const what = `drill of group ${group}, ${counted(forMs / 60_000, 'minute')}`;
  return write(request, options, group, forMs, {
    what,
    says: [
      line(`In ${region}, ${what}.`),
      line(
        `${counted(routes.length, 'route')} of the group can move. The leader picks the next hop that was drilled longest ago: its routes lead to peers that the probes have proven, and go back at ${toIso(at + forMs)}.`,
      ),
      line(
        'It begins within two minutes, and only when all is well: members, routes, no maintenance window, no quiet hours. The first unanswered probe ends it.',
      ),
      blank,
    ],
    question: 'Drill it?',
    done: [
      line([colour('good', 'Asked for.'), ' How it goes is shown by: vpn-medic drill']),
      line(`To end it sooner: vpn-medic drill ${shellQuoted(group)} --cancel`),
    ],
    report: { group, until: toIso(at + forMs), routes: routes.map(({ key }) => key) },
  });
}

function cancel(
  request: OperatorRequest,
  options: ChangeOptions,
  group: string,
  running: Drill | null,
): Promise<ExitCode> | ExitCode {
  if (running === null || running.endedAt !== null) {
    return report(request, options, { isChanged: false, group }, [
      line(`No drill of group ${group} runs in ${request.region}.`),
    ]);
  }
  const what = `drill of group ${group} ended`;
  return write(request, options, group, 0, {
    what,
    says: [
      line(
        `In ${request.region}, the drill by ${shortArn(running.by)} since ${toIso(running.at)} would end now.`,
      ),
      blank,
    ],
    question: 'End it?',
    done: [line([colour('good', 'Ended.'), ' Its routes go back by the usual rules.'])],
    report: { group },
  });
}

async function write(
  request: OperatorRequest,
  options: ChangeOptions,
  group: string,
  forMs: number,
  change: Omit<Parameters<typeof carryOut>[1], 'command' | 'subject' | 'write'>,
): Promise<ExitCode> {
  const { region, at } = request;
  const id = drillsId(region);
  const { item, list } = await readList(request, id, parseDrillRequests);
  return carryOut(
    request,
    {
      ...change,
      command: 'drill',
      subject: group,
      write: (by, why) => [
        {
          id,
          over: item,
          body: { version: 1, requests: withDrillRequest(list, { group, at, forMs, by, why }) },
        },
      ],
    },
    options,
  );
}

/** As the leader stored them. */
export async function readDrills(
  request: Pick<OperatorRequest, 'read' | 'region' | 'at'>,
): Promise<Drills> {
  const item = await readItem(request, stateId(request.region));
  return parseState(item?.body, request.at)?.memory.drills ?? new Map();
}

export const reportDrills = (drills: Drills) => ({
  drills: [...drills].flatMap(([group, memory]) =>
    memory.drills.map((one) => ({
      group,
      instanceId: one.instanceId,
      name: one.name,
      by: one.by,
      why: one.why,
      at: toIso(one.at),
      until: toIso(one.until),
      awayAt: iso(one.awayAt),
      endedAt: iso(one.endedAt),
      doneAt: iso(one.doneAt),
      routes: one.routes,
      result: resultOf(one),
      failedWhy: one.failedWhy,
      probes: one.probes,
      missed: one.missed,
      outageMs: one.outageMs,
    })),
  ),
});

const iso = (at: Instant | null): string | null => (at === null ? null : toIso(at));

const resultOf = ({ doneAt, failedWhy, routes }: Drill): string =>
  routes.length === 0
    ? 'not begun'
    : doneAt === null
      ? 'running'
      : failedWhy === null
        ? 'passed'
        : 'failed';

/** Newest first; nothing where none is known. */
export function writeDrillTable(drills: Drills): readonly Block[] {
  const rows = [...drills].flatMap(([group, memory]) =>
    memory.drills.map((one) => ({
      one,
      cells: [toIso(one.at), group, describeDrill(one), shortArn(one.by)],
    })),
  );
  if (rows.length === 0) return [];
  return [
    title('Drills'),
    table(
      ['AT', 'GROUP', 'RESULT', 'BY'],
      rows.toSorted((a, b) => b.one.at - a.one.at).map(({ cells }) => cells),
    ),
    blank,
  ];
}

const writeDrills = (drills: Drills, region: string): readonly Block[] => {
  const rows = writeDrillTable(drills);
  return rows.length > 0 ? rows : [line(`No drill is recorded in ${region}.`)];
};
