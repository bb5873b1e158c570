/** Goal: each single thing of the account fails once, and what is lost, moved, notified and unwatched is said, the worst first. */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import { makeTempFolder } from '../../tempFolder.ts';
import { cli } from '../open.ts';

let folder = '';
beforeAll(() => {
  folder = makeTempFolder();
});
afterAll(() => rmSync(folder, { recursive: true }));

test('fails everything of the built-in account once: a pool is cut off, other routes are moved', async () => {
  const path = join(folder, 'failures.html');
  const { exit, out, err } = await cli(['rehearse', '--every', '--json', '--html', path]);
  expect({ exit, err }).toEqual({ exit: 2, err: '' });
  const { version, result, failures } = JSON.parse(out);
  expect({ version, result }).toEqual({ version: 1, result: 'cut-off' });
  const of = (name: string, how: string) =>
    failures.find((one: Record<string, string>) => one['name'] === name && one['how'] === how);
  expect(failures).toHaveLength(29);
  const first = of('hq-a', 'hangs');
  expect(first.lost.map(({ kind }: { kind: string }) => kind)).toContain('pool');
  expect(first.unwatched).toEqual(['route legacy 10.99.0.0/16 is not managed']);
  expect(of('hq-b', 'hangs')).toMatchObject({ result: 'interrupted', unwatched: [] });
  expect(of('hq-b', 'hangs').outageMs).toBeLessThanOrEqual(4_000);
  expect(of('hq-north', 'both tunnels down')).toMatchObject({ result: 'no-loss', lost: [] });
  expect(of('branch', 'both tunnels down')).toMatchObject({ result: 'cut-off' });
  expect(of('staff', 'is not renewed and expires').notified[0].afterMs).toBeLessThan(0);
  const order = failures.map((one: Record<string, string>) => one['result']);
  expect(order).toEqual(
    order.toSorted((a: string, b: string) => RESULTS.indexOf(a) - RESULTS.indexOf(b)),
  );
  const page = readFileSync(path, 'utf8');
  expect(page).toContain('hq-a hangs');
  expect(page.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script/);
}, 180_000);

test('--capture and --pairs: the two appliances of a capture fail alone and together, as docs/rehearse.schema.json describes', async () => {
  const file = fileURLToPath(
    new URL('../../../examples/captures/small-office.jsonl', import.meta.url),
  );
  const { exit, out } = await cli(['rehearse', '--every', '--pairs', '--capture', file, '--json']);
  const report = JSON.parse(out);
  const schema: object = JSON.parse(
    readFileSync(new URL('../../../docs/rehearse.schema.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv({ allErrors: true, strict: false }).compile(schema);
  expect(validate(report) ? [] : validate.errors).toEqual([]);
  expect(validate({ ...report, failures: [{}] })).toBe(false);
  expect(exit).toBe(report.result === 'cut-off' ? 2 : 0);
  const { failures } = report;
  const kinds = new Set(failures.map((one: Record<string, string>) => one['kind']));
  expect(kinds).toEqual(new Set(['appliance', 'zone', 'connection', 'tunnel', 'device', 'pair']));
  const pairs = failures.filter((one: Record<string, string>) => one['kind'] === 'pair');
  expect(pairs).toEqual([failures.at(-1)]);
  // Together they are all that carries its routes; alone each leaves them to the other.
  expect(pairs[0]).toMatchObject({ result: 'cut-off' });
  const alone = failures.filter((one: Record<string, string>) => one['kind'] === 'appliance');
  expect(new Set(alone.map((one: Record<string, string>) => one['result']))).not.toContain(
    'cut-off',
  );
}, 180_000);

test('a hub: the only virtual interface takes the private connection with it, and routes of the transit gateway move', async () => {
  const file = 'examples/captures/hub.jsonl';
  const { out } = await cli(['rehearse', '--every', '--capture', file, '--json']);
  const { failures } = JSON.parse(out);
  const of = (name: string, how: string) =>
    failures.find((one: Record<string, string>) => one['name'] === name && one['how'] === how);
  const link = of('dxvif-ffhhk74f', 'BGP down');
  expect(link).toMatchObject({ kind: 'interface', result: 'cut-off' });
  expect(link.lost.map(({ kind }: { kind: string }) => kind).toSorted()).toEqual([
    'direct-connect',
    'site',
  ]);
  expect(link.notified.length).toBeGreaterThan(0);
  const north = of('factory-north', 'both tunnels down');
  expect(north).toMatchObject({
    result: 'interrupted',
    lost: [{ kind: 'transit', name: 'spokes 172.20.0.0/16' }],
    moved: [{ from: 'factory-north', to: 'factory-south', routeCount: 1 }],
  });
  expect(north.outageMs).toBeLessThanOrEqual(20_000);
}, 180_000);

test('the CRL of an endpoint that is tagged for a file is notified before it expires, and the other rule is said', async () => {
  const file = 'examples/captures/client-vpn.eu-west-1.jsonl';
  const { out } = await cli(['rehearse', '--every', '--capture', file, '--json']);
  const { failures, notes } = JSON.parse(out);
  const [crl] = failures.filter((one: Record<string, string>) => one['kind'] === 'crl');
  expect(crl.notified[0]).toMatchObject({
    afterMs: expect.any(Number),
    subject: expect.stringContaining('employees-eu: ClientCrlExpiring'),
  });
  expect(crl.notified[0].afterMs).toBeLessThan(0);
  expect(notes).toEqual([
    expect.stringMatching(/publisher of CRLs is not simulated.*employees-eu/),
  ]);
}, 180_000);

const RESULTS = ['cut-off', 'interrupted', 'no-loss'];

test('--pairs and --html without --every are refused', async () => {
  const { exit, err } = await cli(['rehearse', '--pairs']);
  expect(exit).toBe(1);
  expect(err).toContain('belong to --every');
});
