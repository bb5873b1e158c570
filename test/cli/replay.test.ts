/** Goal: `vpn-medic replay` prints the frozen output, and one line for a file that cannot be played. Method: the command itself, on files, without any AWS client. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeTempFolder } from '../tempFolder.ts';
import { cli } from './open.ts';

let folder = '';
beforeAll(() => {
  folder = makeTempFolder();
});
afterAll(() => rm(folder, { recursive: true }));

const HEADER = { vpnMedicCapture: 1, account: '111122223333', region: 'eu-west-1' };
const tunnel = (OutsideIpAddress: string, Status: string) => ({
  OutsideIpAddress,
  Status,
  AcceptedRouteCount: Status === 'UP' ? 5 : 0,
  LastStatusChange: '2026-11-20T00:00:00+00:00',
});
const connections = (at: string, status: string, id = 'vpn-01') => ({
  at,
  service: 'ec2',
  operation: 'DescribeVpnConnections',
  input: {},
  output: {
    VpnConnections: [
      {
        VpnConnectionId: id,
        State: 'available',
        TransitGatewayId: 'tgw-01',
        Options: { StaticRoutesOnly: false },
        VgwTelemetry: [tunnel('192.0.2.1', status), tunnel('192.0.2.2', status)],
      },
    ],
  },
});
const UP = connections('2026-11-28T12:00:00Z', 'UP');
const DOWN = connections('2026-11-28T12:02:00Z', 'DOWN');

async function file(name: string, ...lines: readonly (object | string)[]): Promise<string> {
  const path = join(folder, name);
  const texts = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  await writeFile(path, texts.join('\n'));
  return path;
}

describe('--json', () => {
  test('is version 1 and a timeline with the frozen fields', async () => {
    const path = await file('outage.jsonl', HEADER, UP, DOWN);
    const { exit, out } = await cli(['replay', path, '--json']);
    expect(exit).toBe(0);
    const report = JSON.parse(out);
    expect(Object.keys(report)).toEqual(['version', 'timeline']);
    expect(report.version).toBe(1);
    const notified = report.timeline.filter(({ kind }: { kind: string }) => kind === 'notified');
    expect(notified).toEqual([
      expect.objectContaining({
        at: '2026-11-28T12:02:00.400Z',
        reason: 'ConnectionDown',
        subject: 'vpn-01',
        severity: 'critical',
        title: expect.stringMatching(/^CRITICAL /),
        sms: expect.stringMatching(/^CRITICAL /),
        text: expect.stringContaining('vpn-01'),
      }),
    ]);
    const kinds = new Set(report.timeline.map(({ kind }: { kind: string }) => kind));
    expect(kinds).toEqual(new Set(['detected', 'notified']));
  });

  test('names on standard error what is not recorded, and what no function reads', async () => {
    const other = { ...UP, operation: 'DescribeVolumes', output: { Volumes: [] } };
    const { exit, err } = await cli([
      'replay',
      await file('other.jsonl', HEADER, UP, other),
      '--json',
    ]);
    expect({ exit, err }).toEqual({
      exit: 0,
      err: 'vpn-medic: not in the capture, so unknown: direct-connect:DescribeVirtualInterfaces, ec2:DescribeCustomerGateways, ec2:DescribeRouteTables, ec2:DescribeTransitGatewayAttachments, ec2:DescribeVpcEndpoints, ec2:DescribeVpcPeeringConnections, ec2:DescribeVpnGateways\nvpn-medic: recorded, and read by no function: ec2:DescribeVolumes (1)\n',
    });
  });
});

test('text is one line an entry', async () => {
  const { exit, out } = await cli(['replay', await file('text.jsonl', HEADER, UP, DOWN)]);
  expect(exit).toBe(0);
  expect(out).toContain('Replay from 2026-11-28T12:00:00.000Z, 2 min, of pollConnections');
  expect(out).toContain('2026-11-28 12:02:00.400Z notified  CRITICAL vpn-01: ConnectionDown');
});

test('several files are played as one, each region by itself', async () => {
  const first = await file('first.jsonl', HEADER, UP);
  const second = await file('second.jsonl', HEADER, DOWN);
  const frankfurt = { ...HEADER, region: 'eu-central-1' };
  const third = await file(
    'third.jsonl',
    frankfurt,
    connections('2026-11-28T12:01:00Z', 'UP', 'vpn-09'),
  );
  const { out } = await cli(['replay', second, third, first, '--json']);
  const { timeline } = JSON.parse(out);
  const subjects = new Set(timeline.map(({ subject }: { subject: string }) => subject.slice(0, 6)));
  expect(subjects).toEqual(new Set(['vpn-01']));
});

describe('settings', () => {
  test('are those of a deployment: a wrong one is refused with its range', async () => {
    const path = await file('settings.jsonl', HEADER, UP);
    const { exit, err } = await cli(['replay', path], { env: { VPN_MEDIC_FALL: 'many' } });
    expect(exit).toBe(1);
    expect(err).toContain('VPN_MEDIC_FALL');
    expect((await cli(['replay', path, '--mode', 'maybe'])).err).toContain('VPN_MEDIC_MODE');
  });

  test('--state begins with its items: a maintenance window silences; without it, or with a lease alone, nothing is', async () => {
    const path = await file('state.jsonl', HEADER, UP, DOWN);
    const window = {
      subjectId: 'vpn-01',
      from: Date.UTC(2026, 10, 28, 11),
      until: Date.UTC(2026, 10, 28, 13),
      why: 'new line',
      by: 'ana',
    };
    const windows = { id: 'maintenance#eu-west-1', body: { windows: [window] } };
    const lease = { id: 'lease#eu-west-1#connections', body: { leader: 'x', token: 9 } };
    const notified = async (...items: readonly object[]) => {
      const state = await file('state.json', { version: 1, items });
      const { out } = await cli(['replay', path, '--state', state, '--json']);
      const { timeline } = JSON.parse(out);
      return timeline.filter(({ kind }: { kind: string }) => kind === 'notified').length;
    };
    expect(await notified(windows)).toBe(0);
    expect(await notified(lease)).toBe(1);
  });

  test('a file that is no exported state is refused in one line', async () => {
    const path = await file('fine.jsonl', HEADER, UP);
    const bad = await file('bad.json', '{"items": 1}');
    const { exit, err } = await cli(['replay', path, '--state', bad]);
    expect({ exit, err }).toMatchObject({
      exit: 1,
      err: expect.stringContaining('is no exported state'),
    });
  });
});

describe('a file that cannot be played gets exit code 1 and one line', () => {
  test.each<[string, readonly (object | string)[], string]>([
    ['no capture', ['{"VpnConnections": []}'], 'is no capture'],
    [
      'cut off',
      [HEADER, JSON.stringify(UP).slice(0, 40)],
      'line 2: is no JSON: the file is cut off',
    ],
    ['another schema', [{ ...HEADER, vpnMedicCapture: 9 }], 'is a capture of schema 9'],
    [
      'a wrong year',
      [HEADER, UP, { ...DOWN, at: '2027-11-28T12:02:00Z' }],
      'the answers span 365 d',
    ],
    ['control characters', ['\u001b[31m{}'], 'is no capture'],
  ])('%s', async (name, lines, message) => {
    const path = await file(`${name}.jsonl`, ...lines);
    const { exit, out, err } = await cli(['replay', path]);
    expect({ exit, out }).toEqual({ exit: 1, out: '' });
    expect(err).toContain(message);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).not.toContain('\u001b');
  });

  test('no such file, a directory', async () => {
    expect((await cli(['replay', join(folder, 'none')])).err).toContain('there is no such file');
    await mkdir(join(folder, 'directory'));
    expect((await cli(['replay', join(folder, 'directory')])).err).toContain('it is a directory');
  });

  test('two accounts', async () => {
    const one = await file('one.jsonl', HEADER, UP);
    const two = await file('two.jsonl', { ...HEADER, account: '444455556666' }, UP);
    expect((await cli(['replay', one, two])).err).toContain('captures of several accounts');
  });
});
