/** Goal: a hostile capture gets one clear line or is played, and does nothing else. Method: `vpn-medic replay` of files as an attacker would write them. */
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { cli } from '../cli/open.ts';
import { makeTempFolder } from '../tempFolder.ts';

const HEADER = { vpnMedicCapture: 1, account: '111122223333', region: 'eu-west-1' };
const at = (minute: number) => new Date(Date.UTC(2026, 10, 28, 12, minute)).toISOString();
const connection = (minute: number, more: object) => ({
  at: at(minute),
  service: 'ec2',
  operation: 'DescribeVpnConnections',
  input: {},
  output: { VpnConnections: [{ VpnConnectionId: 'vpn-01', State: 'available', ...more }] },
});
let folder = '';

beforeEach(() => {
  folder = makeTempFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

async function replayed(content: string | readonly object[]) {
  const file = join(folder, 'capture.jsonl');
  const lines =
    typeof content === 'string' ? content : content.map((one) => JSON.stringify(one)).join('\n');
  writeFileSync(file, lines);
  const said = await cli(['replay', file]);
  // Whatever it holds, nothing is written beside it.
  expect(readdirSync(folder)).toEqual(['capture.jsonl']);
  return said;
}

const whole = [HEADER, connection(0, {}), connection(5, {})].map((one) => JSON.stringify(one));

test.each([
  ['cut off in its last line', whole.join('\n').slice(0, -20), 'cut off or damaged'],
  ['cut off in its header', whole[0]?.slice(0, -5) ?? '', 'is no capture'],
  ['empty', '', 'it is empty'],
  ['binary', '\u0000\u0001\u0002\n', 'is no capture'],
  ['schema 2', JSON.stringify({ ...HEADER, vpnMedicCapture: 2 }), 'reads schema 1'],
  [
    'of two accounts',
    [...whole, JSON.stringify({ ...HEADER, account: '444455556666' })].join('\n'),
    'write one file for each account',
  ],
])('a file that is %s: exit 1 and one line', async (_what, content, why) => {
  const { exit, err, out } = await replayed(content);
  expect(exit).toBe(1);
  expect(out).toBe('');
  expect(err).toContain(why);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
});

test('an unknown operation, a path as a key, and names of JavaScript: named, and played', async () => {
  const { exit, err } = await replayed([
    HEADER,
    connection(0, {}),
    { at: at(1), service: 'ec2', operation: '../../etc/passwd', input: {}, output: {} },
    { at: at(1), service: '__proto__', operation: 'constructor', input: {}, output: {} },
    connection(2, { Tags: [{ Key: '__proto__', Value: 'x' }] }),
    connection(3, {}),
  ]);
  expect(exit).toBe(0);
  expect(err).toContain('read by no function');
  expect(Reflect.get({}, 'x')).toBe(undefined);
});

test('escapes of a terminal in names reach no terminal', async () => {
  const tunnel = (ip: string) => ({
    OutsideIpAddress: ip,
    Status: 'DOWN',
    LastStatusChange: at(0),
  });
  const { out, err } = await replayed([
    HEADER,
    connection(0, {
      Tags: [{ Key: 'Name', Value: '\u001b]0;owned\u0007\u001b[2J' }],
      TransitGatewayId: 'tgw-01',
      VgwTelemetry: [tunnel('192.0.2.1'), tunnel('192.0.2.2')],
    }),
    { at: at(9), service: 'medic', operation: '\u001b[31mEnd', input: {}, output: {} },
  ]);
  expect(out + err).not.toContain('\u001b');
  expect(out + err).not.toContain('\u0007');
});
