/** Goal: what a person learns of a list before it is uploaded, and how one lets a list shrink. Method: the commands, on files and a local address. */
import { rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { known, unknown } from '../../lib/core/reading.ts';
import { pemOf } from '../../lib/crl/x509/pem.ts';
import { VirtualClock } from '../../lib/simulator/clock.ts';
import { SimCrlEndpoints } from '../../lib/simulator/crl/endpoints.ts';
import { leaseId } from '../../lib/watcher/lease/item.ts';
import { anEndpoint } from '../builders/endpoints.ts';
import { MemoryStore } from '../builders/store.ts';
import { anAuthority, edwards } from '../crl/builders/authority.ts';
import { name as aName, pem } from '../crl/builders/derWriter.ts';
import { aLeaf } from '../crl/builders/leaf.ts';
import { aList, DAY_MS, NOW } from '../crl/builders/list.ts';
import { makeTempFolder } from '../tempFolder.ts';
import { ANA, cli, closedClients } from './open.ts';

const ca = anAuthority();
const clock = new VirtualClock(NOW);
let folder = '';
let server: Server;
let address = '';
const at = (name: string) => join(folder, name);

beforeAll(async () => {
  folder = makeTempFolder();
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'ca.crt': ca.certificate,
    'ca.crl': aList(ca),
    'ca.pem': pem('X509 CRL', aList(ca)),
    'newer.crl': aList(ca, { number: 8n, thisUpdateAt: NOW }),
    'CA+.crl': aList(ca, { number: 8n, baseNumber: 7n }),
    'other.crt': anAuthority(edwards('ed25519'), { commonName: 'Other' }).certificate,
    'junk.crl': 'junk',
  };
  for (const [name, bytes] of Object.entries(files)) await writeFile(at(name), bytes);
  server = createServer((request, response) => {
    if (request.url === '/ca.crl') response.end(aList(ca));
    else if (request.url === '/moved.crl') response.writeHead(302, { location: '/ca.crl' }).end();
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  address = `http://127.0.0.1:${typeof bound === 'object' ? bound?.port : 0}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

const check = (...argv: readonly string[]) => cli(['crl', 'check', ...argv], { clock });

describe('crl check of a certificate', () => {
  test.each([
    ['DER', (bytes: Buffer) => bytes],
    ['PEM', (bytes: Buffer) => pem('CERTIFICATE', bytes)],
  ])('%s: the list at the address that it names is fetched and judged', async (_, written) => {
    await writeFile(at('user.crt'), written(aLeaf(ca, 5n, `${address}/ca.crl`)));
    const { exit, out } = await check(at('user.crt'), '--issuer', at('ca.crt'));
    expect(exit).toBe(0);
    expect(out).toContain('Accepted: ca.crl would be published.');
  });

  test('what is served there is compared with what is published: an older one is refused', async () => {
    await writeFile(at('user.crt'), aLeaf(ca, 5n, `${address}/ca.crl`));
    const beside = ['--issuer', at('ca.crt'), '--published', at('newer.crl')];
    const { exit, out } = await check(at('user.crt'), ...beside);
    expect(exit).toBe(2);
    expect(out).toContain('Refused: ');
  });

  test.each([
    ['names no address', null, 'names no http address of a CRL'],
    ['names one for LDAP alone', 'ldap://127.0.0.1/cn=ca', 'names no http address of a CRL'],
    ['names one that has nothing', '/gone.crl', 'answers 404'],
  ])('that %s: exit 1 with the reason', async (_, where, says) => {
    const url = where?.startsWith('/') === true ? `${address}${where}` : where;
    await writeFile(at('user.crt'), aLeaf(ca, 5n, url));
    const { exit, err } = await check(at('user.crt'), '--issuer', at('ca.crt'));
    expect(exit).toBe(1);
    expect(err).toContain(says);
  });
});

describe('crl check', () => {
  test.each(['ca.crl', 'ca.pem'])(
    '%s beside its issuer would be accepted: exit 0',
    async (name) => {
      const { exit, out } = await check(at(name), '--issuer', at('ca.crt'));
      expect(exit).toBe(0);
      expect(out).toContain(`Accepted: ${name} would be published.`);
      expect(out).toMatch(/number +7/);
    },
  );

  test('without an issuer the result is unknown: exit 1, and what to add', async () => {
    const { exit, out } = await check(at('ca.crl'));
    expect(exit).toBe(1);
    expect(out).toContain('add --issuer FILE');
  });

  test('beside what is published it must go forward: exit 2 with the rule', async () => {
    const args = ['--issuer', at('ca.crt'), '--as', 'ca.crl'];
    expect((await check(at('newer.crl'), ...args, '--published', at('ca.crl'))).exit).toBe(0);
    const back = await check(at('ca.crl'), ...args, '--published', at('newer.crl'));
    expect(back.exit).toBe(2);
    expect(back.out).toContain('NumberNotAhead');
    const same = await check(at('ca.crl'), ...args, '--published', at('ca.pem'));
    expect([same.exit, same.out.split('\n')[0]]).toEqual([0, expect.stringContaining('The same')]);
  });

  test('a delta asks for its base', async () => {
    const args = ['--issuer', at('ca.crt')];
    expect((await check(at('CA+.crl'), ...args)).exit).toBe(1);
    expect((await check(at('CA+.crl'), ...args, '--base', at('ca.crl'))).exit).toBe(0);
  });

  test('as JSON it has a version, every rule that is broken, and the list', async () => {
    const { exit, out } = await check(at('ca.crl'), '--issuer', at('other.crt'), '--json');
    expect(exit).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      verdict: 'refused',
      reasons: [{ code: 'IssuerUnknown' }],
      list: { number: '7', entries: 3, fitsEndpoint: true, signedBy: null },
    });
  });

  test('an address is asked, its redirects are not followed', async () => {
    expect((await check(`${address}/ca.crl`, '--issuer', at('ca.crt'))).exit).toBe(0);
    const moved = await check(`${address}/moved.crl`, '--issuer', at('ca.crt'));
    expect([moved.exit, moved.err]).toEqual([1, expect.stringContaining('answers 302')]);
  });

  test.each([
    ['none.crl', 'ENOENT'],
    ['http://127.0.0.1:2/ca.crl', 'gives no answer'],
  ])('%s cannot be had: exit 1', async (where, why) => {
    const { exit, err } = await check(where.startsWith('http') ? where : at(where));
    expect([exit, err]).toEqual([1, expect.stringContaining(why)]);
  });

  test('junk is refused in one line of a table, and junk for an issuer stops', async () => {
    expect((await check(at('junk.crl'))).out).toContain('NotDer');
    expect((await check(at('ca.crl'), '--issuer', at('junk.crl'))).err).toContain('the issuer');
  });
});

/** A leader has just looked. */
function aWatchedStore(): MemoryStore {
  const store = new MemoryStore();
  const lease = { leader: 'w1', token: 1, startedAt: NOW, isLookRequested: false };
  store.put(leaseId('eu-west-1', 'appliances'), { ...lease, renewedAt: NOW });
  return store;
}

describe('crl allow', () => {
  const store = aWatchedStore();
  const clients = {
    ...closedClients,
    store: async () => store,
    identity: async () => ({ caller: async () => known({ arn: ANA, accountId: '1' }, NOW) }),
  };
  const allow = (...argv: readonly string[]) =>
    cli(['crl', 'allow', ...argv, '--region', 'eu-west-1', '--state-table', 'table-1'], {
      clock,
      clients,
    });

  test('writes until when, after asking, and who and why', async () => {
    const { exit, out } = await allow('ca.crl', '--for', '2h', '--yes', '--why', 'clean-up');
    expect(exit).toBe(0);
    expect(out).toContain('Allowed.');
    expect(store.body('crl-allowance#ca.crl')).toEqual({ mayShrinkUntil: NOW + 7_200_000 });
  });

  test('takes no more than a day', async () => {
    expect((await allow('ca.crl', '--for', '2d', '--yes')).exit).toBe(1);
  });
});

describe('crl import', () => {
  const imports = (text: string | null) => {
    const endpoints = new SimCrlEndpoints(clock);
    endpoints.add({ endpointId: 'cvpn-endpoint-1' });
    if (text !== null && text !== 'refused') endpoints.set('cvpn-endpoint-1', text);
    if (text === 'refused') endpoints.exported = async () => unknown('refused', NOW);
    const clients = { ...closedClients, crlEndpoints: async () => endpoints };
    const run = (...argv: readonly string[]) =>
      cli(
        [
          'crl',
          'import',
          at('ca.crl'),
          'cvpn-endpoint-1',
          '--issuer',
          at('ca.crt'),
          '--yes',
          '--region',
          'eu-west-1',
          ...argv,
        ],
        { clock, clients },
      );
    return { endpoints, run };
  };

  test.each([null, 'refused'] as const)(
    'gives an endpoint whose Export says %j its first list with --first only',
    async (said) => {
      const { endpoints, run } = imports(said);
      const without = await run();
      expect([without.exit, endpoints.imports.length]).toEqual([1, 0]);
      expect(without.err).toContain('--first');
      const { exit, out } = await run('--first');
      expect([exit, endpoints.imports.length]).toEqual([0, 1]);
      expect(out).toContain('never removed');
      expect(out.includes('It has no list now')).toBe(said === null);
      expect(out.includes('cannot be read (refused)')).toBe(said === 'refused');
    },
  );

  test.each([
    ['while writes are paused imports nothing', NOW + 60_000, 1, 0],
    ['after the end of a pause imports', NOW, 0, 1],
  ])('%s', async (_what, until, exit, count) => {
    const endpoints = new SimCrlEndpoints(clock);
    endpoints.add({ endpointId: 'cvpn-endpoint-1' });
    const store = new MemoryStore();
    store.put('pause', { at: NOW - 1_000, until, by: ANA, why: 'change' });
    const clients = {
      ...closedClients,
      crlEndpoints: async () => endpoints,
      store: async () => store,
    };
    const where = ['crl', 'import', at('ca.crl'), 'cvpn-endpoint-1', '--issuer', at('ca.crt')];
    const how = ['--first', '--yes', '--region', 'eu-west-1', '--state-table', 't'];
    const said = await cli([...where, ...how], { clock, clients });
    expect([said.exit, endpoints.imports.length]).toEqual([exit, count]);
    expect(said.err.includes('vpn-medic resume')).toBe(count === 0);
  });

  test('replaces an earlier list, keeps a later one, and wants no --first where there is one', async () => {
    const earlier = pemOf(aList(ca, { number: 6n, thisUpdateAt: NOW - 2 * DAY_MS }));
    const over = imports(earlier);
    expect((await over.run('--first')).err).toContain('has a list already');
    expect([(await over.run()).exit, over.endpoints.imports.length]).toEqual([0, 1]);
    const later = imports(pemOf(aList(ca, { number: 8n, thisUpdateAt: NOW })));
    expect((await later.run()).err).toContain('has a later list');
    expect(later.endpoints.imports).toEqual([]);
  });

  test.each([
    ['staff', 0, 'staff (cvpn-endpoint-1) gets the list'],
    [
      'twice',
      1,
      'twice: 2 endpoints have that name; name one by its id: cvpn-endpoint-2, cvpn-endpoint-3',
    ],
    [
      'guests',
      1,
      'guests: there is no such endpoint in eu-west-1; there are staff (cvpn-endpoint-1)',
    ],
  ])(
    'takes the endpoint that alone is named %s, and no other: exit %i',
    async (named, exit, words) => {
      const { endpoints } = imports(null);
      const clients = {
        ...closedClients,
        crlEndpoints: async () => endpoints,
        endpoints: async () => ({
          endpoints: async () =>
            known(
              [
                ['1', 'staff'],
                ['2', 'twice'],
                ['3', 'twice'],
              ].map(([id, name = '']) => anEndpoint({ endpointId: `cvpn-endpoint-${id}`, name })),
              NOW,
            ),
          associations: async () => new Map(),
          sessions: async () => unknown('not asked', NOW),
        }),
      };
      const where = ['crl', 'import', at('ca.crl'), named, '--issuer', at('ca.crt')];
      const how = ['--first', '--yes', '--region', 'eu-west-1'];
      const said = await cli([...where, ...how], { clock, clients });
      expect(said.out + said.err).toContain(words);
      const imported = endpoints.imports.map(({ endpointId }) => endpointId);
      expect([said.exit, imported]).toEqual([exit, exit === 0 ? ['cvpn-endpoint-1'] : []]);
    },
  );

  test('does not import what no pinned issuer signed', async () => {
    const { endpoints } = imports(null);
    const clients = { ...closedClients, crlEndpoints: async () => endpoints };
    const argv = [
      'crl',
      'import',
      at('junk.crl'),
      'cvpn-endpoint-1',
      '--issuer',
      at('ca.crt'),
      '--first',
      '--yes',
      '--region',
      'eu-west-1',
    ];
    expect((await cli(argv, { clock, clients })).exit).toBe(1);
    expect(endpoints.imports).toEqual([]);
  });
});

describe('crl forget', () => {
  const store = aWatchedStore();
  const clients = {
    ...closedClients,
    store: async () => store,
    identity: async () => ({ caller: async () => known({ arn: ANA, accountId: '1' }, NOW) }),
  };
  const forget = (...argv: readonly string[]) =>
    cli(['crl', 'forget', ...argv, '--region', 'eu-west-1', '--state-table', 'table-1', '--yes'], {
      clock,
      clients,
    });

  test('frees a name, and says whose it was; a name that is not taken is not freed', async () => {
    const issuerName = aName('Second CA').toString('hex');
    const mark = { issuerName, number: '7', thisUpdateAt: NOW, entryCount: 3, sha256: 'ab' };
    store.put('crl#ca.crl', mark);
    const { exit, out } = await forget('ca.crl', '--why', 'squatted');
    expect([exit, out]).toEqual([0, expect.stringContaining('CN=Second CA')]);
    expect(store.body('crl#ca.crl')).toEqual({ forgottenSha256: 'ab' });
    expect((await forget('ca.crl')).exit).toBe(1);
    expect((await forget('other.crl')).err).toContain('nothing was published as other.crl');
  });
});
