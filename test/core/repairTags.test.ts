/** Goal: what cannot be read allows nothing. Method: every tag right, wrong and missing. */
import { describe, expect, test } from '@jest/globals';
import {
  parseHostKey,
  parseSshUser,
  parseSteps,
  parseUnit,
  readRepairTags,
} from '../../lib/core/repairTags.ts';

const KEY = `SHA256:${'b'.repeat(43)}`;
const read = (tags: Readonly<Record<string, string>>) => {
  const faults: string[] = [];
  const page = new Map(Object.entries(tags).map(([key, value]) => [`vpn-medic:${key}`, value]));
  return { candidate: readRepairTags(page, ({ key }) => faults.push(key)), faults };
};

describe('the tags together', () => {
  test('all of them', () => {
    expect(
      read({
        repair: 'restart-service reboot',
        service: 'strongswan',
        'ssh-user': 'ec2-user',
        'host-key': KEY,
      }),
    ).toEqual({
      candidate: {
        steps: ['restart-service', 'reboot'],
        service: 'strongswan.service',
        sshUser: 'ec2-user',
        hostKey: KEY,
      },
      faults: [],
    });
  });

  test('without vpn-medic:repair nothing is allowed, whatever else is written', () => {
    expect(read({ service: 'strongswan' })).toEqual({ candidate: null, faults: [] });
  });

  test.each([
    [{ repair: 'reboot restart' }, null, ['vpn-medic:repair']],
    [{ repair: 'restart-service' }, null, ['vpn-medic:service']],
    [{ repair: 'restart-service reboot' }, ['reboot'], ['vpn-medic:service']],
    [{ repair: 'restart-service reboot', service: 'a b' }, ['reboot'], ['vpn-medic:service']],
    [
      { repair: 'restart-service reboot', service: 'a', 'host-key': 'MD5:x' },
      ['reboot'],
      ['vpn-medic:host-key'],
    ],
    [
      { repair: 'restart-service reboot', service: 'a', 'ssh-user': 'Root!' },
      ['reboot'],
      ['vpn-medic:ssh-user'],
    ],
  ])('%j', (tags, steps, faulty) => {
    const { candidate, faults } = read(tags);
    expect(candidate?.steps ?? null).toEqual(steps);
    expect(faults).toEqual(faulty);
  });
});

test.each([
  '',
  'restart',
  'reboot;stop-start',
  'reboot:ssh',
  'restart-service:',
  'restart-service:ftp',
  'restart-service:ssh:ssm',
  'restart-service:ssh restart-service:ssm',
])('"%s" is no list of steps', (text) => {
  expect(parseSteps(text).ok).toBe(false);
});

test('a step that is written twice is one', () => {
  expect(parseSteps('reboot, reboot stop-start')).toEqual({
    ok: true,
    value: { steps: ['reboot', 'stop-start'], hand: null },
  });
});

test.each([
  ['restart-service', null],
  ['restart-service:ssm reboot', 'ssm'],
  ['reboot restart-service:ssh', 'ssh'],
  ['restart-service restart-service:ssh', 'ssh'],
])('"%s" names the hand %s', (text, hand) => {
  expect(parseSteps(text)).toMatchObject({ ok: true, value: { hand } });
});

test.each(['-x', '--now', 'a/b', 'a b', 'a;b', '$(x)', 'a\\x20b', "a'b", '', 'x'.repeat(102)])(
  '"%s" is no unit',
  (text) => {
    expect(parseUnit(text).ok).toBe(false);
  },
);

test.each(['strongswan', 'openvpn-server@hq', 'wg-quick@wg0.service', 'a.b_c:d-e'])(
  '"%s" is a unit',
  (text) => {
    expect(parseUnit(text).ok).toBe(true);
  },
);

test('32 characters are a user name, 33 are not', () => {
  expect(parseSshUser('a'.repeat(32)).ok).toBe(true);
  expect(parseSshUser('a'.repeat(33)).ok).toBe(false);
});

test.each([KEY.slice(0, -1), `${KEY}=`, KEY.toLowerCase(), `${'ab:'.repeat(15)}ab`])(
  '"%s" is no fingerprint',
  (text) => {
    expect(parseHostKey(text).ok).toBe(false);
  },
);
