/**
 * The test of the tests, for S13: without what a pass says that it cannot judge, a storm over connections and one over
 * CRLs resolve what is broken. With it, these seeds resolve nothing so.
 */
import { afterEach, expect, jest, test } from '@jest/globals';
import type * as Unjudged from '../../lib/crl/assess/unjudged.ts';
import type * as Subjects from '../../lib/siteToSite/assess/subjects.ts';

const HANG_MS = 300_000;
const CRLS = '../../lib/crl/assess/unjudged.ts';
const CONNECTIONS = '../../lib/siteToSite/assess/subjects.ts';

test('with it, both seeds break nothing', async () => {
  const { crlStorm } = await import('./crls.ts');
  const { connectionStorm } = await import('./connections.ts');
  expect((await crlStorm('13')).broken).toEqual([]);
  expect((await connectionStorm(49)).broken).toEqual([]);
});

afterEach(() => {
  jest.unstable_unmockModule(CRLS);
  jest.unstable_unmockModule(CONNECTIONS);
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
