/**
 * Run as a program with the path of a bundle of `everyPort.ts`: says the same things to the endpoint of the environment
 * each time, with the same clock and the same invocation ids, and prints what came of each.
 */
import { pathToFileURL } from 'node:url';
import type { awsPorts } from '../../lib/aws/ports/appliances.ts';
import type { systemClock } from '../../lib/core/time.ts';
import { AT } from './answers.ts';

Date.now = () => AT;
// Signed headers hold one: with equal ids, equal signatures prove equal requests.
crypto.randomUUID = () => '00000000-0000-4000-8000-000000000000';

const bundle: { awsPorts: typeof awsPorts; systemClock: typeof systemClock } = await import(
  pathToFileURL(process.argv[2] ?? '').href
);
const { signal } = new AbortController();
const { ec2, store, notifications, probes } = bundle.awsPorts({
  region: 'eu-west-1',
  homeRegion: 'eu-west-1',
  stateTable: 'state',
  topicArns: { alerts: 'arn:aws:sns:eu-west-1:123456789012:alerts' },
  probeFunctions: ['probe-a'],
  clock: { ...bundle.systemClock, now: () => AT },
});

const results: unknown[] = [];
const said = {
  tags: await ec2.tags(['vpn-medic:group'], signal),
  instances: await ec2.instances(['i-0a1b2c3d4e5f60718'], signal),
  statuses: await ec2.statuses(['i-0a1b2c3d4e5f60718'], signal),
  interfaces: await ec2.interfaces(['i-0a1b2c3d4e5f60718'], signal),
  subnets: await ec2.subnets(['vpc-0a1b2c3d4e5f60718'], signal),
  tables: await ec2.routeTables({ tableIds: ['rtb-0a1b2c3d4e5f60718'] }, signal),
  prefixLists: await ec2.prefixLists(['pl-0a1b2c3d4e5f60718'], signal),
  write: await ec2.replaceRoute(
    { tableId: 'rtb-1', destination: '10.20.0.0/16', target: { kind: 'interface', id: 'eni-1' } },
    signal,
  ),
  read: await store.read(['lease', 'memory'], signal),
  put: await store.write({ id: 'lease', overVersion: 1, body: { x: 1 }, expiresAt: AT }, signal),
  publish: await notifications.publish(
    {
      state: 'opened',
      incidentId: '123456789012/eu-west-1/i-1/ApplianceDown',
      subject: 'vpn-a is down',
      text: 'Größer als ASCII',
      sms: 'vpn-a is down',
      json: '{"a":1}',
      severity: 'critical',
      attributes: { severity: 'critical' },
      messages: new Map([
        ['alerts', { subject: 'vpn-a is down', body: '{}', isPerProtocol: true }],
      ]),
    },
    signal,
  ),
  vantages: await probes.vantages(signal),
  result: await probes.send(
    {
      vantageId: 'probe-a',
      sentAt: AT,
      timeoutMs: 800,
      targets: [{ key: 'a', kind: 'tcp', address: '10.0.0.1', port: 22 }],
    },
    (answer) => results.push(answer),
    signal,
  ),
  results,
};
process.stdout.write(JSON.stringify(said));
