/** The book of incidents over a table that fails, spoils, or is written by others: told at least once, recorded at last. */
import { describe, expect, test } from '@jest/globals';
import type { Finding } from '../../lib/core/finding.ts';
import { writePage } from '../../lib/incidents/store/page.ts';
import { openIncidentStore } from '../../lib/incidents/store.ts';
import type { Incident } from '../../lib/incidents/types.ts';
import { NOW } from '../builders/facts.ts';
import {
  aNotifier,
  DOWN,
  DOWN_ID,
  inStore,
  later,
  openInStore,
  PAGE,
  reviseInStore,
  tellFor,
} from '../builders/notifier.ts';
import { calm, somePorts, type TestPorts } from '../builders/ports.ts';
import { aFinding } from '../builders/world.ts';

/** Somebody else's hand, once, before the next write that is carried out. */
function onceBeforeAWrite(ports: TestPorts, hand: () => unknown): void {
  let isFirst = true;
  ports.store.onWrite = async () => {
    if (!isFirst) return;
    isFirst = false;
    await hand();
  };
}

const WARNING = aFinding('TableNotTagged', { severity: 'warning' });
const WARNING_ID = DOWN_ID.replace('ApplianceDown', 'TableNotTagged');

const on = (finding: Finding, id: string): Finding => ({
  ...finding,
  subject: { ...finding.subject, id, name: id },
});

describe('two functions that tell at the same time', () => {
  test('tell once: who claims first tells', async () => {
    const ports = somePorts();
    const watcher = aNotifier(ports);
    await watcher([]);
    const once = aNotifier(ports, { mayResolve: false });
    const said: string[] = [];
    onceBeforeAWrite(ports, async () => said.push(...(await once([DOWN]))));
    expect(await watcher([DOWN])).toEqual([]);
    expect(said).toEqual(['opened ApplianceDown']);
    expect(await tellFor(ports, 60, watcher, [DOWN])).toEqual([]);
    expect(ports.notifications.sent).toHaveLength(1);
  });

  test('say once that it is over', async () => {
    const ports = somePorts();
    const older = aNotifier(ports);
    await older([DOWN]);
    const newer = aNotifier(ports);
    await newer([DOWN]);
    const said: string[] = [];
    for (let second = 0; second < 120; second += 1) {
      await later(ports, 1_000);
      said.push(...(await Promise.all([older([]), newer([])])).flat());
    }
    expect(said).toEqual(['resolved ApplianceDown']);
  });

  test.each([
    [19_999, []],
    [20_000, ['opened ApplianceDown']],
  ])('one that died between claim and notice is waited for %d ms: %j', async (ms, expected) => {
    const ports = somePorts();
    const dying = aNotifier(ports);
    await dying([DOWN]);
    // As if it had been killed right after its claim.
    const claim = { by: 'the dead', until: ports.clock.now() + 20_000 };
    reviseInStore(ports, DOWN_ID, {
      notifiedAt: null,
      repeatedAt: null,
      notifiedSeverity: null,
      claim,
    });
    const next = aNotifier(ports);
    await later(ports, ms);
    expect(await next([DOWN])).toEqual(expected);
  });

  test('a claim from a clock that has gone back by an hour binds nobody', async () => {
    const ports = somePorts();
    await aNotifier(ports)([DOWN]);
    const claim = { by: 'the dead', until: ports.clock.now() + 3_600_000 };
    reviseInStore(ports, DOWN_ID, {
      notifiedAt: null,
      repeatedAt: null,
      notifiedSeverity: null,
      claim,
    });
    expect(await aNotifier(ports)([DOWN])).toEqual(['opened ApplianceDown']);
  });
});

