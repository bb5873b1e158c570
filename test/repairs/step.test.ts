/**
 * Goal: the repair function does one step once, only what its order's attempt stands for, and only what a fresh look still
 * allows. Method: the real step over EC2 and a table in memory, with hands that write down what they are told to do.
 */
import { beforeEach, describe, expect, test } from '@jest/globals';
import { PAUSE_ID } from '../../lib/core/pause.ts';
import { known, type Reading, unknown } from '../../lib/core/reading.ts';
import { startRepairs } from '../../lib/repairs/act.ts';
import type {
  AgentObservation,
  AgentRun,
  InstanceControlPort,
  ScriptRun,
} from '../../lib/repairs/ports.ts';
import { openRepairStateStore, resultId, storeId } from '../../lib/repairs/state.ts';
import { repairStep, type StepPorts } from '../../lib/repairs/step.ts';
import type { KeyFact, MachineObservation } from '../../lib/repairs/types/machine.ts';
import type { DueRepair } from '../../lib/repairs/types/plan.ts';
import type { ScalingGroup } from '../../lib/repairs/types/scaling.ts';
import type { RepairPhase } from '../../lib/repairs/types.ts';
import { anInstance, NOW, REGION, tagsOf, VPC, zoneOf } from '../builders/facts.ts';
import { aKeeper, HQ } from '../builders/memory.ts';

const never = new AbortController().signal;
const HOST_KEY = `SHA256:${'A'.repeat(43)}`;
const REPAIRABLE = {
  ...HQ,
  repair: 'restart-service reboot stop-start',
  service: 'strongswan',
  'host-key': HOST_KEY,
};
const KEY_ARN = 'arn:aws:kms:eu-west-1:111122223333:key/a1';
const well: MachineObservation = {
  instanceId: 'i-b1',
  state: 'running',
  launchedAt: NOW - 86_400_000,
  stateReason: '',
  fleetingPublicIp: null,
  hasInstanceStore: false,
  isStopProtected: false,
  stateCode: '',
  encryptedVolumes: [],
};

const UNMANAGED = { kind: 'offline', isManaged: false, why: 'not managed' } as const;

let ports: StepPorts & ReturnType<typeof aKeeper>['ports'];
let done: string[];
/** What was asked of its agent, or about it, without a change. */
let looked: string[];
let scriptRuns: ScriptRun[];
let agentRuns: AgentRun[];
let agent: Reading<AgentObservation>;
/** What happens in the account meanwhile. */
let whileLooking: () => void;
let machine: MachineObservation;
let scaling: Reading<ScalingGroup>;
let key: Reading<KeyFact>;
let current: Pick<ReturnType<typeof aKeeper>, 'ec2'>;

beforeEach(() => {
  done = [];
  looked = [];
  scriptRuns = [];
  agentRuns = [];
  agent = known(UNMANAGED, NOW);
  whileLooking = () => {};
  scaling = unknown('throttled', NOW);
  key = unknown('throttled', NOW);
  machine = well;
  const keeper = aKeeper();
  current = keeper;
  const { ports: calm, ec2 } = keeper;
  ec2.facts = { ...ec2.facts, tags: tagsOf({ 'i-a1': HQ, 'i-b1': REPAIRABLE, 'rtb-1': HQ }) };
  const note = (what: string) => async () => {
    done.push(what);
    return { kind: 'written' } as const;
  };
  const instanceControl: InstanceControlPort = {
    machine: async () => known(machine, NOW),
    key: async () => key,
    console: async () => known('Kernel panic - not syncing: nobody home\n', NOW),
    agent: async () => {
      looked.push('agent');
      return agent;
    },
    restartByAgent: async (run) => {
      done.push('restart by agent');
      agentRuns.push(run);
      return { kind: 'done', why: 'restarted', evidence: [] };
    },
    lookByAgent: async (run) => {
      looked.push('look');
      agentRuns.push(run);
      whileLooking();
      return 'active; OpenVPN: 0 clients; ping of 10.20.0.5 answered 0 of 2';
    },
    restart: async (runScript) => {
      done.push('restart');
      scriptRuns.push(runScript);
      return { kind: 'done', why: 'restarted', evidence: ['before: nothing'] };
    },
    reboot: note('reboot'),
    stop: (_id, isForced) => note(isForced ? 'force-stop' : 'stop')(),
    start: note('start'),
    scalingGroup: async () => scaling,
    replace: async () => {
      done.push('replace');
      return { kind: 'written' } as const;
    },
  };
  ports = { ...calm, instanceControl, metrics: null };
});

