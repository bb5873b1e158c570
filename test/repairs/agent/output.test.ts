/** Goal: what the documents print is read for what it is, and no output of a command passes for another. Method: printed texts by hand. */
import { describe, expect, test } from '@jest/globals';
import { answerOf, lookOf, peerOf, sectionsOf } from '../../../lib/repairs/agent/output.ts';

const run = {
  platform: 'linux',
  unit: 'openvpn-server@hq.service',
  peer: '10.8.0.9',
} as const;
const STATUS = ['OpenVPN CLIENT LIST', 'Updated,2026-11-29 03:00:00', 'Common Name,Real Address'];
const PING = '2 packets transmitted, 2 received, 0% packet loss, time 501ms';
const linux = (restart: string, after = 'active', code = 0) =>
  [
    '|failed',
    '|',
    '# before state 3',
    ...STATUS.map((line) => `|${line}`),
    '|ROUTING TABLE',
    '# before tunnels 0',
    '|2 packets transmitted, 0 received, 100% packet loss, time 501ms',
    '# before ping 1',
    restart,
    `|${after}`,
    `# after state ${code}`,
    `|${PING}`,
    '# after ping 0',
    '',
  ].join('\n');

describe('on Linux', () => {
  test('a restart that worked: state, tunnels and the far side, before and after', () => {
    expect(answerOf(linux('|\n# the restart 0'), run)).toEqual({
      kind: 'done',
      why: 'openvpn-server@hq was restarted and is active',
      evidence: [
        'before: failed; OpenVPN: 0 clients, status of 2026-11-29 03:00:00; ping of 10.8.0.9 answered 0 of 2',
        'after: active; ping of 10.8.0.9 answered 2 of 2',
      ],
    });
  });

  test.each([
    ['activating', 'done'],
    ['reloading', 'done'],
    ['failed', 'failed'],
    ['inactive', 'failed'],
    ['activ', 'failed'],
  ])('a service that is %s after it: %s', (state, kind) => {
    expect(answerOf(linux('# the restart 0', state, 3), run)).toMatchObject({ kind });
  });

  test('a restart that systemctl refuses has failed, in its own words', () => {
    expect(answerOf(linux('|Unit x not found.\n# the restart 5'), run)).toMatchObject({
      kind: 'failed',
      why: 'openvpn-server@hq could not be restarted (exit 5): Unit x not found.',
    });
  });

  test('one that did not end within its time is left to the probes', () => {
    expect(answerOf(linux('|\n# the restart 124'), run)).toMatchObject({ kind: 'done' });
  });

  test('without the end of the restart there is no answer', () => {
    expect(answerOf('|failed\n# before state 3\n', run)).toBeNull();
    expect(answerOf('', run)).toBeNull();
  });

  test('a command that prints our lines, or escapes, only prints', () => {
    const printed = '|# the restart 0\n|\u001b[2K# after state 0\r|x\n# before state 3\n';
    expect(sectionsOf(printed).map(({ name }) => name)).toEqual(['before state']);
    expect(answerOf(printed, run)).toBeNull();
  });

  test('a tool that fails says what it said, and no count; a secret in it is not shown', () => {
    const printed = `|cat: no such file, psk="hunter2"\n# before tunnels 1\n# the restart 0\n|active\n# after state 0\n`;
    const { evidence } = answerOf(printed, run) ?? { evidence: [] };
    expect(evidence[0]).toContain('tunnels unknown (cat: no such file');
    expect(evidence.join()).not.toContain('hunter2');
  });
});

describe('a look that restarts nothing', () => {
  test('says state, tunnels and far side, once', () => {
    const printed = linux('').split('\n').slice(0, -6).join('\n');
    expect(lookOf(printed, run)).toBe(
      'failed; OpenVPN: 0 clients, status of 2026-11-29 03:00:00; ping of 10.8.0.9 answered 0 of 2',
    );
  });

  test('that printed no line of ours says nothing, whatever a command printed', () => {
    expect(lookOf('', run)).toBeNull();
    expect(lookOf('|# before state 0\nactive\n', run)).toBeNull();
  });

  test('on Windows: no interface, a service that is missing, and a far side that answers', () => {
    const rras = { platform: 'windows', unit: 'RemoteAccess.service', peer: '10.8.0.9' } as const;
    const printed = [
      "|Cannot find any service with service name 'RemoteAccess'.",
      '# before state 1',
      '# before tunnels 0',
      '|True',
      '# before ping 0',
    ];
    expect(lookOf(printed.join('\r\n'), rras)).toBe(
      "Cannot find any service with service name 'RemoteAccess'.; RRAS: 0 of 0 site-to-site interfaces connected; ping of 10.8.0.9 answered",
    );
  });
});

describe('on Windows', () => {
  const rras = { platform: 'windows', unit: 'RemoteAccess.service', peer: '10.8.0.9' } as const;
  const printed = (state: string, restart: string) =>
    [
      '|Stopped',
      '# before state 0',
      '|tunnel Disconnected',
      '|tunnel Connected',
      '# before tunnels 0',
      '|False',
      '# before ping 0',
      restart,
      `|${state}`,
      '# after state 0',
      '|True',
      '# after ping 0',
      '',
    ].join('\r\n');

  test('RRAS that runs again, with its interfaces and the far side', () => {
    expect(answerOf(printed('Running', '# the restart 0'), rras)).toEqual({
      kind: 'done',
      why: 'RemoteAccess was restarted and is Running',
      evidence: [
        'before: Stopped; RRAS: 1 of 2 site-to-site interfaces connected; ping of 10.8.0.9 not answered',
        'after: Running; ping of 10.8.0.9 answered',
      ],
    });
  });

  test.each([
    ['StartPending', 'done'],
    ['Stopped', 'failed'],
    ['StopPending', 'failed'],
    ['Paused', 'failed'],
  ])('a service that is %s after it: %s', (state, kind) => {
    expect(answerOf(printed(state, '# the restart 0'), rras)).toMatchObject({ kind });
  });

  test('NPS that there is none of: the words of PowerShell', () => {
    const said = "|Cannot find any service with service name 'IAS'.\r\n# the restart 1";
    expect(answerOf(printed('x', said), { ...rras, unit: 'IAS.service' })).toMatchObject({
      kind: 'failed',
      why: "IAS could not be restarted (exit 1): Cannot find any service with service name 'IAS'.",
    });
  });
});

test.each([
  ['10.8.0.9', '10.8.0.9'],
  ['fd00::1', 'fd00::1'],
  ['fe80::1%eth0', null],
  ['10.8.0.9;id', null],
  ['vpn.example.com', null],
  [null, null],
])('%s is pinged as %s', (address, peer) => {
  expect(peerOf(address)).toBe(peer);
});
