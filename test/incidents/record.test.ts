/** Publish, then record: over a table and a topic that fail, across leaders that die, release, or are replaced. */
import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../lib/core/finding.ts';
import type { Lead, LeaseState } from '../../lib/core/lease.ts';
import { maintenanceId } from '../../lib/core/maintenance.ts';
import { incidentAcksId } from '../../lib/incidents/acks.ts';
import { pageIdOf, readPage } from '../../lib/incidents/store/page.ts';
import type { Notification } from '../../lib/incidents/types.ts';
import { REGION } from '../builders/facts.ts';
import {
  aNotifier,
  DOWN,
  DOWN_ID,
  inStore,
  later,
  openInStore,
  tellFor,
} from '../builders/notifier.ts';
import { calm, somePorts, type TestPorts } from '../builders/ports.ts';
import { aFinding } from '../builders/world.ts';

const PAGE = pageIdOf(REGION, 'appliances', DOWN_ID);
const HOUR_S = 3_600;
const WARNING = aFinding('TableNotTagged', { severity: 'warning' });

/** A leadership that a test changes as it goes. */
function aLead(token: number, isAfterCrash = false) {
  const lead = {
    now: { kind: 'leader', token } as LeaseState,
    mayConfirm: true,
    state: () => lead.now,
    confirm: async () => lead.mayConfirm,
    isAfterCrash: () => isAfterCrash,
  };
  return lead satisfies Lead;
}

const UNREACHABLE: LeaseState = { kind: 'unreachable', why: 'no answer', wasLeader: true };

const on = (finding: Finding, id: string): Finding => ({
  ...finding,
  subject: { ...finding.subject, id, name: id },
});

const pagesWritten = (ports: TestPorts) =>
  ports.store.written.filter((id) => id.startsWith('incidents#'));
const tokenOf = (ports: TestPorts) => readPage(ports.store.body(PAGE)).token;
const marks = (ports: TestPorts) =>
  ports.notifications.sent.map(({ json }) => Object(JSON.parse(json)).mayRepeat);

describe('a channel that refuses', () => {
  function chatRefuses(ports: TestPorts) {
    const chat = { isDown: true, sent: [] as string[], tries: 0 };
    const publish = ports.notifications.publish.bind(ports.notifications);
    const taken = new Set<Notification>();
    ports.notifications.publish = async (notification) => {
      const answer = taken.has(notification)
        ? { kind: 'published' as const, messageId: '' }
        : await publish(notification);
      taken.add(notification);
      chat.tries += 1;
      if (chat.isDown) return { kind: 'partly', why: 'chat refuses' };
      chat.sent.push(`${notification.state} ${notification.incidentId.split('/').at(-1)}`);
      return answer;
    };
    return chat;
  }

  test('holds up no other incident, and people who have it are notified of its end', async () => {
    const ports = somePorts();
    chatRefuses(ports);
    const tell = aNotifier(ports);
    expect(await tell([DOWN, on(DOWN, 'i-b1')])).toHaveLength(2);
    expect(inStore(ports).map(({ notifiedAt }) => notifiedAt)).not.toContain(null);
    const said = await tellFor(ports, 120, tell, []);
    expect(said).toEqual(['resolved ApplianceDown', 'resolved ApplianceDown']);
    expect(ports.notifications.sent).toHaveLength(4);
  });

  test('is sent all of it in order when it is back, also in a later invocation of the process, and once', async () => {
    const ports = somePorts();
    const chat = chatRefuses(ports);
    await aNotifier(ports)([DOWN]);
    const next = aNotifier(ports);
    await tellFor(ports, 120, next, []);
    expect(chat.sent).toEqual([]);
    chat.isDown = false;
    await tellFor(ports, 60, next, []);
    expect(chat.sent).toEqual(['opened ApplianceDown', 'resolved ApplianceDown']);
    expect(ports.notifications.sent).toHaveLength(2);
  });

  test('is tried again after 10 s, not before, and no more of what is an hour old', async () => {
    const ports = somePorts();
    const chat = chatRefuses(ports);
    const tell = aNotifier(ports);
    await tell([DOWN]);
    await tellFor(ports, 9, tell, [DOWN]);
    expect(chat.tries).toBe(1);
    await tellFor(ports, 1, tell, [DOWN]);
    expect(chat.tries).toBe(2);
    await later(ports, HOUR_S * 1_000);
    await tell([DOWN]);
    const { tries } = chat;
    chat.isDown = false;
    await tellFor(ports, 20, tell, [DOWN]);
    expect(chat.tries).toBe(tries);
  });
});