const due = (phase: RepairPhase): DueRepair => ({
  instanceId: 'i-b1',
  name: 'vpn-b1',
  group: 'hq',
  vpcId: VPC,
  zone: zoneOf('b'),
  phase,
  isNewLadder: true,
  allowed: ['restart-service'],
  isEc2Confirmed: false,
  since: NOW,
  because: 'it is down',
});

/** Records an attempt as the watcher does; resolves with the order that went out. */
async function ordered(phase: RepairPhase) {
  const stateStore = openRepairStateStore(ports.store, ports.clock, REGION);
  const repairState = await stateStore.read(['i-b1'], never);
  if (!repairState.known) throw new Error(repairState.why);
  const orders: Parameters<typeof repairStep>[1][] = [];
  const port = {
    start: async (order: (typeof orders)[number]) => {
      orders.push(order);
      return { kind: 'started' } as const;
    },
  };
  const plan = { actions: [due(phase)], held: [] };
  await startRepairs(ports, stateStore, port, plan, repairState.value, async () => true, never);
  const [order] = orders;
  if (order === undefined) throw new Error('nothing was ordered');
  return order;
}

const take = (order: Parameters<typeof repairStep>[1], mode: 'act' | 'observe' = 'act') =>
  repairStep(ports, order, { mode, sshUser: 'ec2-user', kmsKeyArns: [KEY_ARN] }, never);

describe('one step', () => {
  test.each(['restart', 'reboot', 'stop'] as const)(
    '%s is done and recorded, with a diagnosis',
    async (phase) => {
      const answer = await take(await ordered(phase));
      expect(answer).toMatchObject({ kind: 'recorded', result: { kind: 'done' } });
      expect([looked, done]).toEqual([['agent'], [phase]]);
      const repairState = await openRepairStateStore(ports.store, ports.clock, REGION).read(
        ['i-b1'],
        never,
      );
      const result = repairState.known
        ? repairState.value.ladders.get('i-b1')?.[0]?.attempts[0]?.result
        : null;
      expect(result?.diagnosis).toHaveLength(3);
      expect(result?.diagnosis[0]).toBe(
        'Console: kernel panic: Kernel panic - not syncing: nobody home',
      );
    },
  );

  test('logs in where the tags say, with the unit and the host key that they name', async () => {
    await take(await ordered('restart'));
    expect(scriptRuns).toEqual([
      {
        instanceId: 'i-b1',
        zone: zoneOf('b'),
        addresses: ['10.0.0.10', '192.0.2.10'],
        sshUser: 'ec2-user',
        unit: 'strongswan.service',
        hostKeys: [HOST_KEY],
      },
    ]);
  });

  test('that is delivered twice is done once', async () => {
    const order = await ordered('reboot');
    const answers = [await take(order), await take(order)];
    expect(answers.map(({ kind }) => kind)).toEqual(['recorded', 'ignored']);
    expect(done).toEqual(['reboot']);
  });

  test('that two deliveries begin at the same moment is done once', async () => {
    const order = await ordered('reboot');
    const answers = await Promise.all([take(order), take(order)]);
    expect(answers.map(({ kind }) => kind).toSorted()).toEqual(['ignored', 'recorded']);
    expect(done).toEqual(['reboot']);
  });

  test.each([{ attemptId: 'another' }, { phase: 'stop' as const }, { instanceId: 'i-a1' }])(
    'that was not recorded so is ignored: %j',
    async (over) => {
      const order = await ordered('reboot');
      expect(await take({ ...order, ...over })).toMatchObject({ kind: 'ignored' });
      expect(done).toEqual([]);
    },
  );

  test('is ignored while the book cannot be read', async () => {
    const order = await ordered('reboot');
    ports.store.mood = 'unreachable';
    expect(await take(order)).toMatchObject({ kind: 'ignored' });
    expect(done).toEqual([]);
  });
});