describe('a claim that comes up between our reading and our writing', () => {
  test.each([
    ['more than 20 s behind ours', -1],
    ['set like ours', 20_000],
    ['30 s ahead of ours', 50_000],
    ['an hour ahead of ours', 3_620_000],
  ])('made by a clock %s, binds for 20 s by our own, and no longer', async (_what, untilMs) => {
    const ports = somePorts();
    const watcher = aNotifier(ports);
    await watcher([]);
    onceBeforeAWrite(ports, async () => {
      await aNotifier(ports)([DOWN]);
      // As if it had come no further than its claim.
      const claim = { by: 'another', until: ports.clock.now() + untilMs };
      reviseInStore(ports, DOWN_ID, {
        notifiedAt: null,
        repeatedAt: null,
        notifiedSeverity: null,
        claim,
      });
    });
    expect(await watcher([DOWN])).toEqual([]);
    expect(await tellFor(ports, 19, watcher, [DOWN])).toEqual([]);
    await later(ports, 999);
    expect(await watcher([DOWN])).toEqual([]);
    await later(ports, 1);
    expect(await watcher([DOWN])).toEqual(['opened ApplianceDown']);
  });
});

describe('one that ended and began again in the book of a teller that still holds the first for open', () => {
  test.each([
    ['seen to the end, after 71 s', 40_000, 32],
    ['seen to the end, after more than an hour', 3_700_000, 32],
    ['missed a moment later', 40_000, 10],
  ])('has its end told once: %s', async (_what, lastsMs, seenSeconds) => {
    const ports = somePorts();
    const older = aNotifier(ports);
    await tellFor(ports, 31, older, [WARNING]);
    await later(ports, lastsMs);
    const newer = aNotifier(ports);
    await newer([WARNING]);
    const said: string[] = [];
    // It is over for the older one, which then finds it again for a moment.
    for (let second = 0; second < 32; second += 1) {
      said.push(...(await tellFor(ports, 1, older, [])));
      said.push(...(await newer(second < seenSeconds ? [WARNING] : [])));
    }
    await older([WARNING]);
    said.push(...(await tellFor(ports, 60, newer, [])), ...(await tellFor(ports, 60, older, [])));
    expect(said).toEqual(['resolved TableNotTagged']);
    expect(openInStore(ports)).toEqual([]);
  });

  test('has its end told all the same when the first was told without the book', async () => {
    const ports = somePorts();
    const other = aNotifier(ports);
    await other([WARNING]);
    const blind = aNotifier(ports);
    const said: string[] = [];
    for (let second = 0; second < 31; second += 1) {
      ports.store.mood = 'well';
      await tellFor(ports, 1, other, []);
      ports.store.mood = second === 0 ? 'well' : 'write-fails';
      said.push(...(await blind([WARNING])));
    }
    expect(said).toEqual(['opened TableNotTagged']);
    ports.store.mood = 'well';
    await other([WARNING]);
    expect(inStore(ports).map(({ resolvedAt }) => resolvedAt === null)).toContain(true);
    expect(inStore(ports)).toHaveLength(2);
    await blind.flush();
    expect(await tellFor(ports, 60, aNotifier(ports), [])).toEqual(['resolved TableNotTagged']);
    expect(openInStore(ports)).toEqual([]);
  });
});