test('the end of a notification for several names those that ended hours before', async () => {
  const ports = somePorts();
  const two = ['i-a1', 'i-b1'].map((id) => on(WARNING, id));
  const first = aNotifier(ports);
  await tellFor(ports, 120, first, two);
  expect(ports.notifications.sent).toHaveLength(1);
  await tellFor(ports, 120, first, two.slice(0, 1));
  await later(ports, 3 * HOUR_S * 1_000);
  await tellFor(ports, 5, aNotifier(ports, { lead: aLead(2) }), two.slice(0, 1));
  await tellFor(ports, 120, aNotifier(ports, { lead: aLead(3) }), []);
  const { state, json } = ports.notifications.sent.at(-1) ?? {};
  expect(state).toBe('resolved');
  expect(Object(JSON.parse(json ?? '{}')).memberCount).toBe(1);
});

test('where no channel takes it, what waits behind it is not tried with it', async () => {
  const ports = somePorts();
  ports.notifications.isDown = true;
  expect(await aNotifier(ports)([DOWN, on(DOWN, 'i-b1')])).toEqual([]);
  expect(ports.notifications.tries).toBe(1);
});

describe('publish, then record', () => {
  test('nothing is on record before it is published', async () => {
    const ports = somePorts();
    let before: readonly unknown[] = ['not published'];
    const publish = ports.notifications.publish.bind(ports.notifications);
    ports.notifications.publish = (notification) => {
      before = inStore(ports);
      return publish(notification);
    };
    expect(await aNotifier(ports)([DOWN])).toEqual(['opened ApplianceDown']);
    expect(before).toEqual([]);
    expect(inStore(ports)).toMatchObject([{ id: DOWN_ID, notifiedAt: ports.clock.now() }]);
    expect(tokenOf(ports)).toBe(1);
  });

  test('what could not be published stays unnotified, and is tried again after 10 s, not before', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    ports.notifications.isDown = true;
    expect(await tell([DOWN])).toEqual([]);
    expect(inStore(ports)).toMatchObject([{ id: DOWN_ID, notifiedAt: null }]);
    ports.notifications.isDown = false;
    await later(ports, 9_999);
    expect(await tell([DOWN])).toEqual([]);
    expect(ports.notifications.tries).toBe(1);
    await later(ports, 1);
    expect(await tell([DOWN])).toEqual(['opened ApplianceDown']);
    expect(inStore(ports)).toMatchObject([{ notifiedAt: ports.clock.now() }]);
  });

  test('the next leader neither repeats nor forgets it', async () => {
    const ports = somePorts();
    await aNotifier(ports)([DOWN]);
    const next = aNotifier(ports, { lead: aLead(2) });
    expect(await tellFor(ports, 30, next, [DOWN])).toEqual([]);
    expect(await tellFor(ports, 60, next, [])).toEqual(['resolved ApplianceDown']);
    expect(openInStore(ports)).toEqual([]);
  });

  test('what has not changed is not written again; of the table only requests are read, every 15 s', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    await tell([DOWN]);
    // Its history is written in the background.
    await later(ports, 1);
    const before = ports.store.written.length;
    let reads = 0;
    ports.store.onRead = () => {
      reads += 1;
    };
    await tellFor(ports, 60, tell, [DOWN]);
    expect(reads).toBe(4);
    expect(ports.store.written.length).toBe(before);
  });

  test('without findings not even an empty page is written', async () => {
    const ports = somePorts();
    await tellFor(ports, 60, aNotifier(ports), []);
    expect(ports.store.written).toEqual([]);
  });

  test('an incident that is over stays on record beside the next of its kind', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    await tell([DOWN]);
    await tellFor(ports, 40, tell, []);
    await tell([DOWN]);
    expect(inStore(ports).map(({ resolvedAt }) => resolvedAt === null)).toEqual([false, true]);
  });
});

