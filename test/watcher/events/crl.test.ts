/** Goal: an event is never more than "look now", and only of the right bucket. */
import { describe, expect, test } from '@jest/globals';
import { compareSequencers, isOldNews, readCrlEvent } from '../../../lib/watcher/events/crl.ts';

const created = (key: string, bucket = 'b', more: object = {}) => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  detail: { bucket: { name: bucket }, object: { key, etag: '"e1"', sequencer: '0A', ...more } },
});

describe('readCrlEvent', () => {
  test.each(['CA.crl', 'CA+.crl', 'CA%2B.crl', 'a b.crl', 'ä.crl', '..', 'sub/x.crl'])(
    'takes the key %j as it is: EventBridge does not encode it',
    (fileName) => {
      expect(readCrlEvent(created(`inbox/${fileName}`), 'b')).toEqual({
        kind: 'arrival',
        arrival: { fileName, etag: 'e1', sequencer: '0A' },
      });
    },
  );

  test.each([
    ['the schedule', { source: 'aws.events' }],
    ['nothing', null],
    ['a hand', {}],
    ['a change of the issuers', created('issuers/ca.pem')],
  ])('%s: look at everything', (_, event) => {
    expect(readCrlEvent(event, 'b')).toEqual({ kind: 'look' });
  });

  test.each([
    ['another bucket', created('inbox/x', 'c')],
    ['a folder', created('inbox/sub/')],
    ['the inbox itself', created('inbox/')],
    ['an S3 event without a key', { source: 'aws.s3', detail: {} }],
    ['a key longer than S3 has', created(`inbox/${'x'.repeat(1_024)}`)],
  ])('%s is ignored, with why', (_, event) => {
    expect(readCrlEvent(event, 'b')).toMatchObject({ kind: 'ignored', why: expect.any(String) });
  });
});

describe('sequencers', () => {
  test.each([
    ['0A', '0B', -1],
    ['0a', '0A', 0],
    ['A', '0A', 0],
    ['100', 'FF', 1],
  ])('%s against %s: %d, by value', (one, other, order) => {
    expect(compareSequencers(one, other)).toBe(order);
  });

  const judged = { etag: 'e1', sequencer: '0B' };
  test.each([
    ['earlier', { etag: 'e0', sequencer: '0A' }, true],
    ['the same again', { etag: 'e1', sequencer: '0B' }, true],
    ['the same number of another object', { etag: 'e2', sequencer: '0B' }, false],
    ['later', { etag: 'e1', sequencer: '0C' }, false],
    ['without one', { etag: 'e1', sequencer: '' }, false],
  ])('an event that is %s: old news %s', (_, arrival, expected) => {
    expect(isOldNews({ fileName: 'x', ...arrival }, judged)).toBe(expected);
    expect(isOldNews({ fileName: 'x', ...arrival }, undefined)).toBe(false);
  });
});