describe('a replacement', () => {
  const member = (instanceId: string, lifecycle = 'InService', isHealthy = true) => ({
    instanceId,
    lifecycle,
    isHealthy,
  });
  const group: ScalingGroup = {
    name: 'vpn',
    minSize: 2,
    desiredCapacity: 2,
    suspended: [],
    members: [member('i-a1'), member('i-b1')],
  };
  const replaceWith = (seen: Reading<ScalingGroup>, autoScalingGroup: string | null) =>
    stepWith('replace', seen, autoScalingGroup);
  const stepWith = async (
    phase: RepairPhase,
    seen: Reading<ScalingGroup>,
    autoScalingGroup: string | null,
  ) => {
    scaling = seen;
    const { ec2 } = current;
    const tags = { ...REPAIRABLE, repair: 'stop-start replace' };
    ec2.facts = {
      ...ec2.facts,
      tags: tagsOf({ 'i-a1': HQ, 'i-b1': tags, 'rtb-1': HQ }),
      instances: ['i-a1', 'i-b1'].map((id) => anInstance(id, { autoScalingGroup })),
    };
    const answer = await take(await ordered(phase));
    return answer.kind === 'recorded' ? answer.result : null;
  };

  test('is asked of Auto Scaling where the group has as many as it needs without it; how it is then is read back', async () => {
    expect(await replaceWith(known(group, NOW), 'vpn')).toMatchObject({
      kind: 'done',
      why: 'its health in Auto Scaling was set to Unhealthy, for vpn to replace it',
      evidence: ['vpn calls it InService, still healthy'],
    });
    expect(done).toEqual(['replace']);
  });

  test.each<[string, Partial<ScalingGroup>]>([
    ['ends no unhealthy member, by a suspended process', { suspended: ['ReplaceUnhealthy'] }],
    ['has it in standby', { members: [member('i-a1'), member('i-b1', 'Standby')] }],
    ['does not have it', { members: [member('i-a1')] }],
  ])('a stop is asked of EC2 where its auto scaling group %s', async (_what, over) => {
    await stepWith('stop', known({ ...group, ...over }, NOW), 'vpn');
    expect(done).toEqual(['stop']);
  });

  test('a stop is refused where its auto scaling group would end it', async () => {
    expect(await stepWith('stop', known(group, NOW), 'vpn')).toMatchObject({
      kind: 'refused',
      why: expect.stringMatching(/vpn would end it once it is stopped: allow the step replace/),
    });
    expect(done).toEqual([]);
  });

  test('a stop is held while its auto scaling group cannot be read', async () => {
    expect(await stepWith('stop', unknown('throttled', NOW), 'vpn')).toMatchObject({
      kind: 'held',
    });
    expect(done).toEqual([]);
  });

  test('a group of one is replaced too: whether another of its VPN group lives is the watcher’s rule', async () => {
    const one = { ...group, minSize: 1, desiredCapacity: 1, members: [member('i-b1')] };
    expect(await replaceWith(known(one, NOW), 'vpn')).toMatchObject({ kind: 'done' });
  });

  test.each<[string, Partial<ScalingGroup>, string, RegExp]>([
    [
      'another is being launched',
      { members: [member('i-a1', 'Pending'), member('i-b1')] },
      'held',
      /1 other of vpn not in service/,
    ],
    [
      'another is being ended',
      { members: [member('i-a1', 'Terminating:Wait'), member('i-b1')] },
      'held',
      /1 other/,
    ],
    [
      'another is unhealthy',
      { members: [member('i-a1', 'InService', false), member('i-b1')] },
      'held',
      /1 other/,
    ],
    [
      'it is unhealthy already',
      { members: [member('i-a1'), member('i-b1', 'InService', false)] },
      'held',
      /about to replace it/,
    ],
    [
      'it is in standby',
      { members: [member('i-a1'), member('i-b1', 'Standby')] },
      'held',
      /calls it Standby/,
    ],
    [
      'two are missing',
      { minSize: 3, desiredCapacity: 3 },
      'held',
      /has 1 others? in service, and needs 3/,
    ],
    [
      'the group wants fewer',
      { minSize: 1, desiredCapacity: 1 },
      'refused',
      /nothing would replace it/,
    ],
    ['it is none of its members', { members: [member('i-a1')] }, 'refused', /does not have it/],
    [
      'launches are suspended',
      { suspended: ['Launch'] },
      'refused',
      /process Launch of vpn is suspended/,
    ],
    [
      'replacements are suspended',
      { suspended: ['AZRebalance', 'ReplaceUnhealthy'] },
      'refused',
      /ReplaceUnhealthy/,
    ],
  ])('is not, while %s', async (_what, over, kind, why) => {
    const result = await replaceWith(known({ ...group, ...over }, NOW), 'vpn');
    expect(result).toMatchObject({ kind, why: expect.stringMatching(why) });
    expect(done).toEqual([]);
  });

  test('is not, while the group cannot be read, nor without a group', async () => {
    expect(await replaceWith(unknown('throttled', NOW), 'vpn')).toMatchObject({ kind: 'held' });
    expect(done).toEqual([]);
  });

  test('is not, without an auto scaling group', async () => {
    expect(await replaceWith(known(group, NOW), null)).toMatchObject({
      kind: 'refused',
      why: 'it is in no auto scaling group that could replace it',
    });
    expect(done).toEqual([]);
  });
});

