/** A plan carried out against EC2 in memory: tables rtb-1..rtb-n lead to i-a1, and i-b1 is well. */
import {
  ACT_STEPS,
  type ActSteps,
  type Recheck,
  type WritePermission,
} from '../../lib/appliances/act/steps.ts';
import { type Acted, act } from '../../lib/appliances/act.ts';
import type { Memory } from '../../lib/appliances/state.ts';
import type { Move } from '../../lib/appliances/types/plan.ts';
import { MemoryEc2 } from './ec2.ts';
import { anInterface, aRouteFact, aStatus, aTableFact } from './facts.ts';
import { calm, type TestPorts } from './ports.ts';
import { aMove, memoryOf, policyOf } from './world.ts';

export const DEST = '10.0.0.0/8';

export const anEc2 = (tableCount = 1): MemoryEc2 =>
  new MemoryEc2({
    tables: Array.from({ length: tableCount }, (_, index) =>
      aTableFact(`rtb-${index + 1}`, { routes: [aRouteFact(DEST, 'eni-a1')] }),
    ),
    interfaces: [anInterface('i-b1')],
    statuses: [aStatus('i-b1')],
  });

export const moveIn = (table: number, over: Partial<Move> = {}): Move =>
  aMove({ tableId: `rtb-${table}`, routeKey: `rtb-${table} ${DEST}`, ...over });

interface Options {
  readonly memory?: Memory;
  readonly mayWrite?: () => Promise<WritePermission>;
  readonly second?: Partial<Recheck>;
  readonly signal?: AbortSignal;
  readonly steps?: ActSteps;
}

export const carryOut = (
  ports: TestPorts,
  actions: readonly Move[],
  {
    memory = memoryOf(),
    mayWrite = async () => 'all',
    second,
    signal = calm(),
    steps = ACT_STEPS,
  }: Options = {},
): Promise<Acted> => {
  const recheck = { ...undoubting(mayWrite), ...second };
  return act({ ports, policy: policyOf(), recheck, signal, steps }, { actions, held: [] }, memory);
};

const undoubting = (mayWrite: () => Promise<WritePermission>): Recheck => ({
  wayTableIds: [],
  mayWrite,
  askPause: async () => null,
  recheck: () => () => null,
});

export const kinds = ({ outcomes }: Acted): readonly string[] => outcomes.map(({ kind }) => kind);
export const whys = ({ outcomes }: Acted): readonly string[] =>
  outcomes.map((outcome) => ('why' in outcome ? outcome.why : ''));