describe('one that died right after its notice, with only its claim on record', () => {
  const dead = { by: 'the dead', until: 0 };
  const perhapsNotified = {
    notifiedAt: null,
    repeatedAt: null,
    notifiedSeverity: null,
    claim: dead,
  };
  const many = ['i-b1', 'i-c1', 'i-d1', 'i-e1'].map((id) => on(DOWN, id));
  const leads = (ports: TestPorts) =>
    ports.notifications.sent.map(
      ({ state, incidentId }) => `${state} ${incidentId.split('/')[2] ?? ''}`,
    );

  const last = on(DOWN, 'i-z1');
  const lastId = DOWN_ID.replace('i-a1', 'i-z1');

  test('leads when it is told again with many others, so that its own notice ends', async () => {
    const ports = somePorts();
    await aNotifier(ports)([last]);
    reviseInStore(ports, lastId, { ...perhapsNotified, detectedAt: ports.clock.now() + 1 });
    const next = aNotifier(ports);
    await next([...many, last]);
    expect(leads(ports)).toEqual(['opened i-z1', 'opened i-z1']);
    await tellFor(ports, 60, next, []);
    expect(leads(ports).slice(2)).toEqual(['resolved i-z1']);
  });

  test('ends by itself when somebody without a table has told of it with others', async () => {
    const ports = somePorts();
    await aNotifier(ports)([last]);
    reviseInStore(ports, lastId, perhapsNotified);
    ports.store.mood = 'unreachable';
    const blind = aNotifier(ports);
    await blind([...many, last]);
    ports.store.mood = 'well';
    await blind.flush();
    await tellFor(ports, 60, blind, many);
    expect(leads(ports)).toEqual(['opened i-z1', 'opened i-b1', 'resolved i-z1']);
  });

  test.each([
    ['a claim for its own notice', dead, ['resolved ApplianceDown']],
    ['a claim for another’s notice', { ...dead, lead: 'another' }, []],
    ['no claim', null, []],
  ])('explained by greater trouble, then over: %s', async (_what, claim, expected) => {
    const ports = somePorts();
    await aNotifier(ports)([DOWN]);
    const groupId = DOWN_ID.replace('i-a1/ApplianceDown', 'dc/GroupDown');
    reviseInStore(ports, DOWN_ID, { ...perhapsNotified, claim, inhibitedBy: groupId });
    expect(await tellFor(ports, 60, aNotifier(ports), [])).toEqual(expected);
    expect(openInStore(ports)).toEqual([]);
  });
});

describe('an end without a word', () => {
  /** One teller saw it come and go before it was due; meanwhile another one has told of it. */
  async function overtaken(notified: Partial<Incident>): Promise<readonly string[]> {
    const ports = somePorts();
    const watcher = aNotifier(ports);
    expect(await tellFor(ports, 10, watcher, [WARNING])).toEqual([]);
    reviseInStore(ports, WARNING_ID, notified);
    return [...(await tellFor(ports, 60, watcher, [])), ...openInStore(ports)];
  }

  test.each([
    ['who told it by itself', { notifiedAt: NOW, dueAt: NOW }, ['resolved TableNotTagged']],
    [
      'who claimed it, and perhaps told it',
      { claim: { by: 'the dead', until: 0 } },
      ['resolved TableNotTagged'],
    ],
    ['who told it with another', { notifiedAt: NOW, dueAt: NOW, parent: 'another' }, []],
    ['nobody', {}, []],
  ])('is given to no incident that somebody else has told of: %s', async (_who, notified, said) => {
    expect(await overtaken(notified)).toEqual(said);
  });

  test('of another ends no incident whose notice was published while the table failed', async () => {
    const ports = somePorts();
    const blind = aNotifier(ports, { mayResolve: false });
    await blind([]);
    ports.store.mood = 'write-fails';
    expect(await blind([DOWN])).toEqual(['opened ApplianceDown']);
    ports.store.mood = 'well';
    const other = aNotifier(ports);
    await other([DOWN]);
    expect(await tellFor(ports, 60, other, [])).toEqual(['resolved ApplianceDown']);
    await blind.flush();
    expect(openInStore(ports)).toEqual(['ApplianceDown']);
    expect(await tellFor(ports, 60, aNotifier(ports), [])).toEqual(['resolved ApplianceDown']);
  });
});

describe('a notice for many whose teller died before it could record it', () => {
  const groupId = DOWN_ID.replace('i-a1/ApplianceDown', 'dc/GroupDown');

  test.each([
    ['is told again, since perhaps nobody was told', null, ['opened', 'resolved']],
    ['explained by greater trouble by now, has its end told', groupId, ['resolved']],
  ])('%s, each with all that it named', async (_what, inhibitedBy, states) => {
    const ports = somePorts();
    const ids = ['i-a1', 'i-b1', 'i-c1', 'i-d1'];
    const unnotified = { notifiedAt: null, notifiedSeverity: null, repeatedAt: null, parent: null };
    await aNotifier(ports)(ids.map((id) => on(DOWN, id)));
    for (const id of ids) {
      const lead = id === 'i-a1' ? {} : { lead: DOWN_ID };
      const claim = { by: 'the dead', until: 0, ...lead };
      reviseInStore(ports, DOWN_ID.replace('i-a1', id), { ...unnotified, claim, inhibitedBy });
    }
    await tellFor(ports, 60, aNotifier(ports), []);
    const [, ...again] = ports.notifications.sent;
    expect(again.map(({ state }) => state)).toEqual(states);
    for (const id of ids.slice(1)) for (const { text } of again) expect(text).toContain(id);
    expect(openInStore(ports)).toEqual([]);
  });
});