describe('a table that is down', () => {
  test('what is critical is published at once, recorded when the table is back, and published once', async () => {
    const ports = somePorts();
    const lead = aLead(1);
    const tell = aNotifier(ports, { lead });
    await tell([]);
    ports.store.mood = 'unreachable';
    lead.now = UNREACHABLE;
    lead.mayConfirm = false;
    expect(await tell([DOWN])).toEqual(['opened ApplianceDown']);
    expect(JSON.parse(ports.notifications.sent[0]?.json ?? '')).toMatchObject({
      endMayBeLost: true,
    });
    expect(await tellFor(ports, 20, tell, [DOWN])).toEqual([]);
    ports.store.mood = 'well';
    lead.now = { kind: 'leader', token: 1 };
    lead.mayConfirm = true;
    expect(await tellFor(ports, 20, tell, [DOWN])).toEqual([]);
    expect(openInStore(ports)).toEqual(['ApplianceDown']);
    expect(await tellFor(ports, 60, aNotifier(ports, { lead: aLead(2) }), [])).toEqual([
      'resolved ApplianceDown',
    ]);
  });

  test('a record that failed is tried again after 10 s, not before', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    ports.store.mood = 'write-fails';
    await tell([DOWN]);
    ports.store.mood = 'well';
    await later(ports, 9_999);
    await tell([DOWN]);
    expect(pagesWritten(ports)).toEqual([]);
    await later(ports, 1);
    await tell([DOWN]);
    expect(pagesWritten(ports)).toEqual([PAGE]);
  });

  test('an end that could not be recorded is not published again by the same process', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    await tell([DOWN]);
    await tell([]);
    await later(ports, 30_000);
    ports.store.mood = 'write-fails';
    expect(await tell([])).toEqual(['resolved ApplianceDown']);
    ports.store.mood = 'well';
    expect(await tellFor(ports, 60, tell, [])).toEqual([]);
    expect(openInStore(ports)).toEqual([]);
  });

  test('an incident found before the table could be read goes on as the stored one', async () => {
    const ports = somePorts();
    await aNotifier(ports)([DOWN]);
    const [first] = inStore(ports);
    await later(ports, 60_000);
    ports.store.mood = 'unreachable';
    const lead = aLead(2, true);
    const next = aNotifier(ports, { lead });
    expect(await next([DOWN])).toEqual(['opened ApplianceDown']);
    ports.store.mood = 'well';
    await tellFor(ports, 11, next, [DOWN]);
    expect(inStore(ports)).toMatchObject([
      { openedAt: first?.openedAt, notifiedAt: first?.notifiedAt },
    ]);
    expect(marks(ports)).toEqual([false, true]);
  });

  test('the flush at the end of an invocation records at once', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    ports.store.mood = 'write-fails';
    await tell([DOWN]);
    ports.store.mood = 'well';
    expect(await tell.flush()).toBe(true);
    expect(openInStore(ports)).toEqual(['ApplianceDown']);
  });

  test('the flush of a table that stays down ends after three tries, and says so', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    ports.store.mood = 'write-fails';
    await tell([DOWN]);
    let tries = 0;
    ports.store.onWrite = ({ id }) => {
      if (id === PAGE) tries += 1;
    };
    const flushing = tell.flush();
    await later(ports, 2_000);
    expect(await flushing).toBe(false);
    expect(tries).toBe(3);
  });

  test('the flush of a table that hangs has one try', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    ports.store.mood = 'write-fails';
    await tell([DOWN]);
    let tries = 0;
    ports.store.onWrite = async ({ id }) => {
      if (id !== PAGE) return;
      tries += 1;
      await ports.clock.sleep(500, calm());
    };
    const flushing = tell.flush();
    await later(ports, 5_000);
    expect(await flushing).toBe(false);
    expect(tries).toBe(1);
  });
});

