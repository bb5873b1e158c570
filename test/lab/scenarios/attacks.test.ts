/**
 * Goal: what an account's other users, its state table and AWS's wrong answers can do is what docs/security.md says.
 * Method: the built watcher over HTTP; each attack for real, and beside it the same without the defence where a setting
 * takes it away, or with what makes it legitimate. Each has an account of its own and mostly waits, so some run at once.
 */
import { describe, expect, test } from '@jest/globals';
import { putState } from '../account/build.ts';
import { twoAppliances } from '../account/options.ts';
import { startTcpDaemon, type TcpDaemon } from '../daemons/tcpListener.ts';
import { applianceOf, tableOf } from '../lab.ts';
import { pause, until } from '../pause.ts';
import { intrude, LIES } from './hostile.ts';
import { expectFailover, expectNothingMoved, inFixture } from './inAccount.ts';
import { type Fixture, movesOf, nextHopsOf, QUICK, untilCarriedBy, untilNotified } from './open.ts';

const MS_MAX = 400_000;
// Twice what the quick settings take from the fault to the write.
const LONG_ENOUGH_MS = 4_000;

const inIntrusion = (play: (fixture: Fixture, daemon: TcpDaemon) => Promise<void>) => async () => {
  const daemon = await startTcpDaemon();
  try {
    await inFixture((fixture) => play(fixture, daemon))();
  } finally {
    await daemon.close();
  }
};

describe('an instance that a stranger tags for the group', () => {
  test.concurrent(
    'takes no route while a member lives nor when both are dead, also by a pool tag, and is notified once',
    inIntrusion(async (fixture, daemon) => {
      const { lab, a, b } = fixture;
      await fixture.watch();
      const stranger = await intrude(fixture, daemon, { 'vpn-medic:pool': '10.20.0.0/16' });
      await untilNotified(lab, 'MemberNotAdmitted', stranger.instanceId);
      expect(movesOf(lab)).toEqual([]);
      await a.kill();
      await expectFailover(fixture);
      await b.kill();
      await pause(LONG_ENOUGH_MS);
      expect(new Set(movesOf(lab).map((call) => call.params['NetworkInterfaceId']))).toEqual(
        new Set([applianceOf(lab, 'vpn-b').interfaceId]),
      );
      const refusals = lab.listener.received.filter(({ text }) =>
        text.includes('MemberNotAdmitted'),
      );
      expect(refusals).toHaveLength(1);
    }),
    MS_MAX,
  );

  test.concurrent(
    'takes them with joinPolicy=any, which is trust in every principal that may tag',
    inIntrusion(async (fixture, daemon) => {
      const { lab, a, b } = fixture;
      await fixture.watch({ ...QUICK, JOIN_POLICY: 'any' });
      const stranger = await intrude(fixture, daemon);
      await b.kill();
      await a.kill();
      const targets = await until('the stranger to carry the routes', async () => {
        const seen = await lab.ec2().targetsOf(tableOf(lab, 'a').tableId);
        return seen.includes(stranger.interfaceId) && seen.length === 1 ? seen : null;
      });
      expect(targets).toEqual([stranger.interfaceId]);
    }),
    MS_MAX,
  );
});

describe('a probe that the prober itself answers', () => {
  test.concurrent(
    'proves nothing: its appliance gets no route, and the tag is refused',
    inFixture(
      async (fixture) => {
        const { lab, a } = fixture;
        await fixture.lab.startWatcher({ own: QUICK });
        await until('the other to be known', () => a.probeCount() >= 8);
        await untilNotified(lab, 'TagInvalid', applianceOf(lab, 'vpn-b').instanceId);
        await a.kill();
        await pause(LONG_ENOUGH_MS);
        await expectNothingMoved(fixture);
      },
      {
        account: (probeA, probeB) => {
          const account = twoAppliances({ probeA, probeB });
          return {
            groups: account.groups.map((group) => ({
              ...group,
              appliances: group.appliances.map((one) =>
                one.name === 'vpn-b' ? { ...one, isForeign: true } : one,
              ),
            })),
          };
        },
      },
    ),
    MS_MAX,
  );
});

describe('one wrong answer of AWS, while every probe answers', () => {
  const set = /<networkInterfaceSet>[^]*<\/networkInterfaceSet>/;
  test.concurrent.each([
    ['an empty set', (body: string) => body.replace(set, '<networkInterfaceSet/>')],
    ['nothing', () => ''],
    ['a page of HTML', () => '<html><body>Service unavailable</body></html>'],
  ])(
    'to DescribeNetworkInterfaces, %s, moves nothing; then a death is found as ever',
    async (_what, change) => {
      await inFixture(async (fixture) => {
        const { lab, a } = fixture;
        await fixture.watch();
        lab.gateway.faults.answerNext('DescribeNetworkInterfaces', 1, change);
        const count = () => lab.gateway.callsOf('DescribeNetworkInterfaces').length;
        const before = count();
        await until('the interfaces to be read again', () => count() >= before + 1);
        await pause(LONG_ENOUGH_MS);
        await expectNothingMoved(fixture);
        await until('a true answer', () => count() >= before + 2);
        await a.kill();
        await expectFailover(fixture);
      })();
    },
    MS_MAX,
  );
});

describe('state that lies', () => {
  test.concurrent.each(LIES)(
    'as %s neither stops the watcher nor moves a route, and the dead lose theirs',
    async (_what, lie) => {
      await inFixture(async (fixture) => {
        const { lab, a } = fixture;
        await putState(lab.emulator().url, ...lie(fixture));
        await fixture.watch();
        await expectNothingMoved(fixture);
        await a.kill();
        await untilCarriedBy(lab, 'vpn-b');
        expect(await nextHopsOf(lab, 'b')).toEqual(['vpn-b']);
      })();
    },
    MS_MAX,
  );
});
