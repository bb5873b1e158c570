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
  test('has its default', () => {
    expect(read()).toEqual({
      regions: ['eu-west-1'],
      homeRegion: 'eu-west-1',
      isMeasuredEach: false,
      logsUrl: null,
      ackFunctionArn: null,
      off: [],
      policy: DEFAULT_POLICY,
      stateTable: 'vpn-medic-prod',
      topicArns: { alerts: TOPIC, chat: null, pager: null },
      dashboard: null,
      docsUrl: null,
      accountName: null,
      stage: null,
      pagerSeverity: 'critical',
      eventBus: null,
      probeFunctions: [],
      repair: {
        repairFunction: null,
        sshFunction: null,
        documents: null,
        sshUser: 'ec2-user',
        kmsKeyArns: [],
      },
      autoScalingUrl: null,
      kmsUrl: null,
      systemsManagerUrl: null,
      version: 'unreleased',
    });
  });

  test.each(['', '   '])('an empty setting ("%s") is not set', (empty) => {
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

describe('what the deployment leaves out', () => {
  const FUNCTION = { VPN_MEDIC_REPAIR_FUNCTION: 'vpn-medic-prod-repairAppliance' };

  test('is what is false, in the order of the parameters', () => {
    const over = { VPN_MEDIC_ENDPOINTS: 'false', VPN_MEDIC_CRL: 'false', VPN_MEDIC_REPAIR: 'true' };
    expect(read(over).off).toEqual(['crl', 'endpoints']);
  });

  test('without repairs no function is asked for one, whatever the environment names', () => {
    expect(read(FUNCTION).repair.repairFunction).toBe(FUNCTION.VPN_MEDIC_REPAIR_FUNCTION);
    expect(read({ ...FUNCTION, VPN_MEDIC_REPAIR: 'false' }).repair.repairFunction).toBeNull();
  });

  test('is never guessed from another word', () => {
    expect(faultsOf({ VPN_MEDIC_CRL: 'off' }).join()).toContain('VPN_MEDIC_CRL');
  });
});

test.each(['default', 'ops/vpn.medic'])('the event bus may be %s', (bus) => {
  expect(read({ VPN_MEDIC_EVENT_BUS: bus }).eventBus).toBe(bus);
});

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

  test('the home region is AWS_REGION, whatever is watched', () => {
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
      `${name}="${value}" is not valid: write a whole number from ${min} to ${max} (default ${DEFAULT_POLICY[key]})`;
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

describe('a wrong setting', () => {
  test.each([
    [
      'VPN_MEDIC_REGIONS',
      'Ireland',
      'VPN_MEDIC_REGIONS="Ireland" is not valid: write regions separated by commas, such as eu-west-1',
    ],
    [
      'VPN_MEDIC_REGIONS',
      'eu-west-1a',
      'VPN_MEDIC_REGIONS="eu-west-1a" is not valid: write regions separated by commas, such as eu-west-1',
    ],
    [
      'VPN_MEDIC_MODE',
      'dry-run',
      'VPN_MEDIC_MODE="dry-run" is not valid: write one of act observe (default act)',
    ],
    [
      'VPN_MEDIC_MODE',
      'ACT',
      'VPN_MEDIC_MODE="ACT" is not valid: write one of act observe (default act)',
    ],
    [
      'VPN_MEDIC_STATE_TABLE',
      '',
      "VPN_MEDIC_STATE_TABLE is not set: write a DynamoDB table's name, such as vpn-medic-prod",
    ],
    [
      'VPN_MEDIC_STATE_TABLE',
      'a b',
      'VPN_MEDIC_STATE_TABLE="a b" is not valid: write a DynamoDB table\'s name, such as vpn-medic-prod',
    ],
    [
      'VPN_MEDIC_ALERTS_TOPIC_ARN',
      'alerts',
      `VPN_MEDIC_ALERTS_TOPIC_ARN="alerts" is not valid: write a topic's ARN, such as ${TOPIC}`,
    ],
    [
      'VPN_MEDIC_EVENT_BUS',
      'my bus',
      'VPN_MEDIC_EVENT_BUS="my bus" is not valid: write the name of an EventBridge bus in the stack\'s region and account, such as default, or nothing',
    ],
    [
      'VPN_MEDIC_PROBE_FUNCTIONS',
      'p a',
      'VPN_MEDIC_PROBE_FUNCTIONS="p a" is not valid: write names of Lambda functions separated by commas, or nothing',
    ],
  ])('%s="%s" is refused with its fix', (name, value, fault) => {
    expect(faultsOf({ [name]: value })).toEqual([fault]);
  });

  test('a missing region is refused', () => {
    expect(faultsOf({ AWS_REGION: undefined })).toEqual([
      'neither VPN_MEDIC_REGIONS nor AWS_REGION is set: write for example VPN_MEDIC_REGIONS=eu-west-1',
    ]);
  });

  test('all are listed in one error, which counts them', () => {
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
