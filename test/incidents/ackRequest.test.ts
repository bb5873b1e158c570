/** Goal: each way to press a button is read as AWS documents its event, and nothing else acknowledges. Method: those events, word for word, and any other. */
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readAckRequest } from '../../lib/incidents/ackRequest.ts';

const KEY = '0123456789abcdef';
const read = (event: unknown) => readAckRequest(event, 'req-1');

/**
 * What a `cwdb-action` calls its function with: its own JSON at the top, and the context of every call of a custom widget.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/add_custom_widget_dashboard_about.html (read 2026-11-29)
 */
const pressed = (all: unknown = {}) => ({
  incident: KEY,
  widgetContext: {
    dashboardName: 'vpn-medic-prod-eu-west-1',
    widgetId: 'widget-16',
    accountId: '012345678901',
    locale: 'en',
    timezone: { label: 'UTC', offsetISO: '+00:00', offsetInMinutes: 0 },
    period: 300,
    isAutoPeriod: true,
    timeRange: {
      mode: 'relative',
      start: 1627236199729,
      end: 1627322599729,
      relativeStart: 86400012,
      zoom: { start: 1627276030434, end: 1627282956521 },
    },
    theme: 'light',
    linkCharts: true,
    title: 'State',
    forms: { all },
    params: { region: 'eu-west-1', show: 'state' },
    width: 588,
    height: 369,
  },
});

describe('the dashboard’s button', () => {
  test('names the dashboard and the request, because its event holds no caller', () => {
    expect(read(pressed())).toEqual({
      key: KEY,
      by: 'dashboard vpn-medic-prod-eu-west-1, request req-1',
      why: 'no reason given',
      answerAs: 'html',
    });
  });

  test('takes name and reason from the widget’s form, as the viewer’s own words, in quotes', () => {
    expect(read(pressed({ name: 'Ana', why: 'looking at the line' }))).toMatchObject({
      by: '"Ana" by dashboard vpn-medic-prod-eu-west-1, request req-1',
      why: 'looking at the line',
    });
  });

  test.each([
    ['ends its quotes', 'x", request of arn:aws:iam::1:user/ana', `"x', request of arn`],
    ['has a line break', 'a\nb', '"a b" by'],
    ['is not text', 7, 'dashboard vpn'],
  ])('a name that %s stays inside of them', (_what, name, begin) => {
    expect(read(pressed({ name }))).toMatchObject({ by: expect.stringContaining(begin) });
    const { by } = { by: '', ...read(pressed({ name })) };
    expect(by.split('"').length - 1).toBe(name === 7 ? 0 : 2);
  });

  test('a name of 61 characters is cut, one of 60 is whole', () => {
    const byOf = (name: string) => ({ by: '', ...read(pressed({ name })) }).by;
    expect(byOf('x'.repeat(60))).toContain(`"${'x'.repeat(60)}"`);
    expect(byOf('x'.repeat(61))).not.toContain('x'.repeat(60));
  });
});

test('the chat’s button sends what its command says, and no more: the request is what names it', () => {
  expect(read({ incident: KEY })).toEqual({
    key: KEY,
    by: 'chat or direct call, request req-1',
    why: 'no reason given',
    answerAs: 'text',
  });
});

test.each([
  ['no event', undefined],
  ['a key of 15 digits', { incident: KEY.slice(1) }],
  ['a key of 17 digits', { incident: `${KEY}0` }],
  ['an id in place of a key', { incident: '1/eu-west-1/i-a1/ApplianceDown' }],
  ['the drawing of the widget', { widgetContext: pressed().widgetContext }],
  ['a variable that chat did not fill in', { incident: '$Ack' }],
])('%s acknowledges nothing', (_what, event) => {
  expect(read(event)).toMatchObject({ kind: 'ignored' });
});

test('no event whatever throws', () => {
  fc.assert(
    fc.property(fc.anything(), (event) => {
      expect(read(event)).toHaveProperty('why');
      expect(read({ ...pressed(), widgetContext: event })).toMatchObject({ key: KEY });
    }),
  );
});
