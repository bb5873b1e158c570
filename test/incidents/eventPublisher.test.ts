/** Goal: every change reaches the bus in the end, in the order in which it happened, and nothing waits for it. Method: a bus in memory. */
import { expect, test } from '@jest/globals';
import { openEventPublisher } from '../../lib/incidents/eventPublisher.ts';
import { aChange } from '../builders/incidents.ts';
import { calm, somePorts } from '../builders/ports.ts';

const change = (n: number) => aChange('opened', { id: `e-${n}` });
const ids = (events: readonly { readonly id: string }[]) =>
  events.map(({ id }) => id.slice(0, id.indexOf('@')));

function anEventPublisher() {
  const ports = somePorts();
  return { ports, eventPublisher: openEventPublisher(ports) };
}

test('what is sent goes out', async () => {
  const { ports, eventPublisher } = anEventPublisher();
  eventPublisher.send([change(1), change(2)], calm());
  await eventPublisher.flush(calm());
  expect(ids(ports.events.sent)).toEqual(['e-1', 'e-2']);
});

test('without a bus nothing is asked and nothing waits', async () => {
  const ports = somePorts();
  const put = () => ports.events.put([]);
  const closed = { ...ports, events: { isOpen: false, put } };
  const eventPublisher = openEventPublisher(closed);
  eventPublisher.send([change(1)], calm());
  await eventPublisher.flush(calm());
  expect(ports.events.tries).toBe(0);
});

test('what the bus refuses for the moment is sent again 10 s later, before newer ones, and not sooner', async () => {
  const { ports, eventPublisher } = anEventPublisher();
  ports.events.mood = 'failing';
  eventPublisher.send([change(1)], calm());
  await ports.clock.run(ports.clock.monotonicMs() + 9_999);
  ports.events.mood = 'well';
  eventPublisher.send([change(2)], calm());
  expect(ports.events.sent).toEqual([]);
  await ports.clock.run(ports.clock.monotonicMs() + 1);
  eventPublisher.send([change(3)], calm());
  await eventPublisher.flush(calm());
  expect(ids(ports.events.sent)).toEqual(['e-1', 'e-2', 'e-3']);
  expect(ports.logger.metrics).toEqual([]);
  expect(ports.logger.lines.some((line) => line.startsWith('error'))).toBe(false);
});

test('what the bus refuses for good is given up at once, and said', async () => {
  const { ports, eventPublisher } = anEventPublisher();
  ports.events.mood = 'refusing';
  eventPublisher.send([change(1), change(2)], calm());
  await eventPublisher.flush(calm());
  expect(ports.logger.lines).toContain('error Events not sent: 2');
  expect(ports.logger.metrics).toEqual([{ EventsLost: 2 }]);
  expect(ports.events.tries).toBe(1);
});

test('at the end it is tried once more, and then said to be lost', async () => {
  const { ports, eventPublisher } = anEventPublisher();
  ports.events.mood = 'failing';
  eventPublisher.send([change(1)], calm());
  await eventPublisher.flush(calm());
  expect(ports.events.tries).toBe(2);
  expect(ports.logger.lines).toContain('error Events not sent: 1');
});

test('a bus that is gone piles up no more than twenty thousand: the oldest are given up, and said', async () => {
  const { ports, eventPublisher } = anEventPublisher();
  ports.events.mood = 'failing';
  eventPublisher.send([change(0)], calm());
  await eventPublisher.flush(calm());
  const many = Array.from({ length: 20_001 }, (_, index) => change(index + 1));
  eventPublisher.send(many, calm());
  expect(ports.logger.lines.filter((line) => line === 'error Events not sent: 1')).toHaveLength(2);
});

test('ten thousand at once go in slices of a hundred, and all of them go', async () => {
  const { ports, eventPublisher } = anEventPublisher();
  eventPublisher.send(
    Array.from({ length: 10_000 }, (_, index) => change(index)),
    calm(),
  );
  await eventPublisher.flush(calm());
  expect(ports.events.tries).toBe(100);
  expect(new Set(ids(ports.events.sent)).size).toBe(10_000);
});