describe('a notification that may repeat an earlier one', () => {
  test('says so when no record could be read', async () => {
    const ports = somePorts();
    ports.store.mood = 'unreachable';
    await aNotifier(ports)([DOWN]);
    expect(marks(ports)).toEqual([true]);
    expect(ports.notifications.sent[0]?.text).toContain('may repeat an earlier one');
  });

  test('is published when a leader died between publishing and recording', async () => {
    const ports = somePorts();
    ports.store.mood = 'write-fails';
    await aNotifier(ports)([DOWN]);
    ports.store.mood = 'well';
    const next = aNotifier(ports, { lead: aLead(2, true) });
    expect(await next([DOWN])).toEqual(['opened ApplianceDown']);
    expect(marks(ports)).toEqual([false, true]);
  });

  test.each([
    ['before it led, after a leader that died', -1, true, true],
    ['before it led, after a leader that released', -1, false, false],
    ['since, after a leader that died', 1, true, false],
  ])('is of a fault that began %s', async (_what, sinceMs, isAfterCrash, expected) => {
    const ports = somePorts();
    const tell = aNotifier(ports, { lead: aLead(2, isAfterCrash) });
    await tell([]);
    const since = ports.clock.now() + sinceMs;
    // However long it takes until it can be published.
    await later(ports, 120_000);
    await tell([{ ...DOWN, since }]);
    expect(marks(ports)).toEqual([expected]);
  });

  test.each([
    ['was due before it, may be one', 29, true],
    ['was missed, but not due before it, is none', 28, false],
  ])('an end that %s', async (_what, missedSeconds, expected) => {
    const ports = somePorts();
    const dying = aNotifier(ports);
    await dying([DOWN]);
    await tellFor(ports, 1, dying, []);
    await later(ports, missedSeconds * 1_000);
    const next = aNotifier(ports, { lead: aLead(2, true) });
    await tellFor(ports, 60, next, []);
    expect(marks(ports)).toEqual([false, expected]);
  });

  test.each([
    ['was due before it, may be one', 0, true],
    ['came due since, is none', 2_000, false],
  ])('a repetition that %s', async (_what, beforeMs, expected) => {
    const ports = somePorts();
    await aNotifier(ports)([DOWN]);
    await later(ports, 4 * HOUR_S * 1_000 - beforeMs);
    const next = aNotifier(ports, { lead: aLead(2, true) });
    expect(await next([DOWN])).toHaveLength(expected ? 1 : 0);
    await later(ports, beforeMs);
    await next([DOWN]);
    expect(marks(ports)).toEqual([false, expected]);
  });
});