describe('a restart has one hand', () => {
  const ONLINE = { kind: 'online', platform: 'linux' } as const;
  const LOST = { kind: 'offline', isManaged: true, why: 'its agent is ConnectionLost' } as const;
  const restartWith = async (
    seen: Reading<AgentObservation>,
    tags: Readonly<Record<string, string>> = {},
  ) => {
    agent = seen;
    const { ec2 } = current;
    ec2.facts = {
      ...ec2.facts,
      tags: tagsOf({ 'i-a1': HQ, 'i-b1': { ...REPAIRABLE, ...tags }, 'rtb-1': HQ }),
    };
    const answer = await take(await ordered('restart'));
    return answer.kind === 'recorded' ? answer.result : null;
  };
  const bySsh = [['agent'], ['restart']];
  const byAgent = [['agent'], ['restart by agent']];

  test('its agent where that is online, with the unit, and no address of its own to ping', async () => {
    expect(await restartWith(known(ONLINE, NOW))).toMatchObject({ kind: 'done' });
    expect([looked, done]).toEqual(byAgent);
    expect(agentRuns).toEqual([
      { instanceId: 'i-b1', platform: 'linux', unit: 'strongswan.service', peer: null },
    ]);
  });

  test('and pings the far side that its probes name', async () => {
    await restartWith(known(ONLINE, NOW), { probe: 'ike:500 tcp:10.0.0.77:22 tcp:10.20.0.9:22' });
    expect(agentRuns[0]?.peer).toBe('10.20.0.9');
  });

  test.each<[string, Reading<AgentObservation>]>([
    ['unmanaged', known(UNMANAGED, NOW)],
    ['offline', known(LOST, NOW)],
    ['unknown', unknown('throttled', NOW)],
  ])('an SSH session where its agent is %s', async (_what, seen) => {
    expect(await restartWith(seen)).toMatchObject({ kind: 'done' });
    expect([looked, done]).toEqual(bySsh);
  });

  test('SSH where the tag names it: its agent is not even looked for', async () => {
    await restartWith(known(ONLINE, NOW), { repair: 'restart-service:ssh' });
    expect([looked, done]).toEqual([[], ['restart']]);
  });

  test('its agent alone where the tag names that: offline is refused, unknown is tried again', async () => {
    const tags = { repair: 'restart-service:ssm' };
    expect(await restartWith(known(LOST, NOW), tags)).toMatchObject({
      kind: 'refused',
      why: 'its agent is ConnectionLost, and it may not be logged in to instead',
    });
    expect([looked, done]).toEqual([['agent'], []]);
  });

  test('and where the tag names its agent, unknown is held', async () => {
    const tags = { repair: 'restart-service:ssm' };
    expect(await restartWith(unknown('throttled', NOW), tags)).toMatchObject({ kind: 'held' });
    expect([looked, done]).toEqual([['agent'], []]);
  });

  test.each<[string, Reading<AgentObservation>, string, RegExp]>([
    ['that was never managed', known(UNMANAGED, NOW), 'refused', /no host key vouches/],
    [
      'whose agent is offline',
      known(LOST, NOW),
      'refused',
      /^its agent is ConnectionLost, and it may not/,
    ],
    [
      'whose agent is unknown',
      unknown('throttled', NOW),
      'held',
      /cannot be looked for: throttled/,
    ],
  ])('no hand at all, without a host key, for one %s', async (_what, seen, kind, why) => {
    const { 'host-key': _none, ...tags } = REPAIRABLE;
    agent = seen;
    const { ec2 } = current;
    ec2.facts = { ...ec2.facts, tags: tagsOf({ 'i-a1': HQ, 'i-b1': tags, 'rtb-1': HQ }) };
    const answer = await take(await ordered('restart'));
    expect(answer).toMatchObject({ result: { kind, why: expect.stringMatching(why) } });
    expect([looked, done]).toEqual([['agent'], []]);
  });
});

