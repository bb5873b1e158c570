/**
 * Goal: the steps that touch a whole machine, through the built functions: reboot, stop and start follow each other, a
 * ladder that is spent calls a person, and a machine that a stop would harm is never stopped. Method: the waiting between
 * steps is taken out by making the attempts in the book older; everything else is as deployed.
 */
import { expect, test } from '@jest/globals';
import { storePort } from '../../../lib/aws/dynamoDb/store.ts';
import { systemClock } from '../../../lib/core/time.ts';
import { openRepairStateStore } from '../../../lib/repairs/state.ts';
import type { Attempt } from '../../../lib/repairs/types.ts';
import { REGION, twoAppliances } from '../account/options.ts';
import { startTcpDaemon } from '../daemons/tcpListener.ts';
import { applianceOf, type Lab, openLab } from '../lab.ts';
import { until } from '../pause.ts';
import { QUICK, untilCarriedBy, untilNotified } from '../scenarios/open.ts';

const MS_MAX = 400_000;
const REPAIR = 'vpn-medic-lab-repair';
const LENT_IP = '203.0.113.7';
/** Longer than any step is waited for: a reboot is judged after 600 s. */
const OLDER_MS = 700_000;
const HEAVY = ['RebootInstances', 'StopInstances', 'StartInstances'];
const never = new AbortController().signal;

/** What the repair function did to `vpn-a` after its daemon ended, once its ladder is spent. */
async function climb(repairTag: string, lentPublicIp: string | null, through: readonly string[]) {
  const [a, b] = [await startTcpDaemon(), await startTcpDaemon()];
  const plain = twoAppliances({ probeA: a.probe, probeB: b.probe });
  const extraTags = { 'vpn-medic:repair': repairTag };
  const groups = plain.groups.map((group) => ({
    ...group,
    appliances: group.appliances.map((one) => ({ ...one, extraTags })),
  }));
  const functions = { [REPAIR]: { bundle: 'repairAppliance', own: {} } };
  const lab = await openLab({ groups }, {}, functions);
  const before = { ...process.env };
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: lab.emulator().url,
    AWS_ACCESS_KEY_ID: 'book',
    AWS_SECRET_ACCESS_KEY: 'lab',
  });
  try {
    const { instanceId } = applianceOf(lab, 'vpn-a');
    await lab.emulator().setMachine(instanceId, {
      launchedSecondsAgo: 86_400,
      ...(lentPublicIp === null ? {} : { lentPublicIp }),
    });
    const watcher = await lab.startWatcher({ own: { ...QUICK, REPAIR_FUNCTION: REPAIR } });
    await until(
      'the watcher to know both',
      () => (watcher.log().match(/"Heartbeat":1/g) ?? []).length >= 15,
    );
    await a.close();
    await untilCarriedBy(lab, 'vpn-b');
    for (const action of through) {
      await until(action, () => lab.gateway.callsOf(action).length > 0);
      // After a stop nothing is waited for but the stop itself.
      if (action === 'StopInstances') continue;
      if (action === 'StartInstances') await untilReadAgain(lab);
      await makeOlder(lab, instanceId);
    }
    const page = await untilNotified(lab, 'RepairSpent', 'vpn-a');
    // What a false all-clear would take: nothing found for as long as an incident waits before it is over.
    const passes = () => (watcher.log().match(/"Heartbeat":1/g) ?? []).length;
    const passed = passes();
    await until('40 more passes', () => passes() > passed + 40);
    const calls = HEAVY.flatMap((action) => lab.gateway.callsOf(action, 'all'));
    const notified = lab.listener.received.filter(({ subject }) => subject.includes('vpn-a'));
    return { page, notified, calls: calls.map(({ action, by }) => `${action} by ${by}`) };
  } finally {
    process.env = before;
    await lab.close();
    await a.close();
    await b.close();
  }
}

/** A start that is made older while the watcher still knows the machine as stopped would be one that failed. */
async function untilReadAgain({ gateway }: Lab): Promise<void> {
  const readCount = () => gateway.callsOf('DescribeInstanceStatus').length;
  // Each of the two zones is read twice, the second time after the start.
  const before = readCount();
  await until('two reads of the states', () => readCount() >= before + 4);
}

/** As if the last attempt, once its result is in, had been made so much earlier. */
async function makeOlder(lab: Lab, instanceId: string): Promise<void> {
  const store = storePort(REGION, lab.account.stateTable, systemClock);
  const stateStore = openRepairStateStore(store, systemClock, REGION);
  const older = (one: Attempt): Attempt => ({ ...one, startedAt: one.startedAt - OLDER_MS });
  await until('the book of repairs to be older', async () => {
    const repairState = await stateStore.read([instanceId], never);
    if (!repairState.known) return false;
    const all = repairState.value.ladders.get(instanceId) ?? [];
    const last = all.at(-1);
    if (last === undefined || last.attempts.at(-1)?.result == null) return false;
    const aged = [...all.slice(0, -1), { ...last, attempts: last.attempts.map(older) }];
    const ladders = new Map([...repairState.value.ladders, [instanceId, aged] as const]);
    return (await stateStore.write({ ...repairState.value, ladders }, never)).known;
  });
}

test(
  'reboot, stop and start follow each other, each once, and when none has helped a person is called',
  async () => {
    const { page, notified, calls } = await climb('reboot stop-start', null, HEAVY);
    expect(calls).toEqual(HEAVY.map((action) => `${action} by ${REPAIR}`));
    expect(page.subject).toContain('CRITICAL');
    expect(page.text).toContain(
      'is still down after everything that its owner allows: reboot, stop-start. It needs a person.',
    );
    expect(page.text).toContain('EC2 was asked to start it');
    // One incident from the first step to the page, nothing called over, and each diagnosis with its time (07).
    expect(notified.filter(({ subject }) => subject.startsWith('RESOLVED'))).toEqual([]);
    const ids = notified.flatMap(
      ({ text }) => /"incidentId":"([^"]+)","reason":"Repair/.exec(text)?.[1] ?? [],
    );
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(1);
    expect(page.text).toMatch(/"Read before stop-start, at \d{4}-\d\d-\d\dT[\d:.]+Z:"/);
  },
  MS_MAX,
);

test(
  'a machine whose public address Amazon only lent is not stopped, and the page says why',
  async () => {
    const { page, calls } = await climb('stop-start', LENT_IP, []);
    expect(calls).toEqual([]);
    expect(page.text).toContain(`a stop would lose its public address ${LENT_IP}`);
  },
  MS_MAX,
);