describe('the fencing token', () => {
  test('a page of a newer leader ends recording: it stays as it is, and the log says so once', async () => {
    const ports = somePorts();
    const lead = aLead(1);
    const tell = aNotifier(ports, { lead });
    await tell([DOWN]);
    const newer = aNotifier(ports, { lead: aLead(2) });
    lead.mayConfirm = false;
    await newer([DOWN]);
    await newer([]);
    const page = ports.store.body(PAGE);
    expect(tokenOf(ports)).toBe(2);
    await tellFor(ports, 60, tell, []);
    expect(ports.store.body(PAGE)).toEqual(page);
    expect(ports.logger.lines.filter((line) => line.includes('newer leader'))).toHaveLength(1);
    expect(await tell.flush()).toBe(false);
  });

  test('a larger token than any leader’s is written over while the lease is still ours', async () => {
    const ports = somePorts();
    ports.store.put(PAGE, { version: 2, token: 1e15, incidents: [] });
    const tell = aNotifier(ports);
    expect(await tell([DOWN])).toEqual(['opened ApplianceDown']);
    expect(tokenOf(ports)).toBe(1);
    const next = aNotifier(ports, { lead: aLead(2) });
    expect(await next([DOWN])).toEqual([]);
  });

  test('what an older leader wrote last is written over', async () => {
    const ports = somePorts();
    const older = aNotifier(ports);
    await older([]);
    const newer = aNotifier(ports, { lead: aLead(2) });
    await newer([]);
    await older([DOWN]);
    expect(tokenOf(ports)).toBe(1);
    await newer([DOWN]);
    expect(tokenOf(ports)).toBe(2);
    expect(inStore(ports)).toHaveLength(1);
  });

  test('a leader again after another one reads again what that one did', async () => {
    const ports = somePorts();
    const lead = aLead(1);
    const tell = aNotifier(ports, { lead });
    ports.store.mood = 'write-fails';
    await tell([DOWN]);
    ports.store.mood = 'well';
    const other = aNotifier(ports, { lead: aLead(2, true) });
    await other([DOWN]);
    expect(await tellFor(ports, 40, other, [])).toEqual(['resolved ApplianceDown']);
    lead.now = { kind: 'leader', token: 3 };
    expect(await tellFor(ports, 60, tell, [])).toEqual([]);
    expect(await tell.flush()).toBe(true);
    expect(openInStore(ports)).toEqual([]);
  });

  test('an own write whose answer was lost was a write: nothing is published twice', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    ports.store.mood = 'lost';
    expect(await tell([DOWN])).toEqual(['opened ApplianceDown']);
    ports.store.mood = 'well';
    expect(await tellFor(ports, 30, tell, [DOWN])).toEqual([]);
    expect(inStore(ports)).toHaveLength(1);
    expect(await aNotifier(ports, { lead: aLead(2) })([DOWN])).toEqual([]);
  });

  test.each([null, '?', { incidents: 'all' }, { token: 'x', incidents: [] }, { incidents: [{}] }])(
    'garbage on a page (%j) reads as an empty one, and is written over',
    async (garbage) => {
      const ports = somePorts();
      ports.store.put(PAGE, garbage);
      expect(await aNotifier(ports)([DOWN])).toEqual(['opened ApplianceDown']);
      expect(openInStore(ports)).toEqual(['ApplianceDown']);
    },
  );
});

describe('who may publish', () => {
  test.each<[string, LeaseState]>([
    ['a standby', { kind: 'standby', until: 0 }],
    ['one that has lost the lease', { kind: 'lost', to: 'another' }],
    ['one that never led, without a table', { ...UNREACHABLE, wasLeader: false }],
  ])('%s publishes and writes nothing', async (_what, state) => {
    const ports = somePorts();
    const lead = aLead(1);
    lead.now = state;
    lead.mayConfirm = false;
    const tell = aNotifier(ports, { lead });
    expect(await tellFor(ports, 60, tell, [DOWN])).toEqual([]);
    await tell.flush();
    expect(ports.notifications.tries).toBe(0);
    expect(ports.store.written).toEqual([]);
  });

  test('without a fresh proof of leadership nothing is published', async () => {
    const ports = somePorts();
    const lead = aLead(1);
    lead.mayConfirm = false;
    const tell = aNotifier(ports, { lead });
    expect(await tell([DOWN])).toEqual([]);
    lead.mayConfirm = true;
    await later(ports, 1_000);
    expect(await tell([DOWN])).toEqual(['opened ApplianceDown']);
  });
});