describe('its agent, before a step that ends all processes,', () => {
  const ONLINE = { kind: 'online', platform: 'linux' } as const;
  const stepWith = async (phase: RepairPhase, tags: Readonly<Record<string, string>> = {}) => {
    const { ec2 } = current;
    const own = { ...REPAIRABLE, probe: 'ike:500 tcp:10.20.0.9:22', ...tags };
    ec2.facts = { ...ec2.facts, tags: tagsOf({ 'i-a1': HQ, 'i-b1': own, 'rtb-1': HQ }) };
    const answer = await take(await ordered(phase));
    return answer.kind === 'recorded' ? answer.result : null;
  };

  test.each(['reboot', 'stop'] as const)(
    'is asked for the service, the tunnels and the far side: a line of the diagnosis of a %s',
    async (phase) => {
      agent = known(ONLINE, NOW);
      const result = await stepWith(phase);
      expect([looked, done]).toEqual([['agent', 'look'], [phase]]);
      expect(agentRuns).toEqual([
        { instanceId: 'i-b1', platform: 'linux', unit: 'strongswan.service', peer: '10.20.0.9' },
      ]);
      expect(result?.diagnosis).toHaveLength(4);
      expect(result?.diagnosis[3]).toBe(
        'Inside: active; OpenVPN: 0 clients; ping of 10.20.0.5 answered 0 of 2',
      );
    },
  );

  test.each<[string, Reading<AgentObservation>, Readonly<Record<string, string>>]>([
    ['offline', known(UNMANAGED, NOW), {}],
    ['unknown', unknown('throttled', NOW), {}],
    ['not to be used', known(ONLINE, NOW), { repair: 'restart-service:ssh reboot' }],
  ])('is not asked when it is %s, and the step is done all the same', async (_, seen, tags) => {
    agent = seen;
    expect((await stepWith('reboot', tags))?.diagnosis).toHaveLength(3);
    expect([looked.includes('look'), done]).toEqual([false, ['reboot']]);
  });

  test('is not asked before a start, which finds no machine that runs', async () => {
    agent = known(ONLINE, NOW);
    machine = { ...well, state: 'stopped' };
    await stepWith('start');
    expect([looked, done]).toEqual([[], ['start']]);
  });

  test('takes seconds: what stands against the step by then is seen', async () => {
    agent = known(ONLINE, NOW);
    whileLooking = () => {
      machine = { ...well, state: 'stopping' };
    };
    expect(await stepWith('reboot')).toMatchObject({ kind: 'held', why: 'EC2 says stopping' });
    expect(done).toEqual([]);
  });
});

