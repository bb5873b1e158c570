/**
 * Goal: no surface contradicts another: each shows what the leader holds first, and its own look as a second opinion.
 * Method: the deployment in the simulated account, and every surface read at the same moment of each scenario. Probes of
 * the surfaces leave from a machine that no appliance ever answers.
 */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../../lib/appliances/types/policy.ts';
import { known } from '../../lib/core/reading.ts';
import { acknowledge } from '../../lib/incidents/acknowledge.ts';
import { readAckRequest } from '../../lib/incidents/ackRequest.ts';
import { answerAck } from '../../lib/map/ackAnswer.ts';
import { drawPanel } from '../../lib/map/panel.ts';
import { drawState } from '../../lib/map/statePanel.ts';
import { survey } from '../../lib/map/survey.ts';
import type { SimAccount } from '../../lib/simulator/account.ts';
import { Deployment } from '../../lib/simulator/deployment.ts';
import { readLeaderView } from '../../lib/watcher/leaderView.ts';
import { cliOver, type Fixture, START_AT, simAccount, simulatedClients } from './open.ts';

interface Setup {
  readonly mode?: 'act' | 'observe';
  /** The deployment ends then. */
  readonly endsAtMs?: number;
  readonly deadFromMs?: number;
  readonly deadToMs?: number;
}

const idOf = ({ network }: SimAccount, name: string): string =>
  network.instances.all().find((one) => one.name === name)?.instanceId ?? '';

/** hq-a's VPN service hangs, and EC2 reports nothing; two minutes later the surfaces are read. */
async function account({
  mode = 'act',
  endsAtMs,
  deadFromMs = 60_000,
  deadToMs = 1e9,
}: Setup = {}): Promise<SimAccount> {
  const sim = simAccount();
  const fault = { kind: 'process-dead', instanceId: idOf(sim, 'hq-a') } as const;
  sim.faults.add(fault, deadFromMs, deadToMs);
  const policy = { ...DEFAULT_POLICY, mode };
  const deployment = new Deployment(sim, { seed: 1, policy, everyMs: 60_000, lifeMs: 90_000 });
  deployment.start();
  if (endsAtMs !== undefined) {
    await sim.clock.run(endsAtMs);
    deployment.stop();
  }
  await sim.clock.run(180_000);
  return sim;
}

/** Commands that look from here get no answer from any appliance. */
function deafTo(sim: SimAccount): Fixture {
  const { clients, ports } = simulatedClients(sim);
  const probes = {
    ...ports.probes,
    send: (async (round, onAnswer) => {
      for (const { key } of round.targets) {
        onAnswer({ key, result: { kind: 'down', why: 'no answer in 800 ms', tookMs: 800 } });
      }
    }) satisfies typeof ports.probes.send,
  };
  return { clients: { ...clients, probes: async () => probes }, clock: ports.clock };
}

const run = (sim: SimAccount, argv: readonly string[], more: Fixture = {}) =>
  cliOver(sim, [...argv, '--state-table', 't'], { isWatched: false, ...deafTo(sim), ...more });

interface Checked {
  readonly result: string;
  readonly objections: readonly string[];
  readonly incidents: readonly unknown[];
  readonly watch: {
    readonly isLate: boolean;
    readonly scopes: readonly { readonly mode: string }[];
  };
  readonly appliances: readonly {
    readonly name: string;
    readonly health: string;
    readonly why: string;
    readonly leader: { readonly verdict: string } | null;
    readonly here: { readonly health: string };
  }[];
}

async function checked(sim: SimAccount, ...argv: readonly string[]) {
  const { exit, out } = await run(sim, ['check', '--json', ...argv]);
  const report: Checked = JSON.parse(out);
  const of = (name: string) => report.appliances.find((one) => one.name === name);
  return { exit, report, of };
}

async function widget(sim: SimAccount): Promise<string> {
  const { ports } = sim.start('map');
  const deaf = deafTo(sim);
  const probes = await deaf.clients?.probes('', []);
  const endpoints = {
    endpoints: async () => known([], START_AT),
    associations: async () => new Map(),
  };
  const all = { ...ports, ...(probes === undefined ? {} : { probes }), endpoints };
  const scene = await inTime(sim, survey(all, null, DEFAULT_POLICY, new AbortController().signal));
  return drawPanel(scene, { widthPx: 1_200, theme: 'light' }).toString();
}

/** Lets virtual time pass until the job is done. */
async function inTime<T>(sim: SimAccount, job: Promise<T>): Promise<T> {
  let isOver = false;
  const looking = job.finally(() => {
    isOver = true;
  });
  await sim.clock.run(sim.clock.monotonicMs() + 60_000, () => isOver);
  return looking;
}