describe('acknowledgements', () => {
  const acknowledge = (ports: TestPorts, openedAt: number) =>
    ports.store.put(incidentAcksId(REGION), {
      acks: [{ incidentId: DOWN_ID, openedAt, at: ports.clock.now(), by: 'ann' }],
    });
  const repeatsAfter4h = async (prepare: (ports: TestPorts) => unknown) => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    await tell([DOWN]);
    await later(ports, 60_000);
    prepare(ports);
    await later(ports, 4 * HOUR_S * 1_000);
    const said = await tellFor(ports, 1, tell, [DOWN]);
    return { ports, said };
  };

  test('what is critical is repeated after 4 h', async () => {
    expect((await repeatsAfter4h(() => {})).said).toEqual(['repeated ApplianceDown']);
  });

  test('what is acknowledged is not, and the record names the person', async () => {
    const { ports, said } = await repeatsAfter4h((all) => {
      acknowledge(all, inStore(all)[0]?.openedAt ?? 0);
    });
    expect(said).toEqual([]);
    expect(inStore(ports)).toMatchObject([{ ackedBy: 'ann' }]);
  });

  test('one of an earlier incident of the same kind acknowledges nothing', async () => {
    const { said } = await repeatsAfter4h((all) => {
      acknowledge(all, (inStore(all)[0]?.openedAt ?? 0) - 1);
    });
    expect(said).toEqual(['repeated ApplianceDown']);
  });

  test.each([null, '?', { acks: 'all' }, { acks: [{ incidentId: DOWN_ID }] }])(
    'garbage (%j) acknowledges nothing',
    async (garbage) => {
      const { said } = await repeatsAfter4h((all) =>
        all.store.put(incidentAcksId(REGION), garbage),
      );
      expect(said).toEqual(['repeated ApplianceDown']);
    },
  );
});

describe('maintenance', () => {
  const window = (ports: TestPorts, seconds: number) =>
    ports.store.put(maintenanceId(REGION), {
      windows: [
        {
          subjectId: 'i-a1',
          from: ports.clock.now(),
          until: ports.clock.now() + seconds * 1_000,
          why: 'new kernel',
          by: 'ann',
        },
      ],
    });

  test('inside a window nothing is published and all is recorded; after it what lasts is published', async () => {
    const ports = somePorts();
    window(ports, 120);
    const tell = aNotifier(ports);
    expect(await tellFor(ports, 100, tell, [DOWN])).toEqual([]);
    expect(inStore(ports)).toMatchObject([{ notifiedAt: null, silence: { by: 'ann' } }]);
    expect(await tellFor(ports, 30, tell, [DOWN])).toEqual(['opened ApplianceDown']);
  });

  test('a window that is ended early silences for 15 s more at most', async () => {
    const ports = somePorts();
    window(ports, 7_200);
    const tell = aNotifier(ports);
    expect(await tellFor(ports, 60, tell, [DOWN])).toEqual([]);
    ports.store.put(maintenanceId(REGION), { windows: [] });
    expect(await tellFor(ports, 15, tell, [DOWN])).toEqual(['opened ApplianceDown']);
  });

  test('a window over another subject silences nothing', async () => {
    const ports = somePorts();
    window(ports, 120);
    expect(await aNotifier(ports)([on(DOWN, 'i-b1')])).toEqual(['opened ApplianceDown']);
  });

  test('a table that cannot be read has no windows', async () => {
    const ports = somePorts();
    window(ports, 120);
    ports.store.mood = 'unreachable';
    expect(await aNotifier(ports)([DOWN])).toEqual(['opened ApplianceDown']);
  });
});

test('what waits for others of its kind is recorded before it is published', async () => {
  const ports = somePorts();
  const tell = aNotifier(ports);
  expect(await tell([WARNING])).toEqual([]);
  expect(openInStore(ports)).toEqual(['TableNotTagged']);
  expect(await tellFor(ports, 31, tell, [WARNING])).toEqual(['opened TableNotTagged']);
});