describe('a clock that went ahead', () => {
  test('dates an end in the future, and keeps its like from being told no longer than any other', async () => {
    const ports = somePorts();
    const first = aNotifier(ports);
    await first([DOWN]);
    await tellFor(ports, 60, first, []);
    reviseInStore(ports, DOWN_ID, { resolvedAt: ports.clock.now() + 3_000_000 });
    expect(await aNotifier(ports)([DOWN])).toEqual(['opened ApplianceDown']);
    expect(openInStore(ports)).toEqual(['ApplianceDown']);
    expect(await tellFor(ports, 90, aNotifier(ports), [])).toEqual(['resolved ApplianceDown']);
  });
});

describe('a table that fails', () => {
  test('for a claim alone, its notice is recorded at once: its end is told by whoever comes after', async () => {
    const ports = somePorts();
    onceBeforeAWrite(ports, () => {
      ports.store.mood = 'write-fails';
    });
    const publish = ports.notifications.publish.bind(ports.notifications);
    ports.notifications.publish = (notification) => {
      ports.store.mood = 'well';
      return publish(notification);
    };
    expect(await aNotifier(ports)([DOWN])).toEqual(['opened ApplianceDown']);
    expect(await tellFor(ports, 60, aNotifier(ports), [])).toEqual(['resolved ApplianceDown']);
  });

  test('without a table it is told, and told once by this invocation', async () => {
    const ports = somePorts();
    ports.store.mood = 'unreachable';
    const tell = aNotifier(ports);
    expect(await tell([DOWN])).toEqual(['opened ApplianceDown']);
    expect(await tellFor(ports, 20, tell, [DOWN])).toEqual([]);
    ports.store.mood = 'well';
    expect(await tellFor(ports, 20, tell, [DOWN])).toEqual([]);
    expect(openInStore(ports)).toEqual(['ApplianceDown']);
  });

  test('a crash between telling and recording may tell twice, and never loses', async () => {
    const ports = somePorts();
    ports.store.mood = 'write-fails';
    await aNotifier(ports)([DOWN]);
    ports.store.mood = 'well';
    expect(await aNotifier(ports)([DOWN])).toEqual(['opened ApplianceDown']);
  });

  test('a write whose answer was lost was a write: it is told once', async () => {
    const ports = somePorts();
    ports.store.mood = 'lost';
    const tell = aNotifier(ports);
    expect(await tell([DOWN])).toEqual(['opened ApplianceDown']);
    ports.store.mood = 'well';
    expect(await tellFor(ports, 30, tell, [DOWN])).toEqual([]);
    expect(await aNotifier(ports)([DOWN])).toEqual([]);
  });

  test.each([null, '?', { incidents: 'all' }, { incidents: [{ id: 1 }, null] }])(
    'garbage on a page (%j) reads as an empty one, and is written over',
    async (garbage) => {
      const ports = somePorts();
      ports.store.put(PAGE, garbage);
      expect(await aNotifier(ports)([DOWN])).toEqual(['opened ApplianceDown']);
      expect(openInStore(ports)).toEqual(['ApplianceDown']);
    },
  );

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

  test('a record that failed is flushed at the end of the invocation', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    ports.store.mood = 'write-fails';
    await tell([DOWN]);
    ports.store.mood = 'well';
    await tell.flush();
    expect(await aNotifier(ports)([DOWN])).toEqual([]);
  });

  test('the flush of a table that stays down ends after three tries', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    ports.store.mood = 'write-fails';
    await tell([DOWN]);
    let tries = 0;
    ports.store.onWrite = () => {
      tries += 1;
    };
    const flushing = tell.flush();
    await later(ports, 1_000);
    await flushing;
    expect(tries).toBe(3);
  });

  test('an end that could not be recorded is not told again by the same invocation', async () => {
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
});

