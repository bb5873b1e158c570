/** Goal: only computed keys of known text change. Method: lines laid out as the SDK's generator does it. */
import { expect, test } from '@jest/globals';
import { withLiteralKeys } from '../../deploy/schemaKeys.ts';

test('a key of a constant text becomes the text, quotes and escapes included', () => {
  const source = 'const _Id = "Id";\nconst _q = "a\\"b";\nvar A = { [_Id]: 1, [_q]: _Id };';
  expect(withLiteralKeys(source)).toBe(
    'const _Id = "Id";\nconst _q = "a\\"b";\nvar A = { "Id": 1, "a\\"b": _Id };',
  );
});

test('a key of anything else stays, and so does a list', () => {
  const source = 'const _n = name();\nvar A = { [_n]: 1, [_other]: 2 }, B = [_n];';
  expect(withLiteralKeys(source)).toBe(source);
});
