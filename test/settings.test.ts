/** Settings from an environment: right, or refused with every fault at once, each with its fix. */
import { describe, expect, test } from '@jest/globals';
import { DEFAULT_POLICY } from '../lib/appliances/types/policy.ts';
import { ConfigError, readSettings, type Settings } from '../lib/settings.ts';

const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:vpn-medic-alerts';
const GOOD = {
  AWS_REGION: 'eu-west-1',
  VPN_MEDIC_STATE_TABLE: 'vpn-medic-prod',
  VPN_MEDIC_ALERTS_TOPIC_ARN: TOPIC,
};

const read = (over: Readonly<Record<string, string | undefined>> = {}): Settings =>
  readSettings({ ...GOOD, ...over });

function faultsOf(over: Readonly<Record<string, string | undefined>>): readonly string[] {
  try {
    read(over);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

describe('what is not set', () => {
  test('is what the design says', () => {
    expect(read()).toEqual({
      regions: ['eu-west-1'],
      homeRegion: 'eu-west-1',
      policy: DEFAULT_POLICY,
      stateTable: 'vpn-medic-prod',
      alertsTopicArn: TOPIC,
      chatTopicArn: null,
      pagerTopicArn: null,
      dashboard: null,
      docsUrl: null,
      eventBus: null,
      probeFunctions: [],
      repair: { repairFunction: null, sshFunction: null, sshUser: 'ec2-user' },
      version: 'unreleased',
    });
  });

  test.each(['', '   '])('an empty setting ("%s") is none', (empty) => {
    const over = {
      VPN_MEDIC_REGIONS: empty,
      VPN_MEDIC_MODE: empty,
      VPN_MEDIC_FALL: empty,
      VPN_MEDIC_PROBE_FUNCTIONS: empty,
      VPN_MEDIC_EVENT_BUS: empty,
    };
    expect(read(over)).toEqual(read());
  });
});

test.each(['default', 'ops/vpn.medic', 'arn:aws:events:eu-west-1:111122223333:event-bus/ops'])(
  'the event bus %s is taken as it is',
  (bus) => {
    expect(read({ VPN_MEDIC_EVENT_BUS: bus }).eventBus).toBe(bus);
  },
);

describe('lists', () => {
  test('are split at commas, trimmed, and hold nothing empty', () => {
    const over = {
      VPN_MEDIC_REGIONS: ' eu-west-1, ,us-east-1,eu-west-1 ',
      VPN_MEDIC_PROBE_FUNCTIONS: 'p-a,,p-b',
    };
    expect(read(over)).toMatchObject({
      regions: ['eu-west-1', 'us-east-1'],
      probeFunctions: ['p-a', 'p-b'],
    });
  });

  test.each(['us-gov-west-1', 'cn-north-1', 'ap-southeast-7', 'eusc-de-east-1', 'us-isob-east-1'])(
    '%s is a region',
    (region) => {
      expect(faultsOf({ VPN_MEDIC_REGIONS: region })).toEqual([]);
    },
  );

  test('what is here lives in our own region, whatever is watched', () => {
    expect(read({ VPN_MEDIC_REGIONS: 'us-east-1' }).homeRegion).toBe('eu-west-1');
    const elsewhere = { AWS_REGION: undefined, VPN_MEDIC_REGIONS: 'us-east-1,eu-west-1' };
    expect(read(elsewhere).homeRegion).toBe('us-east-1');
  });
});

describe('numbers', () => {
  test.each([
    ['VPN_MEDIC_PROBE_INTERVAL_MS', 'probeIntervalMs', 200, 3_000],
    ['VPN_MEDIC_PROBE_TIMEOUT_MS', 'probeTimeoutMs', 50, 10_000],
    ['VPN_MEDIC_FALL', 'fall', 1, 30],
    ['VPN_MEDIC_RISE', 'rise', 1, 3_600],
    ['VPN_MEDIC_HOLD_MS', 'holdMs', 0, 86_400_000],
  ] as const)('%s goes from its least to its most, and not beyond', (name, key, min, max) => {
    expect(read({ [name]: String(min) }).policy[key]).toBe(min);
    expect(read({ [name]: String(max) }).policy[key]).toBe(max);
    const fault = (value: number) =>
      `${name}="${value}" is not right: write a whole number from ${min} to ${max} (default ${DEFAULT_POLICY[key]})`;
    expect(faultsOf({ [name]: String(max + 1) })).toEqual([fault(max + 1)]);
    expect(faultsOf({ [name]: String(min - 1) })).toEqual([fault(min - 1)]);
  });

  test.each(['3.5', '1e3', '0x10', 'three', '3 s', '+3', '３'])(
    '"%s" is no whole number',
    (value) => {
      expect(faultsOf({ VPN_MEDIC_FALL: value })).toHaveLength(1);
    },
  );
});

describe('a mistake', () => {
  test.each([
    [
      'VPN_MEDIC_REGIONS',
      'Ireland',
      'VPN_MEDIC_REGIONS="Ireland" is not right: write regions separated by commas, such as eu-west-1',
    ],
    [
      'VPN_MEDIC_REGIONS',
      'eu-west-1a',
      'VPN_MEDIC_REGIONS="eu-west-1a" is not right: write regions separated by commas, such as eu-west-1',
    ],
    [
      'VPN_MEDIC_MODE',
      'dry-run',
      'VPN_MEDIC_MODE="dry-run" is not right: write one of act observe (default act)',
    ],
    [
      'VPN_MEDIC_MODE',
      'ACT',
      'VPN_MEDIC_MODE="ACT" is not right: write one of act observe (default act)',
    ],
    [
      'VPN_MEDIC_STATE_TABLE',
      '',
      'VPN_MEDIC_STATE_TABLE is not set: write for example vpn-medic-prod',
    ],
    [
      'VPN_MEDIC_STATE_TABLE',
      'a b',
      'VPN_MEDIC_STATE_TABLE="a b" is not right: write for example vpn-medic-prod',
    ],
    [
      'VPN_MEDIC_ALERTS_TOPIC_ARN',
      'alerts',
      `VPN_MEDIC_ALERTS_TOPIC_ARN="alerts" is not right: write for example ${TOPIC}`,
    ],
    [
      'VPN_MEDIC_EVENT_BUS',
      'my bus',
      'VPN_MEDIC_EVENT_BUS="my bus" is neither a bus\'s name nor its ARN: write for example default, or nothing',
    ],
    [
      'VPN_MEDIC_PROBE_FUNCTIONS',
      'p a',
      'VPN_MEDIC_PROBE_FUNCTIONS: "p a" is no Lambda function name',
    ],
  ])('%s="%s" is told with its fix', (name, value, fault) => {
    expect(faultsOf({ [name]: value })).toEqual([fault]);
  });

  test('no region anywhere is told', () => {
    expect(faultsOf({ AWS_REGION: undefined })).toEqual([
      'VPN_MEDIC_REGIONS is not set, and AWS_REGION neither: write for example eu-west-1',
    ]);
  });

  test('every one is told at once, and the error says how many', () => {
    const over = {
      VPN_MEDIC_REGIONS: 'Ireland',
      VPN_MEDIC_MODE: 'dry-run',
      VPN_MEDIC_FALL: '0',
      VPN_MEDIC_RISE: '-1',
      VPN_MEDIC_STATE_TABLE: '',
      VPN_MEDIC_ALERTS_TOPIC_ARN: 'x',
      VPN_MEDIC_PROBE_FUNCTIONS: '!',
    };
    expect(faultsOf(over)).toHaveLength(7);
    expect(() => read(over)).toThrow(/^7 wrong settings:\n/);
    expect(() => read({ VPN_MEDIC_MODE: 'x' })).toThrow(/^1 wrong setting:\n/);
  });
});
