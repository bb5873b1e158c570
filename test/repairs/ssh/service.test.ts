/** Goal: fixed commands, and the three services' own words read right. Method: samples in each tool's form, with cut and foreign ones beside them. */
import { describe, expect, test } from '@jest/globals';
import { assert as assertAll, property, string } from 'fast-check';
import { parseUnit } from '../../../lib/core/repairTags.ts';
import { consoleHostKeys } from '../../../lib/repairs/ssh/consoleKeys.ts';
import {
  isActiveCommand,
  readHandshakes,
  readOpenvpnStatus,
  readSas,
  restartCommand,
  wordsOf,
} from '../../../lib/repairs/ssh/service.ts';

describe('the command that looks', () => {
  test.each([
    ['strongswan.service', 'sudo -n swanctl --list-sas'],
    ['strongswan-starter.service', 'sudo -n swanctl --list-sas'],
    ['openvpn-server@hq.service', 'sudo -n cat /run/openvpn-server/status-hq.log'],
    ['openvpn@hq.service', 'sudo -n cat /run/openvpn/hq.status'],
    ['wg-quick@wg0.service', 'sudo -n wg show wg0 latest-handshakes'],
    ['nginx.service', null],
    ['openvpn.service', null],
    // systemd's escapes: not ours to undo.
    ['wg-quick@a:b.service', null],
  ])('for %s is %s', (unit, command) => {
    expect(wordsOf(unit).evidenceCommand).toBe(command);
  });

  test('holds nothing that a shell would take for more than a word, whatever the tag says', () => {
    assertAll(
      property(string({ maxLength: 60 }), (text) => {
        const unit = parseUnit(text);
        if (!unit.ok) return;
        const commands = [
          restartCommand(unit.value),
          isActiveCommand(unit.value),
          wordsOf(unit.value).evidenceCommand ?? '',
        ];
        for (const command of commands) expect(command).toMatch(/^[\w .:@/-]*$/);
        expect(restartCommand(unit.value).split(' ')).toHaveLength(5);
      }),
    );
  });
});

describe('strongSwan', () => {
  const sas = [
    'hq: #12, ESTABLISHED, IKEv2, 6e5f0d2b_i* 9a8b7c6d_r',
    "  local  'a' @ 10.0.0.10[4500]",
    '  net: #31, reqid 1, INSTALLED, TUNNEL, ESP:AES_GCM_16-256',
    '  net2: #32, reqid 2, INSTALLED, TUNNEL, ESP:AES_GCM_16-256',
    'branch: #13, CONNECTING, IKEv2, 1122_i* 0000_r',
  ].join('\n');

  test('with one tunnel up and one on its way', () => {
    expect(readSas(sas)).toBe(
      'strongSwan: 1 IKE SA established, 1 not established, 2 child SAs installed',
    );
  });

  test('with none', () => {
    expect(readSas('')).toBe('strongSwan: 0 IKE SAs established, 0 child SAs installed');
  });
});

describe('OpenVPN', () => {
  test('status of format 1', () => {
    const text =
      'OpenVPN CLIENT LIST\nUpdated,2026-11-21 05:00:00\nCommon Name,Real Address,Bytes Received,Bytes Sent,Connected Since\nann,192.0.2.7:4000,1,2,x\nbob,192.0.2.8:4000,1,2,x\nROUTING TABLE\nVirtual Address\nGLOBAL STATS\nEND\n';
    expect(readOpenvpnStatus(text)).toBe('OpenVPN: 2 clients, status of 2026-11-21 05:00:00');
  });

  test('status of format 2, and of 3 with tabs', () => {
    const two =
      'TITLE,OpenVPN\nTIME,2026-11-21 05:00:00,1795237200\nCLIENT_LIST,ann,192.0.2.7:1\nEND';
    expect(readOpenvpnStatus(two)).toBe('OpenVPN: 1 client, status of 2026-11-21 05:00:00');
    expect(readOpenvpnStatus(two.replaceAll(',', '\t'))).toBe(
      'OpenVPN: 1 client, status of 2026-11-21 05:00:00',
    );
  });

  test('what is no status says nothing', () => {
    expect(readOpenvpnStatus('cat: no such file')).toBeNull();
  });
});

test('WireGuard: two peers, one of which never shook hands', () => {
  const peer = (letter: string) => `${letter.repeat(43)}=`;
  expect(readHandshakes(`${peer('a')}\t1795237200\n${peer('b')}\t0\n`)).toBe(
    'WireGuard: 2 peers, 1 with a handshake, the last at 1795237200 s since 1970',
  );
});

describe('host keys on a console', () => {
  const block = (key: string) =>
    `-----BEGIN SSH HOST KEY KEYS-----\nssh-ed25519 ${key} root@x\n-----END SSH HOST KEY KEYS-----\n`;

  test('of the newest whole block count', () => {
    const text = `boot\n${block('AAAA')}more\n${block('AAAB')}login:`;
    expect(consoleHostKeys(text)).toHaveLength(1);
    expect(consoleHostKeys(text)).toEqual(consoleHostKeys(block('AAAB')));
    expect(consoleHostKeys(text)).not.toEqual(consoleHostKeys(block('AAAA')));
  });

  test('outside a block, or in one that was cut short, do not', () => {
    expect(consoleHostKeys('ssh-ed25519 AAAA root@x\n')).toEqual([]);
    expect(consoleHostKeys('-----BEGIN SSH HOST KEY KEYS-----\nssh-ed25519 AAAA x\n')).toEqual([]);
  });
});
