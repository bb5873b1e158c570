/** The live page's server: for pages of this machine only. */
import { request } from 'node:http';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openLive } from '../../../../lib/cli/rehearse/serve/account.ts';
import { type LiveServer, openLiveServer } from '../../../../lib/cli/rehearse/serve/server.ts';
import { systemClock } from '../../../../lib/core/time.ts';
import { defaultAccount } from '../../../../lib/simulator/defaults/account.ts';
import { rolesOf } from '../../../../lib/simulator/roles.ts';
import { cli, START_AT } from '../../open.ts';

const ROLES = rolesOf(defaultAccount(START_AT));
let server: LiveServer;

beforeAll(async () => {
  server = await openLiveServer(openLive(ROLES, '1'), systemClock, 0);
});
afterAll(() => server.close());

interface Answer {
  readonly status: number | undefined;
  readonly body: string;
}

const ask = (
  path: string,
  { method = 'GET', headers = {}, body = '' }: Partial<Asked> = {},
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request(new URL(path, server.url), { method, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () => resolve({ status: response.statusCode, body: text }));
    });
    asked.on('error', reject);
    asked.end(body);
  });

interface Asked {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

test.each(['/', '/live.js', '/live.css'])('serves its own %s', async (path) => {
  expect((await ask(path)).status).toBe(200);
});

test.each(['/live', '/../package.json', '/page/live.html', '/toggle'])(
  'serves no %s',
  async (path) => {
    expect((await ask(path)).status).toBe(404);
  },
);

test.each([
  ['a name that was made to point here', { host: 'evil.example' }, 403],
  ['another page', { origin: 'http://evil.example' }, 403],
  ['its own page', {}, 200],
])('a post from %s is answered %j: %j', async (_what, headers, status) => {
  const body = '1';
  expect((await ask('/speed', { method: 'POST', headers, body })).status).toBe(status);
});

test.each([
  ['appliance:i-0000', 404],
  ['zone:eu-west-1z', 404],
  ['rtb-1', 404],
  [`appliance:${ROLES.appliances[0]?.instanceId ?? ''}`, 200],
  ['zone:eu-west-1b', 200],
])('a click on %s is answered %j', async (body, status) => {
  expect((await ask('/toggle', { method: 'POST', body })).status).toBe(status);
});

test('a pace that there is not is refused', async () => {
  expect((await ask('/speed', { method: 'POST', body: '7' })).status).toBe(400);
});

test('a body that never ends is cut off', async () => {
  await expect(ask('/toggle', { method: 'POST', body: 'x'.repeat(10_000) })).rejects.toThrow(
    /socket hang up|ECONNRESET|EPIPE/,
  );
});

test.each([
  ['a taken port', () => new URL(server.url).port, /port \d+ is in use/],
  ['no port', () => 'x', /write a port from 0/],
  ['a port beyond the last', () => '65536', /write a port from 0/],
])('--serve with %s is refused, and says so', async (_what, port, why) => {
  const said = await cli(['rehearse', '--serve', port()]);
  expect(said.exit).toBe(1);
  expect(said.err).toMatch(why);
});
