/** A change set: made, shown, agreed to, carried out, and waited for. */

import { compare } from '../../core/order.ts';
import type {
  ProposedChange,
  ProposedChangeId,
  ResourceChange,
  StackLook,
  StackProposal,
} from '../../core/stackChangePort.ts';
import { counted } from '../../core/text.ts';
import { isAgreed } from '../operatorRequest.ts';
import { type Block, blank, line, render, table, title } from '../output/textBlocks.ts';
import { Unable } from '../terminal.ts';
import { type Deploying, valueOf, within } from './open.ts';

interface Consent {
  readonly yes?: boolean;
  readonly json?: boolean;
}

/** Null: declined, and the change set is taken back. @throws {Unable} when CloudFormation refuses it. */
export async function agreedChange(
  proposal: StackProposal,
  deploying: Deploying,
  consent: Consent,
): Promise<ProposedChangeId | 'nothing' | null> {
  const { port, terminal } = deploying;
  const { stackName, isNew } = proposal;
  const id = valueOf(await port.propose(proposal, within()), `a change of ${stackName}`);
  const discard = () => port.discard(id, isNew, within());
  const change = await ready(id, deploying);
  if (change.kind === 'ready') {
    if (consent.json !== true) terminal.out(render(described(proposal, change.changes), terminal));
    const question = isNew ? `Create the stack ${stackName}?` : `Change the stack ${stackName}?`;
    const answer = isAgreed({ question }, consent, terminal);
    // Also where there is no terminal to ask at.
    const isTaken = await answer.catch(async (error: unknown) => {
      await discard();
      throw error;
    });
    if (isTaken) return id;
  }
  await discard();
  if (change.kind === 'refused') throw new Unable(`CloudFormation refuses it: ${change.why}`);
  return change.kind === 'nothing' ? 'nothing' : null;
}

async function ready(
  id: ProposedChangeId,
  { port, terminal }: Deploying,
): Promise<Exclude<ProposedChange, { readonly kind: 'pending' }>> {
  for (let tryCount = 0; tryCount < PROPOSAL_TRIES; tryCount += 1) {
    const change = valueOf(await port.proposed(id, within()), 'the change set');
    if (change.kind !== 'pending') return change;
    await terminal.clock.sleep(PROPOSAL_PAUSE_MS);
  }
  throw new Unable('CloudFormation is still at work on the change set: look at it in the console');
}

/** A change set of 130 resources takes under half a minute. */
const [PROPOSAL_TRIES, PROPOSAL_PAUSE_MS] = [150, 2_000];

/** A new stack by kinds; a change by names, as every one of them counts. */
function described(
  { stackName, isNew, parameters }: StackProposal,
  changes: readonly ResourceChange[],
): readonly Block[] {
  const given = [...parameters].filter(([, value]) => value !== null);
  return [
    title(`${isNew ? 'Create' : 'Change'} ${stackName}`),
    table(
      ['PARAMETER', 'VALUE'],
      given.map(([name, value]) => [name, value ?? '']),
    ),
    blank,
    ...(isNew
      ? [table(['NEW', 'TYPE'], countsByType(changes))]
      : [
          table(
            ['ACTION', 'RESOURCE', 'TYPE'],
            changes.map(({ action, logicalId, type, replacement }) => [
              replacement === null ? action : `${action}, replaced: ${replacement}`,
              logicalId,
              type,
            ]),
          ),
        ]),
    line(`${counted(changes.length, 'resource')}. Every other parameter keeps its value.`),
  ];
}

function countsByType(changes: readonly ResourceChange[]): readonly (readonly string[])[] {
  const counts = new Map<string, number>();
  for (const { type } of changes) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts]
    .toSorted(([one], [other]) => compare(one, other))
    .map(([type, count]) => [String(count), type]);
}

/** The stack afterwards. @throws {Unable} with CloudFormation's causes when it failed. */
export async function carryOutChange(
  id: ProposedChangeId,
  deploying: Deploying,
): Promise<StackLook> {
  const { port, stackName } = deploying;
  valueOf(await port.execute(id, within()), `the change of ${stackName}`);
  const after = await settled(deploying);
  if (after === null) throw new Unable(`the stack ${stackName} was deleted meanwhile`);
  if (SUCCEEDED.has(after.status)) return after;
  const causes = await port.failures(stackName, within());
  const why = causes.known ? causes.value.slice(0, CAUSES_MAX) : [causes.why];
  throw new Unable(
    [`the stack ${stackName} is ${after.status}:`, ...why.map((one) => `- ${one}`)].join('\n'),
  );
}

const SUCCEEDED: ReadonlySet<string> = new Set(['CREATE_COMPLETE', 'UPDATE_COMPLETE']);
const CAUSES_MAX = 10;

/** Null: there is no such stack any more. @throws {Unable} after an hour. */
export async function settled({ port, stackName, terminal }: Deploying): Promise<StackLook | null> {
  const { clock } = terminal;
  const startedAtMs = clock.monotonicMs();
  let said = '';
  while (clock.monotonicMs() - startedAtMs < SETTLE_MS_MAX) {
    const look = valueOf(await port.look(stackName, within()), `the stack ${stackName}`);
    if (look === null || !look.status.endsWith('_IN_PROGRESS')) return look;
    if (look.status !== said) terminal.progress?.(`${stackName}: ${look.status}`);
    said = look.status;
    await clock.sleep(SETTLE_PAUSE_MS);
  }
  throw new Unable(
    `the stack ${stackName} is still at work after an hour: look at it in the console`,
  );
}

const [SETTLE_MS_MAX, SETTLE_PAUSE_MS] = [3_600_000, 3_000];
