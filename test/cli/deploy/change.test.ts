/** Goal: nothing is made without a yes, and a failure names its cause. Method: a CloudFormation that answers as told, and records what it was asked. */
import { describe, expect, test } from '@jest/globals';
import { agreedChange, carryOutChange } from '../../../lib/cli/deploy/change.ts';
import type { Deploying } from '../../../lib/cli/deploy/open.ts';
import type { Terminal } from '../../../lib/cli/terminal.ts';
import { known } from '../../../lib/core/reading.ts';
import type { ProposedChange, StackChangePort } from '../../../lib/core/stackChangePort.ts';

const ID = { stackName: 'vpn-medic-prod', changeSetId: 'arn:change-set' };
const PROPOSAL = {
  stackName: 'vpn-medic-prod',
  isNew: true,
  templateBucket: 'b',
  templateKey: 'k',
  parameters: new Map([['mode', 'observe']]),
  tags: {},
};
const READY: ProposedChange = {
  kind: 'ready',
  changes: [{ action: 'Add', logicalId: 'A', type: 'AWS::SNS::Topic', replacement: null }],
};

function fixture(
  answers: readonly ProposedChange[],
  { statuses = [], answer = true }: { statuses?: readonly string[]; answer?: boolean | null } = {},
) {
  const asked: string[] = [];
  const [waiting, left] = [[...answers], [...statuses]];
  const done = (name: string) => async () => {
    asked.push(name);
    return known(null, 0);
  };
  const port: StackChangePort = {
    look: async () => {
      const status = left.shift();
      return known(
        status === undefined ? null : { status, parameters: new Map(), outputs: new Map() },
        0,
      );
    },
    hasBucket: async () => known(true, 0),
    makeBucket: done('makeBucket'),
    closeBucket: done('closeBucket'),
    putCode: async () => known(true, 0),
    propose: async () => known(ID, 0),
    proposed: async () => known(waiting.shift() ?? READY, 0),
    execute: done('execute'),
    discard: async (_id, isNew) => {
      asked.push(isNew ? 'discard with its stack' : 'discard');
      return known(null, 0);
    },
    failures: async () => known(['WatchAppliancesRole: not authorized'], 0),
    remove: done('remove'),
  };
  let out = '';
  let nowMs = 0;
  const terminal: Terminal = {
    env: {},
    columns: 100,
    hasColour: false,
    clock: {
      now: () => nowMs,
      monotonicMs: () => nowMs,
      sleep: async (ms) => {
        nowMs += ms;
      },
    },
    out: (text) => {
      out += text;
    },
    err: () => {},
    ask: async () => answer,
  };
  const deploying: Deploying = {
    region: 'eu-west-1',
    stage: 'prod',
    stackName: ID.stackName,
    accountId: '123456789012',
    look: null,
    port,
    terminal,
  };
  return { deploying, asked, said: () => out };
}

describe('a change set', () => {
  test('is shown, and agreed to, once it is ready', async () => {
    const { deploying, asked, said } = fixture([{ kind: 'pending' }, READY]);
    expect(await agreedChange(PROPOSAL, deploying, {})).toEqual(ID);
    expect(said()).toMatch(/Create vpn-medic-prod[^]*mode +observe[^]*1 +AWS::SNS::Topic/);
    expect(asked).toEqual([]);
  });

  test('that is declined is taken back, with the empty stack that was made for it', async () => {
    const { deploying, asked } = fixture([READY], { answer: false });
    expect(await agreedChange(PROPOSAL, deploying, {})).toBeNull();
    expect(asked).toEqual(['discard with its stack']);
  });

  test('of a stack that is there is taken back alone, and names every resource', async () => {
    const { deploying, asked, said } = fixture(
      [
        {
          kind: 'ready',
          changes: [{ action: 'Modify', logicalId: 'StateTable', type: 'T', replacement: 'True' }],
        },
      ],
      { answer: false },
    );
    await agreedChange({ ...PROPOSAL, isNew: false }, deploying, {});
    expect(said()).toMatch(/Modify, replaced: True +StateTable/);
    expect(asked).toEqual(['discard']);
  });

  test('is taken back without a terminal to ask at, and is not with --yes', async () => {
    const nobody = fixture([READY], { answer: null });
    await expect(agreedChange(PROPOSAL, nobody.deploying, {})).rejects.toThrow('add --yes');
    expect(nobody.asked).toEqual(['discard with its stack']);
    const { deploying } = fixture([READY], { answer: null });
    expect(await agreedChange(PROPOSAL, deploying, { yes: true })).toEqual(ID);
  });

  test('with nothing in it is no failure; one that CloudFormation refuses is', async () => {
    const { deploying } = fixture([{ kind: 'nothing' }]);
    expect(await agreedChange(PROPOSAL, deploying, {})).toBe('nothing');
    const refused = fixture([{ kind: 'refused', why: 'no such bucket' }]);
    await expect(agreedChange(PROPOSAL, refused.deploying, {})).rejects.toThrow('no such bucket');
  });
});

describe('carrying it out', () => {
  test('waits until the stack is complete', async () => {
    const statuses = ['CREATE_IN_PROGRESS', 'CREATE_IN_PROGRESS', 'CREATE_COMPLETE'];
    const { deploying, asked } = fixture([], { statuses });
    expect(await carryOutChange(ID, deploying)).toMatchObject({ status: 'CREATE_COMPLETE' });
    expect(asked).toEqual(['execute']);
  });

  test('a roll-back is a failure, with the cause that CloudFormation names', async () => {
    const statuses = ['UPDATE_IN_PROGRESS', 'UPDATE_ROLLBACK_COMPLETE'];
    const { deploying } = fixture([], { statuses });
    await expect(carryOutChange(ID, deploying)).rejects.toThrow(
      /is UPDATE_ROLLBACK_COMPLETE:\n- WatchAppliancesRole: not authorized/,
    );
  });
});