/** The dashboard's first tile. */
async function stateTile(sim: SimAccount, ackFunctionArn: string | null = null): Promise<string> {
  const { store, region, clock } = sim.start('state').ports;
  const view = await inTime(
    sim,
    readLeaderView(store, region, region, clock.now, new AbortController().signal),
  );
  return drawState(view, region, 'light', ackFunctionArn).toString();
}

const healthOnMap = (html: string, id: string): string | undefined =>
  new RegExp(`class="(\\w+)" data-subject="appliance:${id}"`).exec(html)?.[1];

const ACK_ARN = 'arn:aws:lambda:eu-west-1:123456789012:function:vpn-medic-prod-ackIncident';

/** What CloudWatch sends when a viewer presses a button and confirms. */
async function pressFirst(sim: SimAccount): Promise<string> {
  const tile = await stateTile(sim, ACK_ARN);
  const action = /<cwdb-action ([^>]*)>([^<]*)<\/cwdb-action>/.exec(tile);
  expect(action?.[1]).toContain(`action="call" display="popup" confirmation="Acknowledge `);
  expect(action?.[1]).toContain(`endpoint="${ACK_ARN}"`);
  const sent: unknown = JSON.parse((action?.[2] ?? '').replaceAll('&quot;', '"'));
  const widgetContext = { dashboardName: 'd', forms: { all: { name: 'Ana', why: 'on it' } } };
  const request = readAckRequest(Object.assign({}, sent, { widgetContext }), 'r');
  if ('kind' in request) throw new Error(request.why);
  const { store, region, clock } = sim.start('ack').ports;
  const place = { regions: [region], now: clock.now, signal: new AbortController().signal };
  return answerAck(await inTime(sim, acknowledge(store, request, place)), request);
}

describe('an appliance whose VPN service hangs', () => {
  test('is acknowledged by the button of the first tile, and then it is so on every surface', async () => {
    const sim = await account();
    expect(await stateTile(sim, ACK_ARN)).toMatch(/<input name="name"/);
    expect((await stateTile(sim, ACK_ARN)).split('<cwdb-action ').length - 1).toBe(3);
    expect(await pressFirst(sim)).toMatch(/^<p>Acknowledged: ApplianceDown of hq-a\./);
    await sim.clock.run(sim.clock.monotonicMs() + 10_000);
    const tile = await stateTile(sim, ACK_ARN);
    expect(tile).toContain('acknowledged by &quot;Ana&quot; by dashboard d, request r');
    expect(tile).toContain('3 incidents open, 2 not acknowledged');
    expect(tile.split('<cwdb-action ').length - 1).toBe(2);
    expect((await run(sim, ['incidents'])).out).toContain('acknowledged by "Ana" by dashboard d');
    expect((await run(sim, ['check'])).out).toContain('(acknowledged, or in maintenance)');
    const explained = (await run(sim, ['explain', `${idOf(sim, 'hq-a')}/ApplianceDown`])).out;
    expect(explained).toMatch(
      /ack +ApplianceDown of hq-a acknowledged, by "Ana" by dashboard d.*on it/,
    );
  });

  test('has no button where the function is not deployed', async () => {
    const sim = await account();
    expect(await stateTile(sim)).not.toMatch(/cwdb-action|<form/);
  });

  test('is down on every surface, also on those that look from elsewhere', async () => {
    const sim = await account();
    const id = idOf(sim, 'hq-a');
    for (const argv of [[], ['--no-probes']]) {
      const { exit, report, of } = await checked(sim, ...argv);
      expect([exit, report.result]).toEqual([2, 'needs-a-person']);
      expect(of('hq-a')).toMatchObject({ health: 'down', leader: { verdict: 'down' } });
      expect(of('hq-b')).toMatchObject({
        health: 'well',
        leader: { verdict: 'up' },
        here: { health: 'unsure' },
      });
    }
    const text = (await run(sim, ['check'])).out;
    expect(text).toMatch(/Last look: appliances .* ago \(mode act\)/);
    expect(text).toMatch(/hq-a +\S+ +eu-west-1a +DOWN/);
    expect(text).toContain('from this machine');
    expect((await run(sim, ['incidents'])).out).toMatch(/critical +hq-a/);
    const map = (await run(sim, ['map'])).out;
    expect([healthOnMap(map, id), healthOnMap(map, idOf(sim, 'hq-b'))]).toEqual(['down', 'well']);
    expect(map).toContain('(mode act)');
    const shown = await widget(sim);
    expect(healthOnMap(shown, id)).toBe('down');
    expect(shown).toContain('(mode act)');
    for (const html of [map, shown]) {
      expect(html).toContain('not moved to hq-a: hq-a is not eligible: it is down itself');
      expect(html).not.toContain('a single pass moves only');
    }
    const state = await stateTile(sim);
    expect(state).toMatch(/✕ eu-west-1: \d+ incidents open, \d+ not acknowledged/);
    expect(state).toMatch(/critical<\/span> [^<]*\(ApplianceDown\): hq-a/);
    expect(state).toContain('(mode act)');
  });

  test('is counted alike: what check says needs a person is what incidents lists', async () => {
    const sim = await account();
    const { out } = await run(sim, ['incidents', '--json']);
    const { open, explained } = JSON.parse(out);
    const text = (await run(sim, ['check'])).out;
    expect([open.length, explained]).toEqual([3, 3]);
    const state = await stateTile(sim);
    expect(state).toContain('3 incidents open, 3 not acknowledged');
    expect(state).toContain('3 more suppressed, same root cause');
    expect(text).toMatch(/\n✕ 3 findings need a person\./);
    expect(text).toContain('3 more suppressed, same root cause');
    expect(text).not.toMatch(/\nFindings\n/);
    const listed = (await run(sim, ['incidents'])).out;
    expect(listed).toContain('3 more suppressed, same root cause');
    expect(listed).toMatch(/critical[^]*warning[^]*warning/);
  });

  test('does not hide what it found itself while the leader is late', async () => {
    const sim = await account({ endsAtMs: 120_000 });
    expect((await run(sim, ['check'])).out).toMatch(/\nFindings\n/);
  });

  test('is what plan --fail starts from', async () => {
    const sim = await account({ mode: 'observe' });
    const { exit, out } = await run(sim, ['plan', '--fail', 'instance:branch-a', '--json']);
    const plan = JSON.parse(out);
    expect(exit).toBe(2);
    expect(plan.alreadyLost.length).toBeGreaterThan(0);
    expect(
      plan.alreadyLost.every(({ nextHopName }: { nextHopName: string }) => nextHopName === 'hq-a'),
    ).toBe(true);
    const said = (await run(sim, ['plan', '--fail', 'instance:branch-a'])).out;
    expect(said).toContain('Lost already, before that');
    expect(said).toMatch(/\(mode observe\)/);
  });
});