describe('a fresh look that shows', () => {
  test.each<readonly [string, RepairPhase, Partial<MachineObservation>, string, string]>([
    ['it stopped meanwhile', 'reboot', { state: 'stopped' }, 'held', 'EC2 says stopped'],
    [
      'it was started 299 s ago',
      'reboot',
      { launchedAt: NOW - 299_000 },
      'held',
      'may still be booting',
    ],
    ['an instance store', 'stop', { hasInstanceStore: true }, 'refused', 'instance store'],
    [
      'a public address that a stop would lose',
      'stop',
      { fleetingPublicIp: '192.0.2.9' },
      'refused',
      '192.0.2.9',
    ],
    ['protection against a stop', 'stop', { isStopProtected: true }, 'refused', 'protected'],
    ['it runs already', 'start', {}, 'held', 'EC2 says running'],
    [
      'a volume with a key that the role may not use',
      'stop',
      { encryptedVolumes: [{ volumeId: 'vol-1', kmsKeyArn: `${KEY_ARN}b` }] },
      'refused',
      `vol-1 is encrypted with the KMS key ${KEY_ARN}b, which the repair role may not use; add the key's ARN to the parameter repairKmsKeyArns`,
    ],
    [
      'an encrypted volume without the name of its key',
      'force-stop',
      { encryptedVolumes: [{ volumeId: 'vol-1', kmsKeyArn: '' }] },
      'refused',
      'a KMS key that EC2 does not name',
    ],
  ])('%s: %s is %s', async (_what, phase, over, kind, why) => {
    machine = { ...well, ...over };
    const answer = await take(await ordered(phase));
    expect(answer).toMatchObject({ result: { kind } });
    expect(JSON.stringify(answer)).toContain(why);
    expect(done).toEqual([]);
  });

  test('nothing against it 300 s after its start, nor an instance store against a reboot', async () => {
    machine = { ...well, launchedAt: NOW - 300_000, hasInstanceStore: true };
    await take(await ordered('reboot'));
    expect(done).toEqual(['reboot']);
  });

  test('a volume whose key the role may use, or a reboot of any: nothing against it', async () => {
    machine = { ...well, encryptedVolumes: [{ volumeId: 'vol-1', kmsKeyArn: KEY_ARN }] };
    await take(await ordered('stop'));
    machine = { ...well, encryptedVolumes: [{ volumeId: 'vol-1', kmsKeyArn: `${KEY_ARN}b` }] };
    await take(await ordered('reboot'));
    expect(done).toEqual(['stop', 'reboot']);
  });

  const OWN: MachineObservation = {
    ...well,
    encryptedVolumes: [{ volumeId: 'vol-1', kmsKeyArn: `${KEY_ARN}b` }],
  };
  const LISTED = { ...well, encryptedVolumes: [{ volumeId: 'vol-1', kmsKeyArn: KEY_ARN }] };
  const saying = (isAwsManaged: boolean, state: string) => known({ isAwsManaged, state }, NOW);

  test("a volume with AWS's own key for volumes, which no parameter names: nothing against a stop", async () => {
    machine = OWN;
    key = saying(true, 'Enabled');
    await take(await ordered('stop'));
    expect(done).toEqual(['stop']);
  });

  test.each([
    ["a customer's key that no parameter names", OWN, saying(false, 'Enabled'), 'may not use'],
    ['a named key that is disabled', LISTED, saying(false, 'Disabled'), 'KMS calls Disabled'],
    [
      'a named key that is about to be deleted',
      LISTED,
      saying(false, 'PendingDeletion'),
      'KMS calls PendingDeletion',
    ],
    ['a key of which KMS says nothing', OWN, unknown('kms denied', NOW), 'may not use'],
  ])('%s: a stop is refused', async (_what, seen, said, why) => {
    machine = seen;
    key = said;
    const answer = await take(await ordered('stop'));
    expect(JSON.stringify(answer)).toContain(why);
    expect(done).toEqual([]);
  });

  test.each([
    ['by a person', 'Client.UserInitiatedShutdown', 0, 'refused'],
    ['by itself', 'Client.InstanceInitiatedShutdown', 0, 'refused'],
    ['by EC2 over a volume', 'Client.InternalError', 0, 'done'],
    ['by EC2 for lack of capacity', 'Server.InsufficientInstanceCapacity', 0, 'done'],
    ['never, for the last start did not start it', 'Client.UserInitiatedShutdown', -60_000, 'done'],
  ])('a second start of what was stopped again %s is %s', async (_what, code, launchedMs, kind) => {
    machine = { ...well, state: 'stopped' };
    await take(await ordered('start'));
    machine = { ...machine, stateCode: code, launchedAt: NOW + launchedMs };
    await ports.clock.run(ports.clock.monotonicMs() + 30_000);
    const answer = await take(await ordered('start'));
    expect(answer).toMatchObject({ result: { kind } });
    expect(JSON.stringify(answer).includes('mostly the KMS key')).toBe(
      code === 'Client.InternalError',
    );
  });

  test('that only observing is wanted now: nothing is done', async () => {
    const answer = await take(await ordered('reboot'), 'observe');
    expect(answer).toMatchObject({ result: { kind: 'held' } });
    expect(done).toEqual([]);
  });
});

