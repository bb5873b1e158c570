/** Goal: what surrounds endpoints is read in turns, and only what an endpoint has. Method: a port that counts. */
import { expect, test } from '@jest/globals';
import { readSurroundings } from '../../../lib/clientVpn/observe/surroundings.ts';
import type { SurroundingsPort } from '../../../lib/clientVpn/ports.ts';
import { noEndpointMemory, noEndpointPast } from '../../../lib/clientVpn/state.ts';
import { anEndpoint, SETTINGS, wellSurroundings } from '../../builders/endpoints.ts';
import { NOW } from '../../builders/facts.ts';

const { signal } = new AbortController();
const MINUTE_MS = 60_000;

function counting() {
  const calls: string[] = [];
  const port = wellSurroundings();
  const noted: SurroundingsPort = {
    routes: (...asked) => (calls.push('routes'), port.routes(...asked)),
    rules: (...asked) => (calls.push('rules'), port.rules(...asked)),
    ranges: (...asked) => (calls.push('ranges'), port.ranges(...asked)),
    peers: (...asked) => (calls.push('peers'), port.peers(...asked)),
    egress: (...asked) => (calls.push('egress'), port.egress(...asked)),
    certificate: (...asked) => (calls.push('certificate'), port.certificate(...asked)),
    directories: (...asked) => (calls.push('directories'), port.directories(...asked)),
  };
  return { calls, port: noted };
}

const many = (count: number, settings = SETTINGS) =>
  Array.from({ length: count }, (_, index) =>
    anEndpoint({ endpointId: `cvpn-endpoint-${index}`, settings }),
  );

test('of six endpoints three in one pass, with 13 calls at most, and the others in the next', async () => {
  const facts = many(6, {
    ...SETTINGS,
    isSplit: false,
    certificateArn: 'arn:aws:acm:eu-west-1:1:certificate/a',
    directoryIds: ['d-1'],
  });
  const { calls, port } = counting();
  const first = await readSurroundings(port, facts, noEndpointMemory, false, NOW, signal);
  expect(first.size).toBe(3);
  expect(calls).toHaveLength(13);
  const endpoints = Object.fromEntries(
    [...first.keys()].map((id) => [id, { ...noEndpointPast, surroundingsAt: NOW }]),
  );
  const later = NOW + MINUTE_MS;
  const second = await readSurroundings(port, facts, { endpoints }, false, later, signal);
  expect([...first.keys(), ...second.keys()].toSorted()).toEqual(
    facts.map(({ endpointId }) => endpointId),
  );
});

test.each([
  [15 * MINUTE_MS - 1, 0],
  [15 * MINUTE_MS, 1],
  [-1, 1],
])('%i ms after the last turn: %i endpoint', async (afterMs, count) => {
  const [fact] = many(1);
  if (fact === undefined) throw new Error('no endpoint');
  const endpoints = { [fact.endpointId]: { ...noEndpointPast, surroundingsAt: NOW } };
  const { port } = counting();
  const read = await readSurroundings(port, [fact], { endpoints }, false, NOW + afterMs, signal);
  expect(read.size).toBe(count);
  const whole = await readSurroundings(port, [fact], { endpoints }, true, NOW + afterMs, signal);
  expect(whole.size).toBe(1);
});

test('certificates, directories and ways out are asked for only where an endpoint has them', async () => {
  const { calls, port } = counting();
  await readSurroundings(port, many(1), noEndpointMemory, false, NOW, signal);
  expect(calls.toSorted()).toEqual(['peers', 'ranges', 'routes', 'rules']);
});