describe('a record that meets another’s', () => {
  test('is made again at once, so that the next invocation repeats neither', async () => {
    const ports = somePorts();
    const watcher = aNotifier(ports);
    await watcher([]);
    const other = on(DOWN, 'i-b1');
    onceBeforeAWrite(ports, () => aNotifier(ports, { mayResolve: false })([other]));
    await watcher([DOWN]);
    expect(openInStore(ports)).toHaveLength(2);
    expect(await aNotifier(ports)([DOWN, other])).toEqual([]);
  });

  test('keeps what a person said meanwhile', async () => {
    const ports = somePorts();
    const watcher = aNotifier(ports);
    await watcher([DOWN]);
    reviseInStore(ports, DOWN_ID, { ackedAt: ports.clock.now(), ackedBy: 'ann' });
    await watcher([]);
    expect(inStore(ports)).toMatchObject([{ ackedBy: 'ann', missedAt: ports.clock.now() }]);
  });
});

describe('quiet', () => {
  test('what has not changed is neither read nor written again', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    await tell([DOWN]);
    // Its file is written in the background.
    await later(ports, 1);
    const before = ports.store.written.length;
    let reads = 0;
    ports.store.onRead = () => {
      reads += 1;
    };
    await tellFor(ports, 60, tell, [DOWN]);
    expect(reads).toBe(0);
    expect(ports.store.written.length).toBe(before);
  });

  test('nothing to tell writes nothing, not even an empty page', async () => {
    const ports = somePorts();
    await tellFor(ports, 60, aNotifier(ports), []);
    expect(ports.store.written).toEqual([]);
  });
});

describe('what is on record', () => {
  test('is each incident, also one that nobody was told of', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    await tell([DOWN, aFinding('SourceDestCheckOn', { severity: 'warning' })]);
    expect(openInStore(ports).toSorted()).toEqual(['ApplianceDown', 'SourceDestCheckOn']);
  });

  test('ends one that a clock gone back has dated before the last that is over', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    await tell([DOWN]);
    await tellFor(ports, 40, tell, []);
    const [over] = inStore(ports);
    if (over === undefined) throw new Error('nothing on record');
    const open = { ...over, resolvedAt: null, missedAt: null, openedAt: over.openedAt - 3_600_000 };
    ports.store.put(PAGE, { version: 1, incidents: [open, over] });
    expect(await tellFor(ports, 40, aNotifier(ports), [])).toEqual(['resolved ApplianceDown']);
    expect(openInStore(ports)).toEqual([]);
  });

  test.each([
    ['after', 3_600_000],
    ['before', -3_600_000],
  ])(
    'is the last that ended, also when a clock has dated it %s the others',
    async (_what, aheadMs) => {
      const ports = somePorts();
      const tell = aNotifier(ports);
      await tell([DOWN]);
      await tellFor(ports, 40, tell, []);
      const [first] = inStore(ports);
      if (first === undefined) throw new Error('nothing on record');
      const last = { ...first, openedAt: first.openedAt + aheadMs, openings: [first.openedAt] };
      ports.store.put(PAGE, writePage([first, last], ports.clock.now()));
      const read = await openIncidentStore(ports, 'appliances').read(calm());
      expect(read?.get(DOWN_ID)?.openedAt).toBe(last.openedAt);
    },
  );

  test('keeps one that is over beside the next of its kind', async () => {
    const ports = somePorts();
    const tell = aNotifier(ports);
    await tell([DOWN]);
    await tellFor(ports, 40, tell, []);
    await tell([DOWN]);
    const all = inStore(ports).map(({ resolvedAt }) => (resolvedAt === null ? 'open' : 'over'));
    expect(new Set(all)).toEqual(new Set(['open', 'over']));
  });
});

const pagesWritten = (ports: ReturnType<typeof somePorts>) =>
  ports.store.written.filter((id) => id.startsWith('incidents#'));