describe('a pause', () => {
  const pause = (until: number) =>
    ports.store.put(PAUSE_ID, { at: NOW - 1_000, until, by: 'ana', why: 'change' });
  /** The console is read after the recheck, right before the step. */
  const onConsole = (hook: () => void) => {
    const { instanceControl } = ports;
    const console: InstanceControlPort['console'] = (...args) => {
      hook();
      return instanceControl.console(...args);
    };
    ports = { ...ports, instanceControl: { ...instanceControl, console } };
  };

  test.each(['restart', 'reboot', 'stop', 'force-stop'] as const)(
    'that began a moment before holds %s',
    async (phase) => {
      const order = await ordered(phase);
      onConsole(() => pause(NOW + 60_000));
      const answer = await take(order);
      expect(answer).toMatchObject({
        result: { kind: 'held', why: 'paused by ana until 2026-11-20T21:01:00.000Z (change)' },
      });
      expect(done).toEqual([]);
    },
  );

  test('that has ended holds nothing', async () => {
    const order = await ordered('reboot');
    onConsole(() => pause(NOW));
    await take(order);
    expect(done).toEqual(['reboot']);
  });

  test('that cannot be read holds: a repair can wait', async () => {
    const order = await ordered('reboot');
    onConsole(() => {
      ports.store.mood = 'unreachable';
    });
    await take(order);
    expect(done).toEqual([]);
  });
});

describe('two watchers', () => {
  test('that want the same at the same moment start one', async () => {
    const started: string[] = [];
    const stateStore = openRepairStateStore(ports.store, ports.clock, REGION);
    const repairState = await stateStore.read(['i-b1'], never);
    if (!repairState.known) throw new Error(repairState.why);
    const port = {
      start: async ({ attemptId }: { readonly attemptId: string }) => {
        started.push(attemptId);
        return { kind: 'started' } as const;
      },
    };
    const plan = { actions: [due('reboot')], held: [] };
    const start = () =>
      startRepairs(ports, stateStore, port, plan, repairState.value, async () => true, never);
    const both = await Promise.all([start(), start()]);
    expect(started).toHaveLength(1);
    expect(both.flatMap((one) => one.started.map(({ kind }) => kind)).toSorted()).toEqual([
      'deferred',
      'started',
    ]);
  });

  test('of which one has lost the lease: it records nothing and starts nothing', async () => {
    const stateStore = openRepairStateStore(ports.store, ports.clock, REGION);
    const plan = { actions: [due('reboot')], held: [] };
    const repairState = { ladders: new Map(), windows: [], pause: null, version: 0 };
    const port = { start: () => Promise.reject(new Error('started')) };
    const acted = await startRepairs(
      ports,
      stateStore,
      port,
      plan,
      repairState,
      async () => false,
      never,
    );
    expect(acted.started).toMatchObject([{ kind: 'deferred' }]);
    expect(ports.store.written).toEqual([]);
  });
});

test('a state that was overwritten with garbage is restored from the results: what was done last is kept', async () => {
  await take(await ordered('stop'));
  const { version = 0 } = ports.store.rows.get(storeId(REGION)) ?? {};
  ports.store.rows.set(storeId(REGION), { version, body: '"?"' });
  const repairState = await openRepairStateStore(ports.store, ports.clock, REGION).read(
    ['i-b1'],
    never,
  );
  expect(repairState.known && repairState.value.ladders.get('i-b1')?.[0]?.attempts).toMatchObject([
    { phase: 'stop', result: { kind: 'done' } },
  ]);
  expect(ports.store.rows.has(resultId(REGION, 'i-b1'))).toBe(true);
});
