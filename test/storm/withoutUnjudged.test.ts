/**
 * The test of the tests, for S13: without what a pass says that it cannot judge, a storm over connections, one over
 * endpoints and one over CRLs resolve what is broken. With it, these seeds resolve nothing so.
 */
import { afterEach, expect, jest, test } from '@jest/globals';
import type * as Assess from '../../lib/clientVpn/assess.ts';
import type * as Unjudged from '../../lib/crl/assess/unjudged.ts';
import type * as Subjects from '../../lib/siteToSite/assess/subjects.ts';

const HANG_MS = 300_000;
const CRLS = '../../lib/crl/assess/unjudged.ts';
const CONNECTIONS = '../../lib/siteToSite/assess/subjects.ts';
const ENDPOINTS = '../../lib/clientVpn/assess.ts';

/** Resolved while it was broken, in a day over endpoints. */
const endpointsFalselyOver = async (seed: number): Promise<readonly string[]> => {
  const { storm } = await import('./endpoints.ts');
  const { falselyOver } = await import('./endpointTruth.ts');
  return falselyOver(await storm(seed, { stormHours: 5, calmHours: 0 }));
};

test('with it, these seeds break nothing', async () => {
  const { crlStorm } = await import('./crls.ts');
  const { connectionStorm } = await import('./connections.ts');
  expect((await crlStorm('13')).broken).toEqual([]);
  expect((await connectionStorm(49)).broken).toEqual([]);
  expect(await endpointsFalselyOver(204)).toEqual([]);
  expect(await endpointsFalselyOver(471)).toEqual([]);
});

afterEach(() => {
  jest.unstable_unmockModule(CRLS);
  jest.unstable_unmockModule(CONNECTIONS);
  jest.unstable_unmockModule(ENDPOINTS);
  jest.resetModules();
});

test(
  'CRLs: of a copy that is lost, a write that waits and an endpoint that cannot be compared',
  async () => {
    const nothing: typeof Unjudged = {
      unjudgedOf: () => new Set<string>(),
      unjudgedAfter: () => new Set<string>(),
    };
    jest.unstable_mockModule(CRLS, () => nothing);
    const { crlStorm } = await import('./crls.ts');
    const { broken } = await crlStorm('13');
    expect(broken).toContainEqual(expect.stringMatching(/is resolved, and /));
  },
  HANG_MS,
);

test(
  'connections: of tunnels out of sight',
  async () => {
    const whole = await import('../../lib/siteToSite/assess/subjects.ts');
    const openSinces: typeof Subjects.openSinces = (before) => ({
      ...whole.openSinces(before),
      unjudged: () => new Set<string>(),
    });
    jest.resetModules();
    jest.unstable_mockModule(CONNECTIONS, () => ({ ...whole, openSinces }));
    const { connectionStorm } = await import('./connections.ts');
    const { broken } = await connectionStorm(49);
    expect(broken).toEqual(['83 min: site/hq RedundancyLost is over, and it is broken']);
  },
  HANG_MS,
);

test(
  'endpoints: of a directory and a certificate that were found by a pass whose memory was not kept, and are not read again',
  async () => {
    const whole = await import('../../lib/clientVpn/assess.ts');
    const assessEndpoints: typeof Assess.assessEndpoints = (world, memory, now) => ({
      ...whole.assessEndpoints(world, memory, now),
      unjudged: new Set<string>(),
    });
    jest.resetModules();
    jest.unstable_mockModule(ENDPOINTS, () => ({ ...whole, assessEndpoints }));
    expect(await endpointsFalselyOver(204)).toContainEqual(
      expect.stringMatching(/\/DirectoryImpaired$/),
    );
    expect(await endpointsFalselyOver(471)).toContainEqual(
      expect.stringMatching(/\/ServerCertificateExpiring$/),
    );
  },
  HANG_MS,
);
