/** A stack for tests of monitors: every function, one region. */
import type { StackFact } from '../../lib/monitors/alarms.ts';
import type { FunctionFact } from '../../lib/monitors/functionAlarms.ts';

export const fn = (key: string, timeoutS = 60): FunctionFact => ({
  key,
  name: `vpn-medic-prod-${key}`,
  timeoutS,
  memoryMb: 256,
});

const KEYS = [
  'watchAppliances',
  'onInstanceChange',
  'pollConnections',
  'pollEndpoints',
  'publishCrl',
  'repairAppliance',
  'mapWidget',
  'ackIncident',
  'probe1',
];

export const aStack = (candidate: Partial<StackFact> = {}): StackFact => ({
  name: 'vpn-medic-prod',
  regions: ['eu-west-1'],
  functions: KEYS.map((key) => fn(key)),
  ...candidate,
});
