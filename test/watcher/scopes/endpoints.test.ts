/** Goal: the alarm that DNS may follow is fed by one finding alone. Method: the measures of a pass. */
import { expect, test } from '@jest/globals';
import type { Finding } from '../../../lib/core/finding.ts';
import { endpointStages } from '../../../lib/watcher/scopes/endpoints.ts';
import { anEndpointWorld, anObservation, wellSurroundings } from '../../builders/endpoints.ts';
import { ACCOUNT, NOW } from '../../builders/facts.ts';
import { somePorts } from '../../builders/ports.ts';

const finding = (reason: Finding['reason'], id: string): Finding => ({
  reason,
  subject: { kind: 'endpoint', id, name: id, group: null, zone: null },
  severity: 'critical',
  summary: '',
  evidence: [],
  since: NOW,
  hint: '',
});

test.each([
  ['nothing is wrong', [], 0, 0],
  ['one endpoint is unreachable', [finding('EndpointUnreachable', 'a')], 1, 0],
  [
    'every endpoint of the region is',
    [finding('EndpointUnreachable', 'a'), finding('RegionDown', 'eu-west-1')],
    1,
    1,
  ],
] as const)('%s', (_, findings, EndpointsDown, RegionDown) => {
  const { clock } = somePorts();
  const unasked = async () => {
    throw new Error('asked');
  };
  const observer = {
    region: 'eu-west-1',
    clock,
    endpoints: { endpoints: unasked, associations: unasked, sessions: unasked },
    endpointProbes: { send: unasked },
    surroundings: wellSurroundings(clock),
    metrics: { series: unasked, points: unasked },
  };
  const policy = { fall: 3, probeIntervalMs: 1_000 };
  const of = (regionCount: number) => {
    const { measures } = endpointStages(observer, { accountId: ACCOUNT, regionCount, policy });
    return measures?.(anEndpointWorld([anObservation()]), findings);
  };
  expect(of(2)).toEqual({ EndpointsDown, RegionDown });
  // With one region DNS has nowhere else to go, and each series is paid for.
  expect(of(1)).toEqual({ EndpointsDown });
});
