/** `vpn-medic rehearse`: stories of faults in a simulated account. No AWS, no network, no clock: a seed decides. */

import { defaultAccount } from '../simulator/defaults/account.ts';
import { defaultVpn } from '../simulator/defaults/connections.ts';
import { DEFAULT_ENDPOINTS } from '../simulator/defaults/endpoints.ts';
import { parseFail } from '../simulator/faults/fail.ts';
import { rehearse as play } from '../simulator/rehearsal.ts';
import { type Roles, rolesOf } from '../simulator/roles.ts';
import { SCENARIOS, type Scenario } from '../simulator/scenario.ts';
import type { Snapshot } from '../simulator/snapshot.ts';
import type { TimelineEvent } from '../simulator/timeline.ts';
import { harmlessJson } from './output/safeText.ts';
import { render } from './output/textBlocks.ts';
import { look } from './pass.ts';
import { type ChapterReport, type RehearsalReport, reportRehearsal } from './rehearse/report.ts';
import { writeChapter, writeClosing, writeOpening, writeStories } from './rehearse/text.ts';
import { readSnapshot } from './snapshot/file.ts';
import { snapshotObserverSetup } from './snapshot/ports.ts';
import { type ExitCode, NEEDS_A_PERSON, type Terminal, Unable, WELL } from './terminal.ts';

export interface RehearseOptions {
  readonly scenario?: readonly string[];
  readonly list?: boolean;
  readonly seed?: string;
  readonly fail?: readonly string[];
  readonly snapshot?: string;
  readonly json?: boolean;
  /** True: any free port. */
  readonly serve?: string | true;
}

/** @throws {Unable} for a story, a fault or a snapshot that there is not. */
export async function rehearse(options: RehearseOptions, terminal: Terminal): Promise<ExitCode> {
  const isJson = options.json === true;
  if (options.list === true) {
    terminal.out(
      isJson
        ? `${harmlessJson({ version: 1, scenarios: SCENARIOS.map(({ name, says }) => ({ name, says })) })}\n`
        : render(writeStories(SCENARIOS), terminal),
    );
    return WELL;
  }
  const { seed = '1', snapshot } = options;
  const roles = castFor(
    snapshot === undefined ? defaultAccount(DAY_AT) : await readSnapshot(snapshot),
    snapshot,
  );
  if (options.serve !== undefined) {
    const { serve } = await import('./live.ts');
    return serve(roles, { seed, port: options.serve }, terminal);
  }
  const scenarios = chooseScenarios(options, roles);
  const say = (text: string) => {
    if (!isJson) terminal.out(text);
  };
  const { world } = await look(snapshotObserverSetup(roles.snapshot), new AbortController().signal);
  const stage = { seed, snapshot: snapshot ?? null, topology: world.topology };
  say(render(writeOpening(stage), terminal));
  const chapters: ChapterReport[] = [];
  for (const scenario of scenarios) {
    const chapter = await playChapter(roles, scenario, seed);
    chapters.push(chapter);
    say(render(writeChapter(chapter, chapters.length === 1), terminal));
  }
  const report: RehearsalReport = reportRehearsal(stage, chapters);
  if (isJson) terminal.out(`${harmlessJson(report)}\n`);
  say(render(writeClosing(report), terminal));
  return report.result === 'well' ? WELL : NEEDS_A_PERSON;
}

/** Any day will do; a fixed one makes the same seed tell the same story to the letter. */
const DAY_AT = 1_795_208_400_000; // 2026-11-20T21:00:00Z

/** What `npm start` shows: one of each kind of trouble. */
const TOUR: readonly string[] = [
  'process-dead',
  'host-dead',
  'zone-dead',
  'all-dead',
  'flapping',
  'blind-vantage',
  'throttled-api',
  'site-lost',
  'endpoints-dark',
  'list-expiring',
];

const FAIL_MS = 120_000;

function chooseScenarios({ scenario, fail }: RehearseOptions, roles: Roles): readonly Scenario[] {
  if (fail !== undefined) {
    if (scenario !== undefined) {
      throw new Unable('--scenario and --fail exclude each other: leave one out');
    }
    return [atOnce(fail.map((what) => failScenario(what, roles)))];
  }
  if (scenario === undefined) {
    return SCENARIOS.filter(({ name, stage }) => TOUR.includes(name) && stage(roles) !== null);
  }
  return scenario.flatMap((name) => (name === 'all' ? SCENARIOS : [named(name, roles)]));
}

function named(name: string, roles: Roles): Scenario {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (scenario === undefined) {
    throw new Unable(
      `--scenario ${name}: there is no such story; there are ${SCENARIOS.map((one) => one.name).join(', ')}, and all`,
    );
  }
  if (scenario.stage(roles) === null) {
    throw new Unable(`--scenario ${name}: this network has nothing that it could happen to`);
  }
  return scenario;
}

function failScenario(what: string, roles: Roles): Scenario {
  // As `plan` calls it, and as EC2 would see it.
  const parsed = parseFail(what.replace(/^instance:/, 'stop:'), roles, FAIL_MS);
  if (!parsed.ok) throw new Unable(`--fail ${what}: ${parsed.why}`);
  return { ...parsed.scenario, name: what };
}

function atOnce(scenarios: readonly Scenario[]): Scenario {
  const [only, ...others] = scenarios;
  if (only !== undefined && others.length === 0) return only;
  return {
    name: scenarios.map(({ name }) => name).join(' and '),
    says: `All of it fails at once for ${FAIL_MS / 1_000} s.`,
    stage: (roles) => scenarios.flatMap(({ stage }) => stage(roles) ?? []),
    lastsMs: Math.max(...scenarios.map(({ lastsMs }) => lastsMs)),
  };
}

function castFor(snapshot: Snapshot, path: string | undefined): Roles {
  const tagged = new Set(
    snapshot.tags.flatMap(({ key, resourceId }) => (key === 'vpn-medic:group' ? [resourceId] : [])),
  );
  const isInhabited = snapshot.instances.some(
    ({ instanceId, state }) => tagged.has(instanceId) && state === 'running',
  );
  if (!isInhabited) {
    throw new Unable(
      `the snapshot ${path ?? ''} holds no running instance with the tag vpn-medic:group, so there is nothing to rehearse`,
    );
  }
  // A snapshot holds no connections and no endpoints: stories about them are told of the made-up ones alone.
  return path === undefined
    ? rolesOf(snapshot, defaultVpn(snapshot.takenAt), DEFAULT_ENDPOINTS)
    : rolesOf(snapshot);
}

async function playChapter(roles: Roles, scenario: Scenario, seed: string): Promise<ChapterReport> {
  const events: TimelineEvent[] = [];
  const playing = play(roles, scenario, { seed });
  let step = await playing.next();
  while (step.done !== true) {
    events.push(step.value);
    step = await playing.next();
  }
  const { faults, livedMs, writeCount, notificationCount, crashes } = step.value;
  return {
    name: scenario.name,
    says: scenario.says,
    events,
    faults,
    livedMs,
    writeCount,
    notificationCount,
    crashes: crashes.map(({ by, error }) => `${by}: ${String(error)}`),
  };
}