describe('what plan says of an appliance that is down already', () => {
  const planned = async (sim: SimAccount, name: string) => {
    const { exit, out } = await run(sim, ['plan', '--no-probes', '--fail', `instance:${name}`]);
    return { exit, text: out.replaceAll(/\s+/g, ' ') };
  };

  test('is that it is down, and of the routes that the mode keeps there that they are lost', async () => {
    const { exit, text } = await planned(await account({ mode: 'observe' }), 'hq-a');
    expect(exit).toBe(2);
    expect(text).toContain('as it is now. Down already: hq-a.');
    expect(text).toContain('Lost already, before that');
    expect(text).toContain('the deployed watcher only observes (mode observe)');
    expect(text).not.toMatch(/would be down|Nothing lost|Would move/);
  });

  test('is no loss once its routes are elsewhere', async () => {
    const { text } = await planned(await account(), 'hq-a');
    expect(text).toContain('Down already: hq-a.');
    expect(text).not.toMatch(/would be down|not moved away yet/);
  });

  test('in mode observe nothing is called not lost, and what mode act would do is shown', async () => {
    const { exit, text } = await planned(
      await account({ mode: 'observe', deadFromMs: 1e8 }),
      'hq-b',
    );
    expect(exit).toBe(2);
    expect(text).toContain('Would move in mode act and without a pause, in this order');
    expect(text).toMatch(
      /Lost: none of \d+ routes would move now, because the deployed watcher only/,
    );
    expect(text).not.toContain('Nothing lost');
  });

  test('without a leader nothing would move before one looks', async () => {
    const { exit, text } = await planned(await account({ endsAtMs: 50_000 }), 'hq-b');
    expect(exit).not.toBe(0);
    expect(text).toContain('Would move if a leader looked, in this order');
    expect(text).not.toContain('Nothing lost');
  });
});

test('once healed, nothing is down anywhere, and the mode is the leader’s', async () => {
  const sim = await account({ mode: 'observe', deadToMs: 90_000 });
  await sim.clock.run(400_000);
  const { of, report } = await checked(sim);
  expect(of('hq-a')).toMatchObject({ health: 'well', leader: { verdict: 'up' } });
  expect(report.watch.scopes[0]).toMatchObject({ mode: 'observe' });
  expect(healthOnMap((await run(sim, ['map'])).out, idOf(sim, 'hq-a'))).toBe('well');
  expect(healthOnMap(await widget(sim), idOf(sim, 'hq-a'))).toBe('well');
  expect(await stateTile(sim)).not.toContain('ApplianceDown');
});

test('what is well again and not ended yet is called so on every surface, beside an appliance that is up', async () => {
  const sim = await account({ deadToMs: 165_000 });
  const { of, report } = await checked(sim);
  expect(of('hq-a')).toMatchObject({ health: 'well', leader: { verdict: 'up' } });
  expect(report.incidents).toContainEqual(
    expect.objectContaining({ reason: 'ApplianceDown', missedAt: expect.any(String) }),
  );
  const checkedText = (await run(sim, ['check'])).out;
  expect(checkedText).toContain('ApplianceDown hq-a (ending)');
  const explained = (await run(sim, ['explain', `${idOf(sim, 'hq-a')}/ApplianceDown`])).out;
  const listed = (await run(sim, ['incidents'])).out;
  for (const text of [checkedText, explained, listed, await stateTile(sim)]) {
    expect(text.replaceAll(/\s+/g, ' ')).toMatch(/not found since \S+Z, and ends when that lasts/);
  }
});

test('without a leader no surface draws anything as up without an answer of its own, and each says so', async () => {
  const sim = await account({ endsAtMs: 50_000 });
  const { report, of } = await checked(sim);
  // Its own look finds a table without a tag, so it needs a person all the same.
  expect([report.result, report.watch.isLate]).toEqual(['needs-a-person', true]);
  expect(report.objections.join()).toContain('What it stored may be out of date');
  expect(of('hq-b')).toMatchObject({ health: 'unsure', leader: null });
  const map = await run(sim, ['map']);
  expect(map.exit).toBe(1);
  for (const html of [map.out, await widget(sim)]) {
    expect(html).toContain('Not watched: the leader of the appliances last looked');
    expect(html).not.toMatch(/class="well" data-subject="appliance/);
  }
  const state = await stateTile(sim);
  expect(state).toContain('Not watched: the leader of the appliances last looked');
  expect(state).not.toContain('nothing is open');
  const incidents = await run(sim, ['incidents']);
  expect(incidents.exit).toBe(1);
  expect((await run(sim, ['plan', '--fail', 'instance:hq-b'])).out).toContain('Not watched');
});

test('once the vantage is gone, no surface draws an appliance as up or as down, and each says what is not seen', async () => {
  const sim = await account({ deadFromMs: 1e8 });
  sim.faults.add({ kind: 'vantage-unaskable', vantageId: 'here' }, 180_000, 1e9);
  await sim.clock.run(400_000);
  const { report, of } = await checked(sim, '--no-probes');
  for (const name of ['hq-a', 'hq-b']) {
    expect(of(name)).toMatchObject({ health: 'unsure', leader: null });
  }
  expect(report.result).toBe('needs-a-person');
  const listed = await run(sim, ['incidents']);
  expect(listed.exit).toBe(2);
  const maps = [(await run(sim, ['map', '--no-probes'])).out, await widget(sim)];
  for (const html of maps) {
    expect(html).not.toMatch(/class="(well|down)" data-subject="appliance/);
    expect(html).not.toContain('Not watched');
  }
  for (const text of [(await run(sim, ['check'])).out, listed.out, ...maps, await stateTile(sim)]) {
    expect(text).toContain('NothingAnswers');
  }
});

test('once the vantage is back, what answers is up at once, before the incident of the vantage has ended', async () => {
  const sim = await account({ deadFromMs: 1e8 });
  sim.faults.add({ kind: 'vantage-unaskable', vantageId: 'here' }, 180_000, 230_000);
  await sim.clock.run(245_000);
  const { report, of } = await checked(sim, '--no-probes');
  expect(report.incidents).toContainEqual(
    expect.objectContaining({ reason: 'NothingAnswers', missedAt: expect.any(String) }),
  );
  for (const name of ['hq-a', 'hq-b']) {
    expect(of(name)).toMatchObject({ health: 'well', leader: { verdict: 'up' } });
  }
});

test('a pause that is ended is on no surface any more, at once, before the leader has read that', async () => {
  const sim = await account({ deadFromMs: 1e8 });
  await run(sim, ['pause', '--why', 'change CHG-1', '-y']);
  await sim.clock.run(200_000);
  expect((await run(sim, ['incidents'])).out).toMatch(/warning .*Paused/);
  await run(sim, ['resume', '-y']);
  const shown = [
    (await run(sim, ['check'])).out,
    (await run(sim, ['incidents'])).out,
    (await run(sim, ['map'])).out,
    await widget(sim),
    await stateTile(sim),
  ];
  for (const text of shown) expect(text).not.toMatch(/Paused|CHG-1/);
});

test('a pause is on every surface', async () => {
  const sim = await account({ deadFromMs: 1e8 });
  await run(sim, ['pause', '--why', 'change CHG-1', '-y']);
  await sim.clock.run(200_000);
  const shown = [
    (await run(sim, ['check'])).out,
    (await run(sim, ['plan', '--fail', 'instance:hq-a'])).out,
    (await run(sim, ['incidents'])).out,
    (await run(sim, ['map'])).out,
    await widget(sim),
    await stateTile(sim),
  ];
  for (const text of shown) {
    expect(text).toContain('Paused');
    expect(text).toContain('CHG-1');
  }
});
